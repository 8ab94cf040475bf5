"""The throttles' table: an attempt is counted by the write that allows it, and waits grow."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.throttles import (
    ADDRESS_LIMIT,
    ATTEMPTS_KEPT,
    CUSTOMER_TEXTS_PER_DAY,
    CUSTOMER_TEXTS_PER_HOUR,
    FREE_TRIES,
    PHONE_LIMIT,
    TEXTS_PER_REQUEST,
    WAITS,
    CountedText,
    TextPurpose,
)
from registrar.domain.reasons.errors import Refusal
from tests.support.account import Account
from tests.support.builders import NOW

ADDRESS, PHONE = "203.0.113.24", "+821012345678"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def throttles(account: Account) -> Throttles:
    return Throttles(account.client("dynamodb"), account.physical["ThrottlesTable"])


def test_after_five_attempts_each_wait_is_longer(throttles: Throttles) -> None:
    at = NOW
    assert [throttles.attempt("key", at).tries_left for _ in range(FREE_TRIES)] == [4, 3, 2, 1, 0]
    for wait in (*WAITS, WAITS[-1], WAITS[-1]):
        early = throttles.attempt("key", at + wait - SECOND)
        assert (early.allowed, early.tries_left, early.retry_after) == (False, 0, 1)
        at += wait
        assert throttles.attempt("key", at).allowed


def test_an_attempt_during_the_wait_does_not_prolong_it(throttles: Throttles) -> None:
    for _ in range(FREE_TRIES):
        throttles.attempt("key", NOW)
    assert not throttles.attempt("key", NOW + MINUTE - SECOND).allowed
    assert throttles.attempt("key", NOW + MINUTE).allowed


def test_attempt_by_a_clock_that_is_ahead_makes_nobody_wait(throttles: Throttles) -> None:
    for _ in range(FREE_TRIES - 1):
        throttles.attempt("key", NOW + 30 * SECOND)
        assert throttles.free_at("key", NOW) == NOW
    throttles.attempt("key", NOW + 30 * SECOND)
    assert throttles.free_at("key", NOW) == NOW + 30 * SECOND + WAITS[0]

    throttles.clear("key")
    assert throttles.free_at("key", NOW) == NOW


def test_one_write_counts_and_allows_an_attempt(account: Account, throttles: Throttles) -> None:
    for _ in range(FREE_TRIES + 1):
        (call,) = account.recorded(lambda: throttles.attempt("key", NOW))
        assert call.operation == "UpdateItem"
        assert "ConditionExpression" in call.params


def test_of_fifty_concurrent_attempts_five_are_allowed(throttles: Throttles) -> None:
    assert sum(throttles.attempt("key", NOW).allowed for _ in range(50)) == FREE_TRIES


def test_a_success_clears_the_attempts(account: Account, throttles: Throttles) -> None:
    for _ in range(FREE_TRIES):
        throttles.attempt("key", NOW)
    throttles.clear("key")
    assert throttles.attempt("key", NOW).tries_left == 4


def test_a_locked_challenge_makes_the_account_wait_longer_each_time(throttles: Throttles) -> None:
    at, ends = NOW, []
    for _ in range(3):
        assert throttles.attempt("key", at).allowed
        end = throttles.lock("key", at)
        assert throttles.free_at("key", at) == end
        assert not throttles.attempt("key", end - SECOND).allowed
        ends.append(end - at)
        at = end
    assert ends == [WAITS[0], WAITS[2], WAITS[4]]


def test_a_key_without_attempts_is_allowed(throttles: Throttles) -> None:
    assert throttles.free_at("key", NOW) == NOW


def test_budgets_are_independent(throttles: Throttles) -> None:
    for _ in range(FREE_TRIES + 1):
        throttles.attempt("one", NOW)
    assert throttles.attempt("another", NOW).tries_left == 4


def test_an_address_is_limited_by_minute_and_by_hour(throttles: Throttles) -> None:
    at = NOW.replace(minute=58, second=50)
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address(ADDRESS, at)
    with pytest.raises(Refusal, match="RATE_LIMITED") as refused:
        throttles.count_address(ADDRESS, at)
    assert refused.value.retry_after == 10
    throttles.count_address("203.0.113.25", at)
    throttles.count_address(ADDRESS, at + 10 * SECOND)


def a_text(number: int = 0, **overrides: Any) -> CountedText:
    """A text that is limited by nothing but what `overrides` hold in common."""
    values: dict[str, Any] = {
        "customer_id": f"customer-{number}",
        "purpose": TextPurpose.LOGIN,
        "request_id": f"request-{number}",
        "request_ends": NOW + 5 * MINUTE,
        "phone": f"+82101111{number:04d}",
    }
    return CountedText(**values | overrides)


def waiting(throttles: Throttles, text: CountedText, at: datetime) -> int:
    with pytest.raises(Refusal, match="RATE_LIMITED") as refused:
        throttles.count_text(text, at)
    assert refused.value.retry_after is not None
    return refused.value.retry_after


def test_a_phone_is_limited_to_one_text_a_minute_and_five_an_hour(account: Account, throttles: Throttles) -> None:
    hour = NOW.replace(minute=0, second=0)
    for number in range(PHONE_LIMIT.per_hour):
        throttles.count_text(a_text(number, phone=PHONE), hour + number * MINUTE)
        assert waiting(throttles, a_text(number, phone=PHONE), hour + number * MINUTE) >= 60
    assert waiting(throttles, a_text(30, phone=PHONE), hour + 30 * MINUTE) == 30 * 60
    throttles.count_text(a_text(60, phone=PHONE), hour + 60 * MINUTE)
    assert PHONE not in str(account.items("ThrottlesTable"))


def test_a_customers_texts_are_limited_by_hour_and_by_day_whatever_the_numbers(
    account: Account, throttles: Throttles
) -> None:
    hour = NOW.replace(hour=1, minute=0, second=0)
    numbers = iter(range(1000))

    def of_hong() -> CountedText:
        return a_text(next(numbers), customer_id="hong")

    for late in (timedelta(), timedelta(hours=1)):
        for _ in range(CUSTOMER_TEXTS_PER_HOUR):
            throttles.count_text(of_hong(), hour + late)
        if not late:
            assert waiting(throttles, of_hong(), hour) == 60 * 60
    assert CUSTOMER_TEXTS_PER_DAY == 2 * CUSTOMER_TEXTS_PER_HOUR
    assert waiting(throttles, of_hong(), hour + timedelta(hours=2)) == 21 * 60 * 60
    throttles.count_text(a_text(next(numbers), customer_id="kim"), hour + timedelta(hours=2))
    throttles.count_text(of_hong(), hour + timedelta(hours=23))
    assert "hong" not in str(account.items("ThrottlesTable"))


def test_texts_for_other_purposes_have_their_own_budget(throttles: Throttles) -> None:
    for number in range(CUSTOMER_TEXTS_PER_HOUR):
        throttles.count_text(a_text(number, customer_id="hong", purpose=TextPurpose.PHONE), NOW)
    waiting(throttles, a_text(98, customer_id="hong", purpose=TextPurpose.PHONE), NOW)
    for number, purpose in enumerate((TextPurpose.LOGIN, TextPurpose.STEP_UP), 100):
        throttles.count_text(a_text(number, customer_id="hong", purpose=purpose), NOW)


@pytest.mark.parametrize("purpose", [TextPurpose.STEP_UP, TextPurpose.PHONE])
def test_texts_that_others_cause_use_up_none_for_logins_to_the_phone(
    throttles: Throttles, purpose: TextPurpose
) -> None:
    """By a session that was stolen, or by another customer who names the number as theirs."""
    hour = NOW.replace(minute=0, second=0)
    for number in range(PHONE_LIMIT.per_hour):
        other = a_text(number, customer_id="kim", phone=PHONE, purpose=purpose)
        throttles.count_text(other, hour + number * MINUTE)
    waiting(throttles, a_text(98, phone=PHONE, purpose=TextPurpose.PHONE), hour + 10 * MINUTE)
    throttles.count_text(a_text(99, customer_id="hong", phone=PHONE, purpose=TextPurpose.LOGIN), hour + 4 * MINUTE)


def test_a_request_is_limited_to_three_texts_until_it_ends(throttles: Throttles) -> None:
    for number in range(TEXTS_PER_REQUEST):
        throttles.count_text(a_text(number, request_id="proof"), NOW)
    assert waiting(throttles, a_text(9, request_id="proof"), NOW + MINUTE) == 4 * 60


def test_a_refused_text_counts_for_nobody(throttles: Throttles) -> None:
    """Neither the customer's budget nor that of the number's owner is used up by what was not sent."""
    throttles.count_text(a_text(1, phone=PHONE), NOW)
    for _ in range(CUSTOMER_TEXTS_PER_DAY + 1):
        waiting(throttles, a_text(2, phone=PHONE), NOW)
    throttles.count_text(a_text(2), NOW)

    for number in range(TEXTS_PER_REQUEST):
        throttles.count_text(a_text(10 + number, request_id="proof"), NOW)
    for _ in range(PHONE_LIMIT.per_hour + 1):
        waiting(throttles, a_text(20, request_id="proof", phone="+821099990000"), NOW)
    throttles.count_text(a_text(21, phone="+821099990000"), NOW)


def test_throttle_items_have_a_ttl(account: Account, throttles: Throttles) -> None:
    throttles.attempt("key", NOW)
    throttles.count_address(ADDRESS, NOW)
    throttles.count_text(a_text(), NOW)
    ends = {int(item["ttl"]["N"]) for item in account.items("ThrottlesTable")}
    assert max(ends) == int((NOW + ATTEMPTS_KEPT).timestamp())
    assert min(ends) >= int((NOW + 2 * MINUTE).timestamp())
