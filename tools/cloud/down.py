"""`make down`: stops what `make up` started."""

from tools.cloud import background, running


def main() -> None:
    """Stop the local cloud, if it still runs."""
    if emulator := running.running():
        emulator.stop()
        for server in running.servers():
            background.stop(server)
        print("stopped")
    else:
        print("not running")
    running.forget()


if __name__ == "__main__":
    main()
