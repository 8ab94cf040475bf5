"""A one-time code of a demo customer: `python -m tools.demo.code SECRET` (hex, as `make up` shows it)."""

import argparse
import time

from registrar.domain.access.totp import STEP_SECONDS
from tools.demo.phone import code_at


def main() -> None:
    """Print the code, and how many seconds it is still shown."""
    parser = argparse.ArgumentParser(description="Show the current one-time code, as an authenticator app does.")
    parser.add_argument("secret", type=bytes.fromhex, help="in hex, as make up shows it")
    parser.add_argument("--next", action="store_true", help="the code after it, which is accepted already")
    options = parser.parse_args()
    now = int(time.time())
    step = now // STEP_SECONDS + options.next
    print(code_at(options.secret, step), f"({(step + 1) * STEP_SECONDS - now} s left)")


if __name__ == "__main__":
    main()
