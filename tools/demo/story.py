"""Telling a run step by step, so that a person enjoys reading it and a machine can trust its exit code."""

import sys
import textwrap
import time
from typing import NoReturn

_COLOURS = {"green": "32", "red": "31", "bold": "1", "faint": "2", "yellow": "33"}


class StepFailed(SystemExit):
    """A step was not as expected: the run ends with exit code 1."""


class Story:
    """Prints chapters and steps with the time each took."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self._steps = 0

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        print(f"\n{_paint('bold', title)}")

    def step(self, who: str, what: str, *details: str) -> None:
        """Tell one step that went as expected."""
        now = time.monotonic()
        took, self._last = now - self._last, now
        self._steps += 1
        print(f"  {_paint('green', '✓')} {who:<8} {what}  {_paint('faint', f'{took:.1f} s')}")
        for detail in details:
            for line in detail.splitlines():
                for part in textwrap.wrap(line, 96) or [""]:
                    print(f"             {_paint('faint', part)}")

    def expect(self, holds: bool, what: str, found: object) -> None:
        """End the run, saying what was found, unless `holds`."""
        if not holds:
            self.fail(what, found)

    def fail(self, what: str, found: object) -> NoReturn:
        """End the run with exit code 1."""
        print(f"  {_paint('red', '✗')} expected: {what}\n    found: {found}", file=sys.stderr)
        raise StepFailed(1)

    def end(self, message: str) -> None:
        """Close the story with the number of steps and the whole time."""
        total = time.monotonic() - self._started
        print(f"\n{_paint('bold', message)} {self._steps} steps in {total:.0f} s.")


def _paint(colour: str, text: str) -> str:
    return f"\033[{_COLOURS[colour]}m{text}\033[0m" if sys.stdout.isatty() else text
