"""Notices against an SNS that throttles: each is delivered once or reported, and none is lost."""

import pytest

from bench.scale import FULL, NOTICES
from bench.sending import Outcome, send


def check(found: Outcome, count: int, limit: int) -> None:
    """Each notice was sent once, or is a dead letter."""
    assert len(found.sent) + len(found.reported) == count
    assert set(found.sent.values()) <= {1}, "none twice"
    assert not found.sent.keys() & set(found.reported)
    assert found.most_parts_a_second <= limit


def test_notices_that_a_rush_of_codes_throttles_are_all_delivered() -> None:
    found = send(1_000, limit=20)
    check(found, 1_000, 20)
    assert found.reported == []
    assert 0 < found.put_off == found.refused < 200
    assert found.parts / 1_000 == pytest.approx(FULL.parts / NOTICES)


def test_a_limit_below_the_parameter_delays_notices_and_loses_none() -> None:
    found = send(300, limit=8)
    check(found, 300, 8)
    assert found.reported == []
    assert found.put_off > 300, "the parameter says more than SNS takes"


def test_notices_are_reported_where_nothing_is_taken_for_two_days() -> None:
    found = send(10, limit=2)
    check(found, 10, 2)
    assert len(found.reported) == 10


@pytest.mark.slow
def test_a_full_morning_is_delivered_before_the_quiet_hours() -> None:
    found = send(NOTICES, limit=20)
    check(found, NOTICES, 20)
    assert found.reported == []
    assert found.hours == pytest.approx(FULL.sending_hours, rel=0.05)
    assert found.hours < 12
