"""docs/reliability.md, the part on fuzzing: a row for each reader, kept until that reader is fuzzed again."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT

PAGE = ROOT / "docs/reliability.md"
BEGIN = "<!-- fuzz:begin -->\n"
END = "<!-- fuzz:end -->"
HEAD = "| reader | executions | seconds | faults found, fixed since | most CPU time | most memory | on |"
_RULE = "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
_ROW = re.compile(r"^\| ([^|]+) \|.*$", re.MULTILINE)


def row(name: str, measured: Mapping[str, float], found: int, on: date) -> str:
    """One row; times of a call are in milliseconds, memory in MB."""
    return (
        f"| {name} | {measured['calls']:,.0f} | {measured['seconds']:,.0f} | {found} "
        f"| {measured['most_seconds'] * 1000:,.0f} ms | {measured['most_bytes'] / 1e6:.1f} MB | {on:%Y-%m-%d} |"
    )


def rows_in(text: str) -> dict[str, str]:
    """The rows of the section, by reader."""
    part = text.partition(BEGIN)[2].partition(END)[0]
    found = {match[1]: match[0] for match in _ROW.finditer(part)}
    return {name: each for name, each in found.items() if name not in ("reader", "---")}


def save(rows: Mapping[str, str], order: Sequence[str]) -> None:
    """Write these rows among those that the section has; a row of a reader that is no more is left out."""
    text = PAGE.read_text(encoding="utf-8")
    kept = {**rows_in(text), **rows}
    table = "\n".join([HEAD, _RULE, *(kept[name] for name in order if name in kept)])
    PAGE.write_text(with_section(text, BEGIN, END, f"\n{table}\n\n"), encoding="utf-8")
