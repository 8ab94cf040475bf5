"""Writes the figures of a run to docs/reliability.md."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT

DOCUMENT = ROOT / "docs/reliability.md"
BEGIN = "<!-- lives:begin -->\n"
END = "<!-- lives:end -->"
ROWS = (
    *("customers", "steps", "registrations", "kills", "freezes", "doubled deliveries", "restarts"),
    *("requests repeated", "events", "events delivered twice", "texts", "notices claimed twice"),
    *("codes refused", "uploads failed", "dead letters", "looks at the table"),
)


def table(counts: Mapping[str, int], violations: int, seed: int, minutes: float, day: str) -> str:
    """The table of a run that ended on this day (ISO)."""
    rows = [f"| {name} | {counts.get(name, 0):,} |" for name in ROWS]
    head = ["", f"| {day}, seed {seed} | |", "| --- | ---: |"]
    last = [f"| minutes | {minutes:.1f} |", f"| **violations** | **{violations}** |", "", ""]
    return "\n".join([*head, *rows, *last])


def save(counts: Mapping[str, int], violations: int, seed: int, minutes: float) -> None:
    """Write the section."""
    content = table(counts, violations, seed, minutes, f"{datetime.now(UTC):%Y-%m-%d}")
    DOCUMENT.write_text(with_section(DOCUMENT.read_text(encoding="utf-8"), BEGIN, END, content), encoding="utf-8")
