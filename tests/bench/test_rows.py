"""Every benchmark runs, with tiny sizes, and docs/benchmarks.md has its rows and limits, and what is counted."""

from collections.abc import Iterator

import pytest

from bench.benches import BENCHES, GROUPS
from bench.page import PAGE, measured_on, read_parts
from bench.report import Row

# Most of the slow ones connect to the local cloud, which runs on this machine.
CASES = [
    pytest.param(name, marks=[pytest.mark.slow, pytest.mark.loopback] if bench.slow else [])
    for name, bench in BENCHES.items()
]


COUNTED = (" calls", " units")
"""Units of figures that are the same on every machine, where a benchmark has no sizes."""


def rows_of_page(groups: tuple[str, ...], *, sized: bool) -> Iterator[tuple[str, ...]]:
    parts = read_parts(PAGE.read_text())
    for group in groups:
        for line in parts[group].splitlines():
            if line.startswith("| ") and not line.startswith(("| what", "| ---")):
                name, figure, bound, _ = (cell.strip() for cell in line.strip("|").split("|"))
                yield group, name, bound, counted(figure, sized=sized)


def as_on_page(row: Row, *, sized: bool) -> tuple[str, ...]:
    return row.group, row.name, row.bound, counted(row.figure, sized=sized)


def counted(figure: str, *, sized: bool) -> str:
    return figure if figure.endswith(COUNTED) and not sized else ""


@pytest.mark.parametrize("name", CASES)
def test_a_benchmark_runs_and_the_page_has_its_rows_and_limits(name: str) -> None:
    bench = BENCHES[name]
    sized = bool(bench.tiny)
    found = [as_on_page(row, sized=sized) for row in bench.rows(**bench.tiny)]
    assert tuple(dict.fromkeys(group for group, *_ in found)) == bench.groups
    assert found == list(rows_of_page(bench.groups, sized=sized)), f"make bench SAVE=1 WHAT={name}"


def test_the_page_has_the_groups_of_all_benchmarks_in_their_order() -> None:
    assert tuple(read_parts(PAGE.read_text())) == GROUPS


def test_the_page_names_the_day_of_its_newest_figures() -> None:
    newest = max(measured_on(part) for part in read_parts(PAGE.read_text()).values())
    assert f"Last measured on {newest.isoformat()};" in PAGE.read_text()
