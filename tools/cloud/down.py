"""`make down`: stops what `make up` started."""

from tools.cloud import running
from tools.pki import issuers


def main() -> None:
    """Stop the local cloud, if it still runs."""
    if emulator := running.running():
        emulator.stop()
        issuers.stop(running.issuers())
        print("stopped")
    else:
        print("not running")
    running.forget()


if __name__ == "__main__":
    main()
