"""The table of packages in docs/reliability.md, written by `make mutants SAVE=1`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT
from tools.mutants.run import Found

DOCUMENT = ROOT / "docs/reliability.md"
BEGIN = "<!-- mutants:begin -->\n"
END = "<!-- mutants:end -->\n"
HEAD = (
    "| package | mutants | run | killed | equivalent | survived | share killed | measured on |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many mutants there are, were run, were killed, are equivalent (known, and not killed), survived."""

    all: int
    run: int
    killed: int
    equivalent: int
    survived: tuple[str, ...]
    killed_equivalents: tuple[str, ...]

    @property
    def share(self) -> float:
        """What was killed of what can be."""
        return self.killed / max(self.run - self.equivalent, 1)


def counted(found: Found, equivalent: Mapping[str, str]) -> Count:
    """The counts of a package."""
    survived = [name for name, killer in found.killers.items() if killer is None]
    return Count(
        all=found.all,
        run=len(found.killers),
        killed=len(found.killers) - len(survived),
        equivalent=sum(name in equivalent for name in survived),
        survived=tuple(name for name in survived if name not in equivalent),
        killed_equivalents=tuple(name for name in found.killers if name in equivalent and name not in survived),
    )


def row(package: str, count: Count, at: datetime) -> str:
    """A line of the table."""
    numbers = (count.all, count.run, count.killed, count.equivalent, len(count.survived))
    return f"| {package} | {' | '.join(map(str, numbers))} | {count.share:.1%} | {at:%Y-%m-%d} |\n"


def with_row(text: str, package: str, line: str) -> str:
    """The document with the package's line in place of the one of before; the other packages keep theirs."""
    section = text.partition(BEGIN)[2].partition(END)[0]
    lines = section.removeprefix(HEAD).splitlines(keepends=True)
    names = [each.split(" | ")[0].removeprefix("| ") for each in lines]
    if package in names:
        lines[names.index(package)] = line
    else:
        lines.append(line)
    return with_section(text, BEGIN, END, HEAD + "".join(lines))


def save(package: str, count: Count, at: datetime) -> None:
    """Write the package's line to docs/reliability.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_row(text, package, row(package, count, at)), encoding="utf-8")
