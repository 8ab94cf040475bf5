"""The current one-time code of a demo customer: `python -m tools.demo.code SECRET` (hex, as `make up` shows it)."""

import argparse
import time

from registrar.domain.access.totp import STEP_SECONDS
from tools.demo.phone import code_at


def main() -> None:
    """Print the code, and how many seconds it is still shown."""
    parser = argparse.ArgumentParser(description="Show the current one-time code, as an authenticator app does.")
    parser.add_argument("secret", type=bytes.fromhex, help="in hex, as make up shows it")
    now = int(time.time())
    print(code_at(parser.parse_args().secret, now // STEP_SECONDS), f"({STEP_SECONDS - now % STEP_SECONDS} s left)")


if __name__ == "__main__":
    main()
