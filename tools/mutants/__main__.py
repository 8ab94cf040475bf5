"""Runs mutants and prints which survived: `python -m tools.mutants [--save] [PACKAGE …]`, all packages by default.

Ends with an error where mutants survived that are not known to be equivalent, or where one of those was killed.
"""

import argparse
import signal
import sys
from datetime import UTC, datetime

from tools.mutants.equivalents import equivalents
from tools.mutants.packages import PACKAGES
from tools.mutants.report import HEAD, counted, row, save
from tools.mutants.run import run


def main() -> None:
    """Run the packages named on the command line, one after the other."""
    parser = argparse.ArgumentParser(prog="tools.mutants")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"one of {', '.join(PACKAGES)}")
    parser.add_argument("--save", action="store_true", help="write the counts to docs/reliability.md")
    asked = parser.parse_args()
    if unknown := set(asked.packages) - set(PACKAGES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    # Stopped by either, it reports what it has run so far.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    at = datetime.now(UTC)
    rows = []
    failed = False
    for name in asked.packages or PACKAGES:
        count = counted(run(name, PACKAGES[name]), equivalents())
        for mutant in count.survived:
            print(f"survived: {mutant}")
        for mutant in count.killed_equivalents:
            print(f"not equivalent, since a test kills it: {mutant}")
        failed = failed or bool(count.survived or count.killed_equivalents)
        rows.append(row(name, count, at))
        if asked.save and count.run:
            save(name, count, at)
    print(HEAD + "".join(rows), end="")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
