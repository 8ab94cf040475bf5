"""The table of ratios, and where it was measured."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure: `value` against `limit` (its maximum) or `at_least`; the name states the ratio."""

    group: str
    name: str
    value: float
    limit: float | None
    unit: str = "×"
    note: str = ""
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return (self.limit is None or self.value <= self.limit) and self.value >= (self.at_least or 0)

    @property
    def bound(self) -> str:
        """The limit as text."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {self.unit}"
        return "" if self.limit is None else f"≤ {self.limit:g} {self.unit}"


def machine() -> str:
    """The machine in one line: processor, cores, Python."""
    names = [line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, CPython {platform.python_version()}"
    )


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def markdown(rows: Iterable[Row], today: date) -> str:
    """The text of docs/benchmarks.md."""
    lines = [
        "# Benchmarks",
        "",
        f"`make bench` on {today.isoformat()}: {machine()}.",
        "Ratios against a floor or a peer measured in the same run, never bare milliseconds: a ratio holds on",
        "another machine, a time does not. `make bench SAVE=1` rewrites this page.",
    ]
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines += ["", f"## {group}", "", "| what | figure | limit | |", "| --- | ---: | ---: | --- |"]
        note = " ".join(filter(None, ("" if row.holds else "**over**", row.note)))
        lines.append(f"| {row.name} | {row.value:.3g} {row.unit} | {row.bound} | {note} |")
    return "\n".join(lines) + "\n"
