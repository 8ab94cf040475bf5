"""Recovery: two persons, a cooling-off period, and the customer's methods before and after it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.access.customer import Customer, Pending
from registrar.domain.access.recovery import (
    COOLING_OFF,
    LOST,
    REENROLMENT,
    Recovery,
    approve,
    check_open,
    proposal_of,
    propose,
)
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.two_persons import check_read, digest_of
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
    proposal = propose(NEW, lost, REASON, "kim.teller", NOW, current=OLD)
    return approve(proposal, "lee.manager", NOW)


def test_proposer_cannot_approve() -> None:
    proposal = propose(NEW, ("phone",), REASON, "kim.teller", NOW, current=OLD)

    for staff in ("kim.teller", "KIM.Teller"):
        with pytest.raises(AdminStepRefused, match="whoever proposed"):
            approve(proposal, staff, NOW)
    assert approve(proposal, "lee.manager", NOW).approved_by == "lee.manager"


def test_approval_is_within_a_day_and_only_once() -> None:
    proposal = propose(NEW, ("phone",), REASON, "kim.teller", NOW, current=OLD)
    with pytest.raises(AdminStepRefused, match="older than a day"):
        approve(proposal, "lee.manager", NOW + timedelta(days=1, seconds=1))

    approved = approve(proposal, "lee.manager", NOW)
    assert approve(approved, "Lee.Manager", NOW + COOLING_OFF - timedelta(seconds=1)) == approved, "repeated"
    for refused in (
        lambda: approve(approved, "park.manager", NOW),
        lambda: approve(approved, "lee.manager", NOW + COOLING_OFF),
        lambda: check_open(approved),
    ):
        with pytest.raises(AdminStepRefused, match="approved already"):
            refused()


def test_proposal_is_found_by_its_own_id() -> None:
    proposal = propose(NEW, ("phone",), REASON, "kim.teller", NOW, current=OLD)

    assert proposal_of(proposal, proposal.id) == proposal
    for known, named in ((None, proposal.id), (proposal, "0" * 32)):
        with pytest.raises(AdminStepRefused, match="no such proposal"):
            proposal_of(known, named)


def test_phone_changes_only_where_the_phone_was_lost() -> None:
    with pytest.raises(AdminStepRefused, match="the phone changes only"):
        propose(NEW, ("totp",), REASON, "kim.teller", NOW, current=OLD)
    with pytest.raises(AdminStepRefused, match="needs the number"):
        propose(None, ("phone", "totp"), REASON, "kim.teller", NOW, current=OLD)
    for phone in (None, OLD):
        assert propose(phone, ("totp",), REASON, "kim.teller", NOW, current=OLD).phone_after(OLD) == OLD


def test_stored_recovery_of_the_app_alone_never_moves_the_phone() -> None:
    """As an earlier release wrote it, or a role that can write the row."""
    stored = replace(an_approved_recovery(("phone",)), lost=("totp",))
    then = a_customer(recovery=stored).as_of(NOW + COOLING_OFF)

    assert (then.phone, then.totp_ciphertext) == (OLD, None)
    assert stored.shown("hong", OLD)["new_phone"] is None


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "+821011112222"},
        {"lost": ("phone", "totp")},
        {"reason": "another reason entirely"},
        {"proposed_by": "choi"},
        {"proposed_at": NOW + timedelta(seconds=1)},
        {"id": "f" * 32},
    ],
    ids=lambda other: next(iter(other)),
)
def test_every_fact_of_a_proposal_is_shown_and_in_its_digest(other: dict[str, Any]) -> None:
    proposal = propose(NEW, ("phone",), REASON, "kim.teller", NOW, current=OLD)

    shown, changed = proposal.shown("hong", OLD), replace(proposal, **other).shown("hong", OLD)

    assert shown != changed
    with pytest.raises(AdminStepRefused):
        check_read(changed, digest_of(shown))


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
    customer = a_customer(recovery=propose(NEW, ("phone",), REASON, "kim.teller", NOW, current=OLD))

    assert customer.as_of(NOW + timedelta(days=365)) == customer


def test_later_change_by_the_customer_stays() -> None:
    then = a_customer(recovery=an_approved_recovery()).as_of(NOW + COOLING_OFF)
    changed = replace(then, phone="+821011112222", totp_ciphertext=b"new")

    assert changed.as_of(NOW + COOLING_OFF + timedelta(days=1)) == changed


@pytest.mark.parametrize("lost", LOST)
def test_when_a_recovery_took_effect_outlives_it(lost: str) -> None:
    ends = NOW + COOLING_OFF
    proposal = propose(NEW if lost == "phone" else None, (lost,), REASON, "kim.teller", NOW, current=OLD)
    customer = a_customer(recovery=approve(proposal, "lee.manager", NOW))
    assert customer.as_of(ends - timedelta(seconds=1)).recovered_at is None

    then = customer.as_of(ends)
    assert then.recovered_at == ends
    later = propose(None, ("totp",), REASON, "kim.teller", ends, current=OLD)
    for recovery in (later, approve(later, "lee.manager", ends), None):
        assert replace(then, recovery=recovery).as_of(ends + timedelta(hours=1)).recovered_at == ends


def test_recovery_cancels_an_unfinished_enrolment() -> None:
    pending = Pending("totp", "proof", b"secret", NOW + timedelta(days=2))
    customer = a_customer(pending=pending, recovery=an_approved_recovery())

    assert customer.as_of(NOW + COOLING_OFF).pending is None


def test_text_message_suffices_to_enrol_for_a_week_after_recovery() -> None:
    recovery = an_approved_recovery()

    assert not recovery.allows_enrolment(NOW + COOLING_OFF - timedelta(seconds=1))
    assert recovery.allows_enrolment(NOW + COOLING_OFF)
    assert not recovery.allows_enrolment(NOW + COOLING_OFF + REENROLMENT)
