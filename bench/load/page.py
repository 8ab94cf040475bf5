"""The section `load` of docs/reliability.md: a part for each table, with the day and machine of its figures."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.load.tables import Table
from bench.report import machine
from tools.checks.sections import with_section
from tools.packaging.build import ROOT

PAGE = ROOT / "docs/reliability.md"


def save(name: str, tables: Sequence[Table], today: date, busy: float, path: Path = PAGE) -> None:
    """Replace the part of the page that is named so; `busy` is the machine's load average before the run."""
    drawn = "\n".join(table.text for table in tables)
    content = f"{drawn}\nMeasured on {today.isoformat()}: {machine()}; load average before: {busy:.1f}.\n"
    begin = f"<!-- load-{name}:begin -->\n"
    end = f"<!-- load-{name}:end -->\n"
    path.write_text(with_section(path.read_text(encoding="utf-8"), begin, end, content), encoding="utf-8")
