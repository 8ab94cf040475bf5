"""The pace of notices: parts of text messages a second, and when a throttled one is tried again."""

from datetime import timedelta

import pytest

from registrar.domain.notices.pace import (
    EXPIRY_SHARE,
    GIVE_UP,
    LONGEST_DELAY,
    LONGEST_PAUSE,
    NOTICES_SHARE,
    SHORTEST_DELAY,
    URGENT_SHARE,
    Pace,
    is_given_up,
    throttled_delay,
)
from tests.support.builders import NOW

NO_TIME = timedelta(0)


@pytest.mark.parametrize(("limit", "workers"), [("20", "2"), ("20", "5"), ("100", "4")])
def test_all_workers_together_stay_below_the_notices_share(limit: str, workers: str) -> None:
    paces = [Pace.of(limit, workers, share) for share in (EXPIRY_SHARE, URGENT_SHARE)]
    for parts in (1, 2, 3):
        sent = [int(workers) * parts / pace.pause(parts, NO_TIME).total_seconds() for pace in paces]
        assert sum(sent) == pytest.approx(int(limit) * NOTICES_SHARE, rel=1e-4)
    assert NOTICES_SHARE <= 0.75, "the rest is for one-time codes"


@pytest.mark.parametrize("share", [EXPIRY_SHARE, URGENT_SHARE])
def test_the_longest_notice_keeps_the_pace_at_the_default_limit(share: float) -> None:
    assert Pace.of("20", "2", share).pause(10, NO_TIME) < LONGEST_PAUSE


def test_the_time_that_sending_took_is_part_of_the_pause() -> None:
    pace = Pace(10)
    assert pace.pause(3, timedelta(seconds=0.1)) == timedelta(seconds=0.2)
    assert pace.pause(3, timedelta(seconds=9)) == NO_TIME
    assert pace.pause(0, NO_TIME) == NO_TIME, "push and mail have no parts"


def test_a_pause_leaves_the_function_time_whatever_the_parameters() -> None:
    assert Pace.of("1", "1000", EXPIRY_SHARE).pause(12, NO_TIME) == LONGEST_PAUSE


@pytest.mark.parametrize("longest", [SHORTEST_DELAY, timedelta(minutes=4), LONGEST_DELAY])
def test_delays_are_spread_over_half_of_the_longest(longest: timedelta) -> None:
    delays = {throttled_delay(longest) for _ in range(200)}
    assert longest / 2 <= min(delays) < longest * 0.7
    assert longest * 0.8 < max(delays) <= longest


def test_delays_stay_within_what_the_queue_allows() -> None:
    assert throttled_delay(NO_TIME) >= SHORTEST_DELAY / 2
    assert throttled_delay(timedelta(days=1)) <= LONGEST_DELAY


def test_a_notice_is_given_up_after_a_day() -> None:
    assert not is_given_up(None, NOW)
    assert not is_given_up(NOW - GIVE_UP + timedelta(seconds=1), NOW)
    assert is_given_up(NOW - GIVE_UP, NOW)
