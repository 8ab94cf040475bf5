"""What is kept outside of a row counts for a restored row: its end, and for each hold the last record."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.domain.registrations.kept_state import BankHold, KeptState, as_kept, held_with_person, of_kind
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
CERTIFICATE = a_certificate(key=an_ec_key())
BANK, CUSTOMER, ISSUER = Hold.BANK, Hold.CUSTOMER, Hold.ISSUER


def a_row(*holds: Hold, **overrides: Any) -> Registration:
    made = new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW)
    return replace(made, holds=frozenset(holds), held_since=dict.fromkeys(holds, NOW), **overrides)


def kept(*holds: Hold, lifted: tuple[Hold, ...] = (), **overrides: Any) -> KeptState:
    since = dict.fromkeys(holds, NOW + DAY)
    return KeptState(holds=frozenset(holds), lifted=frozenset(lifted), held_since=since, **overrides)


@pytest.mark.parametrize(
    ("row", "state", "since"),
    [
        (a_row(), kept(), {}),
        (a_row(ISSUER), kept(), {ISSUER: NOW}),
        (a_row(), kept(CUSTOMER), {CUSTOMER: NOW + DAY}),
        (a_row(CUSTOMER, ISSUER), kept(lifted=(CUSTOMER,)), {ISSUER: NOW}),
        (a_row(CUSTOMER), kept(CUSTOMER), {CUSTOMER: NOW + DAY}),
        (a_row(ISSUER), kept(BANK, lifted=(ISSUER,)), {BANK: NOW + DAY}),
    ],
)
def test_holds_are_those_recorded_last_with_their_times(
    row: Registration, state: KeptState, since: dict[Hold, datetime]
) -> None:
    found = as_kept(row, state)

    assert found.holds == frozenset(since)
    assert found.held_since == since


@pytest.mark.parametrize(
    ("row", "state", "nonce"),
    [
        (a_row(CUSTOMER, resume_nonce="row"), kept(), "row"),
        (a_row(CUSTOMER, resume_nonce="row"), kept(CUSTOMER, resume_nonce="kept"), "kept"),
        (a_row(CUSTOMER, resume_nonce="row"), kept(lifted=(CUSTOMER,)), None),
        (a_row(resume_nonce="row"), kept(), None),
    ],
)
def test_loss_report_keeps_its_nonce_while_it_stands(
    row: Registration, state: KeptState, nonce: str | None
) -> None:
    assert as_kept(row, state).resume_nonce == nonce


@pytest.mark.parametrize(
    ("row", "state", "reason"),
    [
        (a_row(BANK, bank_hold_reason="reevaluation"), kept(), "reevaluation"),
        (a_row(BANK, bank_hold_reason="reevaluation"), kept(BANK), None),
        (a_row(), kept(BANK, bank_hold_reason="reevaluation"), "reevaluation"),
        (a_row(BANK), kept(CUSTOMER, bank_hold_reason="reevaluation"), None),
    ],
)
def test_bank_hold_that_is_kept_has_its_own_reason(row: Registration, state: KeptState, reason: str | None) -> None:
    assert as_kept(row, state).bank_hold_reason == reason


END = KeptState(
    lifecycle=Lifecycle.REVOKED_BY_ISSUER,
    ended_at=NOW + DAY,
    end_reason="keyCompromise",
    revoked_at=NOW + SECOND,
    superseded_by="r2",
)


def test_kept_end_ends_a_live_row() -> None:
    found = as_kept(a_row(ISSUER), END)

    assert (found.lifecycle, found.ended_at) == (Lifecycle.REVOKED_BY_ISSUER, NOW + DAY)
    assert (found.end_reason, found.revoked_at, found.superseded_by) == ("keyCompromise", NOW + SECOND, "r2")
    assert found.holds == {ISSUER}


def test_row_that_ended_keeps_its_own_end() -> None:
    row = a_row(lifecycle=Lifecycle.DEREGISTERED, ended_at=NOW)

    assert as_kept(row, END) == row
    assert as_kept(a_row(), KeptState()) == a_row()


def a_bank_hold(registration_id: str, since: datetime, kind: str = "personal") -> BankHold:
    return BankHold(registration_id, kind, since)


@pytest.mark.parametrize(
    ("holds", "since"),
    [
        ([], None),
        ([a_bank_hold("other", NOW - DAY)], NOW - DAY),
        ([a_bank_hold("other", NOW - DAY), a_bank_hold("third", NOW - 2 * DAY)], NOW - 2 * DAY),
        ([a_bank_hold("other", NOW - DAY, "corporate")], None),
        ([a_bank_hold(a_row().id, NOW - DAY)], None),
        # A registration that was in progress did not read a hold of the same minute.
        ([a_bank_hold("other", NOW + MINUTE - SECOND)], NOW + MINUTE - SECOND),
        ([a_bank_hold("other", NOW + MINUTE)], None),
    ],
)
def test_bank_hold_of_a_person_follows_to_what_they_register_later(
    holds: list[BankHold], since: datetime | None
) -> None:
    found = held_with_person(a_row(bank_hold_reason="reevaluation"), holds)

    assert found.holds == (frozenset({BANK}) if since else frozenset())
    assert found.held_since == ({BANK: since} if since else {})
    assert found.bank_hold_reason == (None if since else "reevaluation")


def test_hold_of_the_registration_itself_keeps_its_time() -> None:
    found = held_with_person(a_row(BANK, ISSUER), [a_bank_hold("other", NOW - DAY)])

    assert found.holds == {BANK, ISSUER}
    assert found.held_since == {BANK: NOW, ISSUER: NOW}


def test_holds_are_selected_by_kind() -> None:
    one, other = a_bank_hold("a", NOW), a_bank_hold("b", NOW, "corporate")

    assert of_kind([one, other], "corporate") == [other]
