"""Expiry windows: whatever the runs, each registration crosses each threshold in exactly one of them."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.notices.expiry import ENDED, THRESHOLD_DAYS, Due, Window, digests, windows
from registrar.domain.times import days_left
from tests.support.builders import NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def crossed(last_run: datetime | None, now: datetime, not_after: datetime) -> list[int]:
    return [
        w.threshold_days
        for w in windows(last_run, now)
        if w.first <= not_after <= w.until and w.threshold_days >= 0
    ]


# NOW is noon in Seoul; the last second of that day there.
TONIGHT = NOW + timedelta(hours=12) - SECOND
# An end then is the end of that day.
MIDNIGHT = TONIGHT + SECOND


def test_daily_run_has_one_window_per_threshold() -> None:
    found = list(windows(NOW - DAY, NOW))
    assert [window.threshold_days for window in found] == [ENDED, 0, 1, 3, 7, 14, 30]
    assert found[0] == Window(ENDED, MIDNIGHT - 2 * DAY + SECOND, MIDNIGHT - DAY)
    assert found[1] == Window(0, MIDNIGHT - DAY + SECOND, MIDNIGHT)
    assert found[6] == Window(30, MIDNIGHT + 29 * DAY + SECOND, MIDNIGHT + 30 * DAY)


def test_first_run_has_the_windows_of_a_daily_run() -> None:
    assert list(windows(None, NOW)) == list(windows(NOW - DAY, NOW))


@pytest.mark.parametrize(
    ("end", "thresholds"),
    [
        (MIDNIGHT + 30 * DAY + SECOND, []),
        (MIDNIGHT + 30 * DAY, [30]),
        (MIDNIGHT + 29 * DAY + SECOND, [30]),
        (MIDNIGHT + 29 * DAY, []),
        (MIDNIGHT, [0]),
        (MIDNIGHT - DAY, []),
        (TONIGHT + 7 * DAY, [7]),
        (TONIGHT + DAY, [1]),
        (TONIGHT, [0]),
        (NOW - timedelta(hours=1), [0]),
        (TONIGHT - DAY, []),
    ],
)
def test_window_includes_both_ends_of_a_seoul_day(end: datetime, thresholds: list[int]) -> None:
    assert crossed(NOW - DAY, NOW, end) == thresholds


@pytest.mark.parametrize("hour", [0, 9, 20, 23])
def test_hour_of_the_run_does_not_matter(hour: int) -> None:
    at = TONIGHT - DAY + SECOND + timedelta(hours=hour)
    assert list(windows(at - DAY, at)) == list(windows(NOW - DAY, NOW))


def test_missed_nights_are_caught_up() -> None:
    end = TONIGHT + 7 * DAY
    assert crossed(NOW - DAY, NOW, end) == [7]
    # Four nights without a run: the threshold crossed on one of them is still found.
    assert crossed(NOW - DAY, NOW + 3 * DAY, end) == [7]
    assert crossed(NOW - DAY, NOW + 4 * DAY, end) == [3, 7]
    assert crossed(NOW - 40 * DAY, NOW + 30 * DAY, end) == [0, 1, 3, 7, 14, 30]


def test_second_run_on_one_day_finds_nothing() -> None:
    assert list(windows(NOW, NOW + timedelta(hours=1))) == []


@pytest.mark.parametrize(
    ("end", "days"),
    [
        (TONIGHT, 0),
        (MIDNIGHT, 0),
        (MIDNIGHT + SECOND, 1),
        (TONIGHT + DAY, 1),
        (TONIGHT + 7 * DAY, 7),
        (TONIGHT - DAY, -1),
    ],
)
def test_days_left_are_calendar_days_in_seoul(end: datetime, days: int) -> None:
    assert days_left(end, NOW) == days


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
    # A run that finds its day done leaves the mark of the last run where it is or moves it within that day.
    seen = [days for last, now in pairwise(runs) for days in crossed(last, now, not_after)]
    due = [
        days for days in THRESHOLD_DAYS if -days_left(not_after, runs[0]) < -days <= -days_left(not_after, runs[-1])
    ]
    assert sorted(seen) == sorted(due)


def test_digest_lists_one_customers_certificates_most_urgent_first() -> None:
    soon, later = Due("hong", "r1", TONIGHT + DAY), Due("hong", "r2", TONIGHT + 7 * DAY)
    other = Due("kim", "r3", TONIGHT)
    found = {1: [soon], 7: [later], 0: [other]}
    made = digests((window, found.get(window.threshold_days, [])) for window in windows(NOW - DAY, NOW))
    assert {digest.customer_id: (digest.to_notify, digest.ended) for digest in made} == {
        "hong": ([(soon, 1), (later, 7)], []),
        "kim": ([(other, 0)], []),
    }


def test_after_missed_runs_only_the_most_urgent_threshold_is_notified() -> None:
    due = Due("hong", "r1", TONIGHT + 3 * DAY)
    found = [w for w in windows(NOW - 13 * DAY, NOW) if w.first <= due.not_after <= w.until]
    assert [w.threshold_days for w in found] == [3, 7, 14]
    (digest,) = digests((window, [due]) for window in found)
    assert (digest.to_notify, digest.ended) == ([(due, 3)], [])


def test_ended_certificate_is_notified_only_if_day_0_was_missed() -> None:
    due = Due("hong", "r1", TONIGHT - DAY)
    on_time, missed = (
        [w for w in windows(NOW - n * DAY, NOW) if w.first <= due.not_after <= w.until] for n in (1, 2)
    )
    (digest,) = digests((window, [due]) for window in on_time)
    assert (digest.to_notify, digest.ended) == ([], [due])
    (digest,) = digests((window, [due]) for window in missed)
    assert (digest.to_notify, digest.ended) == ([(due, 0)], [due])
