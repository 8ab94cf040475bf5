"""Login by certificate alone: its text, and which certificates may."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.domain.access.certificate_login import check_may_log_in, new_certificate_login
from registrar.domain.access.challenge import CHALLENGE_LIFE
from registrar.domain.access.customer import Customer
from registrar.domain.access.recovery import COOLING_OFF, approve, propose
from registrar.domain.bank import SigningBank
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Registration
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload
from tests.support.rows import PHONE, a_customer

BANK = SigningBank("JBB", "전북은행")

SECOND = timedelta(seconds=1)
IN_EFFECT = NOW + COOLING_OFF
CERTIFICATE = a_certificate(key=an_ec_key())


def registered(at_effect: timedelta = -COOLING_OFF) -> Registration:
    """Registered so long after the recovery took effect."""
    made = new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW)
    return replace(made, registered_at=IN_EFFECT + at_effect)


def recovered(*lost: str) -> Customer:
    """A recovery that was approved at NOW."""
    proposal = propose(None, lost, "identity card seen", "kim", NOW, current=PHONE)
    return a_customer(recovery=approve(proposal, "lee", NOW))


def test_texts_differ_and_cannot_be_guessed() -> None:
    made = [new_certificate_login(NOW) for _ in range(100)]
    assert len({each.id for each in made}) == len({each.nonce for each in made}) == 100
    assert ({len(each.id) for each in made}, {len(each.nonce) for each in made}) == ({22}, {43})
    assert len({each.text(BANK) for each in made}) == 100
    assert {(each.created_at, each.expires_at) for each in made} == {(NOW, NOW + CHALLENGE_LIFE)}


def test_each_part_of_a_text_is_bound() -> None:
    login = new_certificate_login(NOW)
    others = [
        replace(login, id="A" * 22),
        replace(login, nonce="B" * 43),
        replace(login, expires_at=login.expires_at + SECOND),
    ]
    assert (
        len({login.text(BANK), login.text(SigningBank("JBC", "전북은행")), *(each.text(BANK) for each in others)})
        == 5
    )


@pytest.mark.parametrize(("since", "may"), [(-COOLING_OFF, False), (-SECOND, False), (timedelta(), True)])
def test_after_a_recovery_only_what_is_registered_since_logs_in(since: timedelta, may: bool) -> None:
    customer, registration = recovered("totp"), registered(since)
    check_may_log_in(customer, registration, IN_EFFECT - SECOND)
    if may:
        check_may_log_in(customer, registration, IN_EFFECT)
        return
    with pytest.raises(Refusal, match="LOGIN_AFTER_RECOVERY"):
        check_may_log_in(customer, registration, IN_EFFECT)


def test_a_recovery_counts_after_its_row_was_written_and_replaced() -> None:
    applied = recovered("passkeys").as_of(IN_EFFECT)
    assert applied.recovered_at == IN_EFFECT
    later = propose(None, ("totp",), "identity card seen", "kim", IN_EFFECT, current=PHONE)
    rows = [replace(applied, recovery=each) for each in (later, approve(later, "lee", IN_EFFECT), None)]
    written_before_2026_11_29 = replace(applied, recovered_at=None)
    for row in (applied, written_before_2026_11_29, *rows):
        with pytest.raises(Refusal, match="LOGIN_AFTER_RECOVERY"):
            check_may_log_in(row, registered(), IN_EFFECT)


def test_a_certificate_that_may_not_be_used_is_refused_for_that_first() -> None:
    held = replace(registered(), holds=frozenset({Hold.CUSTOMER}))
    with pytest.raises(Refusal, match="REG_SUSPENDED"):
        check_may_log_in(recovered("totp"), held, IN_EFFECT)
