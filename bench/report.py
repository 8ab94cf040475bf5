"""A row of the table of ratios, and where it was measured."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from bench.clock import Spread


@dataclass(frozen=True)
class Row:
    """One figure: `value` against `limit` (its maximum) or `at_least`; the name states the ratio.

    A value of None was not measured; the note says why.
    """

    group: str
    name: str
    value: Spread | float | None
    limit: float | None
    unit: str = "×"
    note: str = ""
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure, the median of a spread, is within its limit; what was not measured exceeds none."""
        if self.value is None:
            return True
        figure = self.value.median if isinstance(self.value, Spread) else self.value
        return (self.limit is None or figure <= self.limit) and figure >= (self.at_least or 0)

    @property
    def figure(self) -> str:
        """The value as text, with the quartiles of a spread."""
        if self.value is None:
            return "not measured"
        if isinstance(self.value, Spread):
            median, low, high = map(_short, (self.value.median, self.value.low, self.value.high))
            return f"{median} {self.unit} ({low} to {high})"
        return f"{_short(self.value)} {self.unit}".rstrip()

    @property
    def bound(self) -> str:
        """The limit as text."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {self.unit}".rstrip()
        return "" if self.limit is None else f"≤ {self.limit:g} {self.unit}".rstrip()


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def machine() -> str:
    """The machine in one line: processor, cores, Python."""
    names = [line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, CPython {platform.python_version()}"
    )


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
