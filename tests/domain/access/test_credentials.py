"""Which proof is enough for which change, and what an app is told to answer a challenge with."""

from dataclasses import replace

import pytest

from registrar.domain.access.challenge import Operation, new_challenge
from registrar.domain.access.challenge_text import asked, identity_text
from registrar.domain.access.credentials import masked_phone, may_change
from tests.support.builders import NOW
from tests.support.rows import a_customer

ALL = ("otp", "sms", "passkey", "certificate")


@pytest.mark.parametrize("kind", ["passkey", "totp", "phone"])
def test_a_code_by_text_message_never_changes_anything(kind: str) -> None:
    # Whoever took over the number would take over the account.
    for methods in (("sms",), ("sms", "otp"), ALL):
        assert not may_change(kind, "sms", methods)


def test_a_change_takes_a_proof_as_strong_as_what_changes() -> None:
    assert not may_change("passkey", "otp", ALL)
    assert may_change("passkey", "passkey", ALL)
    assert may_change("passkey", "certificate", ALL)
    assert may_change("totp", "otp", ALL)
    assert may_change("phone", "otp", ALL)
    assert may_change("phone", "passkey", ALL)


def test_the_first_passkey_comes_with_the_strongest_there_is() -> None:
    assert may_change("passkey", "otp", ("otp", "sms"))


def test_after_a_recovery_a_text_message_is_enough_where_it_is_all_there_is() -> None:
    assert may_change("totp", "sms", ("sms",), recovered=True)
    assert may_change("passkey", "sms", ("sms",), recovered=True)
    assert not may_change("passkey", "sms", ("sms", "otp"), recovered=True)
    assert not may_change("passkey", "sms", ALL, recovered=True)


def test_a_phone_is_shown_by_its_last_digits() -> None:
    assert masked_phone("+821012345678") == "010-****-5678"
    assert masked_phone("+82111234567") == "****4567"


def test_the_text_to_sign_binds_bank_challenge_operation_object_and_end() -> None:
    challenge = new_challenge("hong", "personal", ALL, NOW, operation=Operation.DEREGISTER, object_id="reg1")
    text = identity_text(challenge, "JBB")

    assert text.splitlines()[1:] == [
        "bank: JBB",
        f"challenge: {challenge.id}",
        "operation: deregister",
        "object: reg1",
        f"nonce: {challenge.nonce}",
        "valid until: 2026-11-23T03:05:00Z",
    ]
    others = [replace(challenge, operation=Operation.RESUME), replace(challenge, object_id="reg2")]
    assert text not in [identity_text(other, "JBB") for other in others] + [identity_text(challenge, "KBB")]


def test_an_app_is_told_what_each_method_needs_and_no_more() -> None:
    challenge = new_challenge("hong", "personal", ("otp", "sms", "passkey"), NOW)

    answer = asked(challenge, a_customer(), [], "bank.example", "JBB")

    assert answer.keys() == {"otp", "sms", "passkey"}
    assert answer["sms"] == {"phone": "010-****-5678"}
    assert answer["passkey"]["challenge"] == challenge.nonce
