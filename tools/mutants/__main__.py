"""Runs mutants and prints which survived: `python -m tools.mutants [--save] [PACKAGE …]`, all packages by default.

Ends with an error where mutants survived that are not known to be equivalent, or where one of those was killed.
"""

import argparse
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NoReturn

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
    if len(asked.packages) != 1:
        _run_each(asked.packages or PACKAGES, save=asked.save)
    # Stopped by either, it reports what it has run so far.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    (name,) = asked.packages
    at = datetime.now(UTC)
    count = counted(run(name, PACKAGES[name]), equivalents())
    for mutant in count.survived:
        print(f"survived: {mutant}")
    for mutant in count.killed_equivalents:
        print(f"not equivalent, since a test kills it: {mutant}")
    if asked.save and count.run:
        save(name, count, at)
    print(HEAD + row(name, count, at), end="")
    if count.survived or count.killed_equivalents or not count.run:
        sys.exit(1)


def _run_each(names: Iterable[str], *, save: bool) -> NoReturn:
    """Each package in a process of its own: what one has imported, no other can see being imported.

    Ctrl-C stops the one that runs, which reports; the next ones follow.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    command = [sys.executable, "-m", "tools.mutants", *(["--save"] if save else [])]
    codes = [subprocess.call([*command, name]) for name in names]
    sys.exit(int(any(codes)))


if __name__ == "__main__":
    main()
