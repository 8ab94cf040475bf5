"""docs/benchmarks.md: a part for each group of rows, with the day and the machine of its figures.

Saving a benchmark replaces its own parts and keeps the others, so that a part is as old as its own date says.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from bench.report import Row, machine
from tools.packaging.build import ROOT

PAGE = ROOT / "docs/benchmarks.md"
_HEADING = "\n## "
_MEASURED = re.compile(r"^Measured on (\d{4}-\d\d-\d\d): ", re.MULTILINE)


def part_of(rows: Sequence[Row], today: date) -> str:
    """The rows of one group, below its heading."""
    lines = [
        f"Measured on {today.isoformat()}: {machine()}.",
        "",
        "| what | figure | limit | |",
        "| --- | ---: | ---: | --- |",
    ]
    for row in rows:
        note = " ".join(filter(None, ("" if row.holds else "**over**", row.note)))
        lines.append(f"| {row.name} | {row.figure} | {row.bound} | {note} |")
    return "\n".join(lines) + "\n"


def parts_of(rows: Iterable[Row], today: date) -> dict[str, str]:
    """Heading → its part."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return {group: part_of(each, today) for group, each in groups.items()}


def read_parts(text: str) -> dict[str, str]:
    """Heading → its part, as they stand on a page."""
    headed = (part.partition("\n\n") for part in text.split(_HEADING)[1:])
    return {heading: part.rstrip("\n") + "\n" for heading, _, part in headed}


def measured_on(part: str) -> date:
    """The day of its figures. Raises ValueError where a part names none."""
    found = _MEASURED.match(part)
    if found is None:
        raise ValueError(f"no date: {part[:80]}")
    return date.fromisoformat(found[1])


def whole_page(parts: Mapping[str, str], groups: Iterable[str]) -> str:
    """The page: the parts in the order of `groups`; a part of no group is dropped."""
    found = {group: parts[group] for group in groups if group in parts}
    newest = max(measured_on(part) for part in found.values())
    head = (
        "# Benchmarks\n\n"
        f"Last measured on {newest.isoformat()}; each group names the day and the machine of its figures.\n"
        "Ratios against a floor or a peer measured in the same run, never bare milliseconds: a ratio holds on\n"
        "another machine, a time does not. A ratio is the median of pairs that take turns, with its quartiles in\n"
        "brackets. `make bench SAVE=1` measures all anew, `make bench SAVE=1 WHAT=writes` one benchmark of those\n"
        "that bench/benches.py lists.\n"
    )
    return head + "".join(f"{_HEADING}{group}\n\n{part}" for group, part in found.items())


def save(parts: Mapping[str, str], groups: Iterable[str], path: Path = PAGE) -> None:
    """Replace these parts of the page, whole or not at all."""
    kept = read_parts(path.read_text()) if path.exists() else {}
    beside = path.with_suffix(".new")
    beside.write_text(whole_page({**kept, **parts}, groups))
    beside.replace(path)
