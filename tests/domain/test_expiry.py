"""Expiry windows: whatever the runs, each registration crosses each threshold in exactly one of them."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.expiry import THRESHOLD_DAYS, Window, windows
from tests.builders import NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def crossed(last_run: datetime | None, now: datetime, not_after: datetime) -> list[int]:
    return [w.threshold_days for w in windows(last_run, now) if w.first <= not_after <= w.until]


def test_windows_of_an_ordinary_night() -> None:
    found = list(windows(NOW - DAY, NOW))
    assert [window.threshold_days for window in found] == [0, 1, 3, 7, 14, 30]
    assert found[0] == Window(0, NOW - DAY + SECOND, NOW)
    assert found[5] == Window(30, NOW + 29 * DAY + SECOND, NOW + 30 * DAY)


def test_the_first_run_looks_back_one_day() -> None:
    assert list(windows(None, NOW)) == list(windows(NOW - DAY, NOW))


@pytest.mark.parametrize(
    ("left", "thresholds"),
    [
        (30 * DAY + SECOND, []),
        (30 * DAY, [30]),
        (29 * DAY + SECOND, [30]),
        (29 * DAY, []),
        (7 * DAY, [7]),
        (DAY, [1]),
        (SECOND, [1]),
        (timedelta(), [0]),
        (-DAY + SECOND, [0]),
        (-DAY, []),
    ],
)
def test_both_ends_of_a_night(left: timedelta, thresholds: list[int]) -> None:
    assert crossed(NOW - DAY, NOW, NOW + left) == thresholds


def test_missed_nights_are_caught_up() -> None:
    end = NOW + 7 * DAY
    assert crossed(NOW - DAY, NOW, end) == [7]
    # Four nights without a run: the threshold crossed on one of them is still found.
    assert crossed(NOW - DAY, NOW + 3 * DAY, end) == [7]
    assert crossed(NOW - DAY, NOW + 4 * DAY, end) == [3, 7]
    assert crossed(NOW - 40 * DAY, NOW + 30 * DAY, end) == [0, 1, 3, 7, 14, 30]


def test_a_second_run_at_the_same_second_finds_nothing_again() -> None:
    assert all(window.first > window.until for window in windows(NOW, NOW))


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(
    st.lists(st.integers(min_value=1, max_value=5 * 86400), min_size=1, max_size=12),
    st.integers(min_value=-40 * 86400, max_value=40 * 86400),
)
def test_every_threshold_is_crossed_exactly_once(gaps: list[int], offset: int) -> None:
    runs = [NOW - 50 * DAY]
    for gap in gaps:
        runs.append(runs[-1] + gap * SECOND)
    not_after = NOW + offset * SECOND
    seen = [days for last, now in pairwise(runs) for days in crossed(last, now, not_after)]
    due = [days for days in THRESHOLD_DAYS if runs[0] < not_after - days * DAY <= runs[-1]]
    assert sorted(seen) == sorted(due)


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(st.lists(st.integers(min_value=0, max_value=5 * 86400), min_size=2, max_size=8))
def test_windows_of_successive_runs_touch_without_overlapping(gaps: list[int]) -> None:
    runs = [NOW]
    for gap in gaps:
        runs.append(runs[-1] + gap * SECOND)
    nights = [list(windows(last, now)) for last, now in pairwise(runs)]
    for earlier, later in pairwise(nights):
        for before, after in zip(earlier, later, strict=True):
            assert after.first == before.until + SECOND
