"""Which method is enough for which change, and what an app receives to respond to a challenge."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.domain.access.challenge import Operation, new_challenge
from registrar.domain.access.challenge_text import identity_text, method_data
from registrar.domain.access.credentials import STRENGTH_KEPT, masked_phone, may_change
from registrar.domain.access.customer import strength_kept_until
from registrar.domain.access.recovery import COOLING_OFF, Recovery
from registrar.domain.bank import SigningBank
from tests.support.builders import NOW
from tests.support.rows import PHONE, a_customer

BANK = SigningBank("JBB", "전북은행")

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
ALL = ("otp", "sms", "passkey", "certificate")


@pytest.mark.parametrize("kind", ["passkey", "totp", "phone"])
def test_text_message_code_does_not_authorise_a_change(kind: str) -> None:
    # Otherwise a thief of the phone number takes over the account.
    for methods in (("sms",), ("sms", "otp"), ALL):
        assert not may_change(kind, "sms", methods)


def test_change_requires_a_method_as_strong_as_the_changed_one() -> None:
    assert not may_change("passkey", "otp", ALL)
    assert may_change("passkey", "passkey", ALL)
    assert may_change("passkey", "certificate", ALL)
    assert may_change("totp", "otp", ALL)
    assert may_change("phone", "otp", ALL)
    assert may_change("phone", "passkey", ALL)


def test_first_passkey_requires_the_strongest_existing_method() -> None:
    assert may_change("passkey", "otp", ("otp", "sms"))


def test_text_message_suffices_after_recovery_without_other_methods() -> None:
    assert may_change("totp", "sms", ("sms",), recovered=True)
    assert may_change("passkey", "sms", ("sms",), recovered=True)
    assert not may_change("passkey", "sms", ("sms", "otp"), recovered=True)
    assert not may_change("passkey", "sms", ALL, recovered=True)


def test_text_message_never_moves_the_phone() -> None:
    assert not may_change("phone", "sms", ("sms",), recovered=True)
    assert not may_change("phone", "sms", ("sms",))


@pytest.mark.parametrize(
    ("lost", "proved_by", "before", "counts"),
    [
        ((), "otp", DAY, True),
        ((), "otp", STRENGTH_KEPT, False),
        (("phone",), "sms", DAY, False),
        (("phone",), "sms", -SECOND, True),
        (("phone",), "otp", DAY, True),
        (("phone", "totp"), "otp", DAY, False),
        (("phone", "totp"), "otp", -SECOND, True),
    ],
)
def test_recovery_ends_the_wait_for_renewed_methods_and_earlier_losses(
    lost: tuple[str, ...], proved_by: str, before: timedelta, counts: bool
) -> None:
    """`before` is how long before the recovery took effect (now, without one) the certificate was lost."""
    approved_at = NOW - COOLING_OFF
    recovery = Recovery("0" * 32, PHONE, lost, "seen", "a", approved_at, "b", approved_at) if lost else None
    lost_at = NOW - before
    now = max(NOW, lost_at)
    kept_until = strength_kept_until(a_customer(recovery=recovery), proved_by, lost_at, now)
    assert kept_until == (lost_at + STRENGTH_KEPT if counts else None)


def test_only_the_last_digits_of_a_phone_are_shown() -> None:
    assert masked_phone("+821012345678") == "010-****-5678"
    assert masked_phone("+82111234567") == "****4567"


def test_text_to_sign_binds_bank_challenge_operation_object_and_expiry() -> None:
    challenge = new_challenge("hong", "personal", ALL, NOW, operation=Operation.DEREGISTER, object_id="reg1")
    text = identity_text(challenge, BANK)

    assert text.splitlines()[1:] == [
        "은행: 전북은행(JBB)",
        "용도: 본인 확인",
        f"본인 확인 번호: {challenge.id}",
        "본인 확인 업무: 인증서 등록 해제",
        "대상: reg1",
        f"일회용 값: {challenge.nonce}",
        "서명 기한: 2026년 11월 23일 12:05:00 (한국 시간)",
    ]
    others = [replace(challenge, operation=Operation.RESUME), replace(challenge, object_id="reg2")]
    assert text not in [identity_text(other, BANK) for other in others] + [
        identity_text(challenge, SigningBank("KBB", "전북은행"))
    ]


def test_app_receives_only_what_each_method_needs() -> None:
    challenge = new_challenge("hong", "personal", ("otp", "sms", "passkey"), NOW)

    data = method_data(challenge, a_customer(), [], "bank.example", BANK)

    assert data.keys() == {"otp", "sms", "passkey"}
    assert data["sms"] == {"phone": "010-****-5678"}
    assert data["passkey"]["challenge"] == challenge.nonce
