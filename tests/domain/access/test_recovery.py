"""Recovery: two persons, a cooling-off period, and the customer's methods before and after it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.access.customer import Customer, Pending
from registrar.domain.access.recovery import COOLING_OFF, REENROLMENT, Recovery, approve, propose
from registrar.domain.reasons.errors import AdminStepRefused
from tests.support.builders import NOW

OLD, NEW = "+821012345678", "+821087654321"
REASON = "resident card seen at the Jeonju branch"


def a_customer(**facts: Any) -> Customer:
    known: dict[str, Any] = {
        "id": "hong", "kind": "personal", "name": "홍길동", "language": "ko", "phone": OLD, "password_hash": "x",
        "totp_ciphertext": b"old",
    }  # fmt: skip
    return Customer(**known | facts)


def an_approved_recovery(lost: tuple[str, ...] = ("phone", "totp")) -> Recovery:
    proposal = propose(NEW, lost, REASON, "kim.teller", NOW)
    return approve(proposal, proposal.id, "lee.manager", NOW)


def test_proposer_cannot_approve() -> None:
    proposal = propose(NEW, ("phone",), REASON, "kim.teller", NOW)

    for staff in ("kim.teller", "KIM.Teller"):
        with pytest.raises(AdminStepRefused, match="whoever proposed"):
            approve(proposal, proposal.id, staff, NOW)
    assert approve(proposal, proposal.id, "lee.manager", NOW).approved_by == "lee.manager"


def test_approval_needs_the_read_proposal_within_a_day_and_only_once() -> None:
    proposal = propose(NEW, ("phone",), REASON, "kim.teller", NOW)
    approved = approve(proposal, proposal.id, "lee.manager", NOW)

    for known, named, later in (
        (None, proposal.id, timedelta()),
        (proposal, "0" * 32, timedelta()),
        (proposal, proposal.id, timedelta(days=1, seconds=1)),
        (approved, approved.id, timedelta()),
    ):
        with pytest.raises(AdminStepRefused):
            approve(known, named, "lee.manager", NOW + later)


def test_recovery_has_no_effect_during_the_cooling_off_period() -> None:
    customer = a_customer(recovery=an_approved_recovery())

    last = NOW + COOLING_OFF - timedelta(seconds=1)
    assert customer.as_of(last) == customer
    assert customer.recovery is not None
    assert customer.recovery.pending(last)


def test_after_cooling_off_the_new_phone_replaces_the_lost_methods() -> None:
    then = a_customer(recovery=an_approved_recovery()).as_of(NOW + COOLING_OFF)

    assert (then.phone, then.totp_ciphertext, then.methods) == (NEW, None, ("sms",))


def test_authenticator_app_that_was_not_lost_stays() -> None:
    then = a_customer(recovery=an_approved_recovery(("phone",))).as_of(NOW + COOLING_OFF)

    assert (then.phone, then.totp_ciphertext) == (NEW, b"old")


def test_unapproved_proposal_never_takes_effect() -> None:
    customer = a_customer(recovery=propose(NEW, ("phone",), REASON, "kim.teller", NOW))

    assert customer.as_of(NOW + timedelta(days=365)) == customer


def test_later_change_by_the_customer_stays() -> None:
    then = a_customer(recovery=an_approved_recovery()).as_of(NOW + COOLING_OFF)
    changed = replace(then, phone="+821011112222", totp_ciphertext=b"new")

    assert changed.as_of(NOW + COOLING_OFF + timedelta(days=1)) == changed


def test_recovery_cancels_an_unfinished_enrolment() -> None:
    pending = Pending("totp", "proof", b"secret", NOW + timedelta(days=2))
    customer = a_customer(pending=pending, recovery=an_approved_recovery())

    assert customer.as_of(NOW + COOLING_OFF).pending is None


def test_text_message_suffices_to_enrol_for_a_week_after_recovery() -> None:
    recovery = an_approved_recovery()

    assert not recovery.allows_enrolment(NOW + COOLING_OFF - timedelta(seconds=1))
    assert recovery.allows_enrolment(NOW + COOLING_OFF)
    assert not recovery.allows_enrolment(NOW + COOLING_OFF + REENROLMENT)
