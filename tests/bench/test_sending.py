"""Notices against an SNS that throttles: each is delivered once or reported, and none is lost."""

import pytest

from bench.scale import FULL, FULL_LIMIT, NOTICES, hours_for
from bench.sending import Outcome, send
from registrar.domain.notices.pace import EXPIRY_SHARE, NOTICES_SHARE, URGENT_SHARE

PART = NOTICES // 10
LONGEST_PUT_OFF = 0.25
"""Hours after which a refused notice arrives again, at most."""


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
    found = send(300, limit=4)
    check(found, 300, 4)
    assert found.reported == []
    assert found.put_off > 300, "the parameter says more than SNS takes"


def test_notices_are_reported_where_nothing_is_taken_for_two_days() -> None:
    found = send(10, limit=0)
    check(found, 10, 0)
    assert len(found.reported) == 10


@pytest.mark.parametrize(
    ("count", "urgent", "share"), [(900, 0, EXPIRY_SHARE), (0, 350, URGENT_SHARE), (1_800, 700, NOTICES_SHARE)]
)
def test_busy_queues_use_their_shares_together_and_never_more(count: int, urgent: int, share: float) -> None:
    found = send(count, limit=20, urgent=urgent, codes=lambda _: 0)
    check(found, count + urgent, 20)
    busiest = max(found.notice_parts.values())
    # Each of two workers a queue may begin one message more in a minute.
    assert busiest <= 60 * 20 * share + 2 + 2
    assert busiest > 60 * 20 * share * 0.9, "both are busy"


@pytest.mark.slow
def test_a_part_of_a_full_morning_takes_as_long_as_the_page_says() -> None:
    found = send(PART, limit=FULL_LIMIT, believed=FULL_LIMIT)
    check(found, PART, FULL_LIMIT)
    assert found.reported == []
    computed = hours_for(FULL.parts * PART / NOTICES, FULL_LIMIT)
    assert computed < found.hours < computed + LONGEST_PUT_OFF
