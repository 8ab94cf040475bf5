"""Prints a run step by step, in one language, and ends it with exit code 1 at the first step that fails."""

import sys
import textwrap
import time
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

from tools.demo.texts import ACTORS, CHAPTERS, ENDING, STEPS, Text

_COLOURS = {"green": "32", "red": "31", "bold": "1", "faint": "2", "yellow": "33"}
_INDENT = 13
_LINE = 96


class StepFailed(SystemExit):
    """A step was not as expected: the run ends with exit code 1."""


class Story:
    """Prints chapters and steps in `language`, with the time each step took."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._started = self._last = time.monotonic()
        self._steps = 0

    def say(self, text: Text, /, **params: object) -> str:
        """Return a text in the language of this story."""
        return (text.ko if self.language == "ko" else text.en).format(**params)

    def problem(self, problem: Mapping[str, Any]) -> str:
        """Return an error of the service as one line."""
        return self.say(STEPS["finding"], **problem, text=problem["detail"])

    def chapter(self, key: str) -> None:
        """Begin a part of the story."""
        print(f"\n{_paint('bold', self.say(CHAPTERS[key]))}", flush=True)

    def step(self, actor: str, key: str, *details: str, **params: object) -> None:
        """Print one step that went as expected, and details below it as they are."""
        now = time.monotonic()
        took = now - self._last
        self._last = now
        self._steps += 1
        who = self.say(ACTORS[actor])
        padding = " " * (8 - _columns(who))
        line = f"{who}{padding} {self.say(STEPS[key], **params)}"
        print(f"  {_paint('green', '✓')} {line}  {_paint('faint', f'{took:.1f} s')}", flush=True)
        for detail in details:
            for part in detail.splitlines():
                for row in textwrap.wrap(part, _width(part)) or [""]:
                    print(f"{' ' * _INDENT}{_paint('faint', row)}", flush=True)

    def expect(self, holds: bool, what: str, found: object) -> None:
        """End the run unless `holds`, and print what was found."""
        if not holds:
            self.fail(what, found)

    def fail(self, what: str, found: object) -> NoReturn:
        """End the run with exit code 1."""
        print(f"  {_paint('red', '✗')} expected: {what}\n    found: {found}", file=sys.stderr)
        raise StepFailed(1)

    def end(self) -> None:
        """Close the story with the number of steps and the whole time."""
        total = time.monotonic() - self._started
        print(f"\n{_paint('bold', self.say(ENDING, steps=self._steps, seconds=total))}", flush=True)


def _columns(text: str) -> int:
    """Return the columns that `text` takes in a terminal: a Hangul syllable takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _width(text: str) -> int:
    """Return how many characters of `text` fit a line, by their average width."""
    return _LINE * len(text) // max(1, _columns(text)) or _LINE


def _paint(colour: str, text: str) -> str:
    return f"\033[{_COLOURS[colour]}m{text}\033[0m" if sys.stdout.isatty() else text
