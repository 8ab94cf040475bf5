"""The throttles' table: an attempt is counted by the write that allows it, and waits grow."""

from datetime import timedelta

import pytest

from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.throttles import ADDRESS_LIMIT, ATTEMPTS_KEPT, FREE_TRIES, PHONE_LIMIT, WAITS
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


def test_a_phone_is_limited_to_one_text_a_minute_and_five_an_hour(account: Account, throttles: Throttles) -> None:
    hour = NOW.replace(minute=0, second=0)
    for minute in range(PHONE_LIMIT.per_hour):
        throttles.count_phone(PHONE, hour + minute * MINUTE)
        with pytest.raises(Refusal, match="RATE_LIMITED"):
            throttles.count_phone(PHONE, hour + minute * MINUTE)
    with pytest.raises(Refusal, match="RATE_LIMITED") as refused:
        throttles.count_phone(PHONE, hour + 30 * MINUTE)
    assert refused.value.retry_after == 30 * 60
    throttles.count_phone(PHONE, hour + 60 * MINUTE)
    assert PHONE not in str(account.items("ThrottlesTable"))


def test_throttle_items_have_a_ttl(account: Account, throttles: Throttles) -> None:
    throttles.attempt("key", NOW)
    throttles.count_address(ADDRESS, NOW)
    ends = {int(item["ttl"]["N"]) for item in account.items("ThrottlesTable")}
    assert max(ends) == int((NOW + ATTEMPTS_KEPT).timestamp())
    assert min(ends) >= int((NOW + 2 * MINUTE).timestamp())
