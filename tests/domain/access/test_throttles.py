"""Throttles: five tries, then waits that grow; keys that contain no name."""

from datetime import timedelta

import pytest

from registrar.domain.access.throttles import (
    ADDRESS_LIMIT,
    CERTIFICATE_LIMIT,
    CHECK_LIMIT,
    CUSTOMER_TEXTS_PER_DAY,
    CUSTOMER_TEXTS_PER_HOUR,
    PHONE_LIMIT,
    STEP_UP_LIMIT,
    TEXTS_PER_REQUEST,
    Attempt,
    Limit,
    TextPurpose,
    account_key,
    address_key,
    asked_key,
    certificate_key,
    check_key,
    counted_attempt,
    phone_key,
    refused_attempt,
    request_key,
    step_up_key,
    step_up_locked,
    texts_key,
    wait_after,
)
from registrar.domain.reasons.codes import Code
from tests.support.builders import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_waits_grow_after_the_fifth_attempt() -> None:
    waits = [wait_after(attempts) for attempts in range(12)]
    assert waits[:5] == [timedelta()] * 5
    assert waits[5:] == [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR]


def test_attempt_returns_tries_left_and_the_next_wait() -> None:
    assert counted_attempt(1) == Attempt(allowed=True, tries_left=4, retry_after=None)
    assert counted_attempt(5) == Attempt(allowed=True, tries_left=0, retry_after=60)
    assert counted_attempt(9) == Attempt(allowed=True, tries_left=0, retry_after=86400)


@pytest.mark.parametrize(("passed", "left"), [(0, 300), (299.5, 1), (120, 180), (300, 1)])
def test_early_attempt_returns_the_remaining_wait(passed: float, left: int) -> None:
    assert refused_attempt(6, NOW, NOW + timedelta(seconds=passed)) == Attempt(False, 0, left)


def test_attempt_refused_for_one_with_a_later_time_never_waits_longer_than_documented() -> None:
    assert refused_attempt(5, NOW + timedelta(seconds=3), NOW) == Attempt(False, 0, 60)


def test_each_budget_has_its_own_key() -> None:
    keys = [
        account_key("hong", None, None),
        account_key("kim", None, None),
        account_key("hong", b"\1" * 32, None),
        account_key("hong", b"\2" * 32, None),
        account_key("hong", None, 1_764_000_000_000),
        account_key("hong", None, 1_764_000_000_001),
        step_up_key("hong", NOW),
        step_up_key("hong", NOW + MINUTE),
        certificate_key("ab" * 32, None),
        certificate_key("cd" * 32, None),
        certificate_key("ab" * 32, b"\1" * 32),
        address_key("192.0.2.1"),
        phone_key("+821012345678", TextPurpose.LOGIN),
        phone_key("+821012345678", TextPurpose.PHONE),
        asked_key("hong", NOW, "192.0.2.1"),
        asked_key("hong", NOW, "192.0.2.2"),
        texts_key("hong", TextPurpose.LOGIN),
        texts_key("hong", TextPurpose.STEP_UP),
        request_key("challenge-1"),
        check_key("hong"),
    ]
    assert len(set(keys)) == len(keys)
    assert not any("hong" in key or "192" in key or "8210" in key or "abab" in key for key in keys)


def test_texts_for_logins_have_a_budget_of_their_own() -> None:
    keys = {purpose: phone_key("+821012345678", purpose) for purpose in TextPurpose}

    assert keys[TextPurpose.LOGIN].startswith("phone-login:")
    assert keys[TextPurpose.STEP_UP] == keys[TextPurpose.PHONE]
    assert keys[TextPurpose.PHONE].startswith("phone:")


def test_keys_of_a_scope_have_equal_length() -> None:
    keys = [
        account_key(name, device, cleared)
        for name in ("a", "x" * 32)
        for device in (None, b"\1" * 32)
        for cleared in (None, 1_764_000_000_000)
    ]
    assert {len(key) for key in keys} == {len("account:") + 22}


@pytest.mark.parametrize(
    ("limit", "per_minute", "per_hour"),
    [
        (ADDRESS_LIMIT, 120, 2000),
        (PHONE_LIMIT, 1, 5),
        (STEP_UP_LIMIT, 20, 200),
        (CHECK_LIMIT, 10, 100),
        (CERTIFICATE_LIMIT, 60, 3600),
    ],
)
def test_each_limit_is_the_one_that_was_decided(limit: Limit, per_minute: int, per_hour: int) -> None:
    assert limit == Limit(per_minute, per_hour)


def test_customer_and_request_have_so_many_text_messages() -> None:
    assert (CUSTOMER_TEXTS_PER_HOUR, CUSTOMER_TEXTS_PER_DAY, TEXTS_PER_REQUEST) == (10, 20, 3)


@pytest.mark.parametrize(("left", "seconds"), [(90.5, 91), (1.0, 1), (0.0, 1), (-5.0, 1)])
def test_locked_step_up_states_whole_seconds_and_at_least_one(left: float, seconds: int) -> None:
    again_at = NOW + timedelta(seconds=left)

    refusal = step_up_locked(again_at, NOW)
    assert refusal.code is Code.STEP_UP_LOCKED
    assert (refusal.retry_after, refusal.params) == (seconds, {"again_at": again_at})


def test_a_flood_with_a_certificate_makes_nobody_wait_longer_than_its_minute() -> None:
    assert CERTIFICATE_LIMIT.per_hour == 60 * CERTIFICATE_LIMIT.per_minute


def test_ipv6_addresses_of_one_network_share_a_key() -> None:
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff:1")
    assert address_key("2001:db8::1") == address_key("2001:db8::8000:0:0:1")
    assert address_key("2001:db8::1") != address_key("2001:db8:0:1::1")
    assert address_key("192.0.2.1") != address_key("192.0.2.2")
    assert address_key("not an address") != address_key("another")
