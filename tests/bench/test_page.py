"""The page of benchmarks: one part a group, each as old as its own date."""

from datetime import date
from pathlib import Path

import pytest

from bench.clock import spread
from bench.page import measured_on, parts_of, read_parts, save, whole_page
from bench.report import Row

BEFORE = date(2026, 11, 22)
TODAY = date(2026, 11, 30)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text(whole_page(parts_of([Row("B", "b", 1, 2), Row("A", "a", 1, 2)], BEFORE), ["A", "B"]))
    return path


def test_a_benchmark_replaces_its_own_groups_and_keeps_the_others(page: Path) -> None:
    before = read_parts(page.read_text())
    save(parts_of([Row("B", "b", 3, 2)], TODAY), ["A", "B"], page)
    after = read_parts(page.read_text())
    assert after["A"] == before["A"]
    assert [measured_on(part) for part in after.values()] == [BEFORE, TODAY]
    assert "| b | 3 × | ≤ 2 × | **over** |" in after["B"]
    assert "Last measured on 2026-11-30;" in page.read_text()


def test_groups_stand_in_the_given_order_and_one_of_no_benchmark_is_dropped(page: Path) -> None:
    save(parts_of([Row("C", "c", 1, None)], TODAY), ["C", "B"], page)
    assert list(read_parts(page.read_text())) == ["C", "B"]


def test_saving_what_was_read_changes_nothing(page: Path) -> None:
    before = page.read_text()
    save(read_parts(before), ["A", "B"], page)
    assert page.read_text() == before
    assert list(page.parent.iterdir()) == [page]


def test_a_part_without_a_date_is_refused_and_the_page_kept(page: Path) -> None:
    before = page.read_text()
    with pytest.raises(ValueError, match="no date"):
        save({"A": "| a |\n"}, ["A", "B"], page)
    assert page.read_text() == before


@pytest.mark.parametrize(
    ("row", "figure", "holds"),
    [
        (Row("A", "a", spread([1.0, 2.0, 3.0, 4.0, 30.0]), 3), "3 × (2 to 4)", True),
        (Row("A", "a", spread([1.0, 4.0, 4.0]), 3), "4 × (2.5 to 4)", False),
        (Row("A", "a", 29.9, None, at_least=30), "29.9 ×", False),
        (Row("A", "a", 0.9, None, "", at_least=0.75), "0.9", True),
        (Row("A", "a", None, None, at_least=30), "not measured", True),
    ],
)
def test_the_median_of_a_spread_counts_against_the_limit(row: Row, figure: str, *, holds: bool) -> None:
    assert (row.figure, row.holds) == (figure, holds)
