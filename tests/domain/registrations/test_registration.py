"""Registrations: made from a proven upload, and their lifecycle and status at any later moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration, issuer_serial, successor_of
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
FIRST, LAST = NOW - 10 * DAY, NOW + 90 * DAY
CERTIFICATE = a_certificate(key=an_ec_key(), not_before=FIRST, not_after=LAST, serial_number=0x0ABC)


def a_registration() -> Registration:
    return new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW)


def test_registration_takes_over_the_decision_and_the_proof() -> None:
    upload, registration = an_upload(CERTIFICATE), a_registration()
    assert registration.id == f"r{upload.id}"
    assert (registration.customer_id, registration.lifecycle) == ("c-1001", Lifecycle.LIVE)
    assert (registration.operator, registration.name_masked, registration.kind) == ("yessign", "홍*동", "personal")
    assert registration.policy["en"] == "personal, bank and insurance"
    assert registration.serial == "abc"
    assert registration.der == CERTIFICATE.der
    assert (registration.not_before, registration.not_after) == (FIRST, LAST)
    assert (registration.registered_at, registration.consent_version) == (NOW, "2026-11")
    assert registration.proof == "signature"
    assert registration.expiry_flagged_at is None


@pytest.mark.parametrize(
    ("at", "lifecycle", "usable", "expiring"),
    [
        (FIRST - SECOND, Lifecycle.LIVE, False, False),
        (FIRST, Lifecycle.LIVE, True, False),
        (NOW, Lifecycle.LIVE, True, False),
        (LAST - 30 * DAY - SECOND, Lifecycle.LIVE, True, False),
        (LAST - 30 * DAY, Lifecycle.LIVE, True, True),
        (LAST, Lifecycle.LIVE, True, True),
        (LAST + SECOND, Lifecycle.EXPIRED, False, False),
        (LAST + 365 * DAY, Lifecycle.EXPIRED, False, False),
    ],
)
def test_lifecycle_and_usability_by_time(at: datetime, lifecycle: Lifecycle, usable: bool, expiring: bool) -> None:
    registration = a_registration()
    assert registration.lifecycle_at(at) is lifecycle
    assert registration.usable_at(at) == usable
    assert registration.expiring_at(at) == expiring


def test_issuer_serial_identifies_the_certificate() -> None:
    registration = a_registration()
    identity = issuer_serial(registration.issuer_key_digest, registration.serial)
    assert identity == f"{registration.issuer_key_digest}#abc"
    assert len(registration.issuer_key_digest) == 64


L, H = Lifecycle, Hold


@pytest.mark.parametrize(
    ("lifecycle", "holds", "denied", "at", "status", "reason"),
    [
        (L.LIVE, [], False, NOW, "ACTIVE", None),
        (L.LIVE, [], False, FIRST, "ACTIVE", None),
        (L.LIVE, [], False, FIRST - SECOND, "LIVE", None),
        (L.LIVE, [H.CUSTOMER], False, NOW, "SUSPENDED", "REG_SUSPENDED"),
        (L.LIVE, [H.BANK], False, NOW, "SUSPENDED", "REG_SUSPENDED"),
        (L.LIVE, [H.ISSUER], False, NOW, "HELD_BY_ISSUER", "REG_HELD"),
        (L.LIVE, [H.CUSTOMER, H.ISSUER], False, NOW, "SUSPENDED", "REG_SUSPENDED"),
        (L.LIVE, [H.BANK, H.ISSUER], False, NOW, "SUSPENDED", "REG_SUSPENDED"),
        (L.LIVE, [H.ISSUER], False, LAST + SECOND, "EXPIRED", "REG_EXPIRED"),
        (L.LIVE, [], True, NOW, "BLOCKED", "REG_BLOCKED"),
        (L.LIVE, [H.CUSTOMER], True, LAST + SECOND, "BLOCKED", "REG_BLOCKED"),
        (L.REVOKED_BY_ISSUER, [H.ISSUER], False, NOW, "REVOKED_BY_ISSUER", "REG_REVOKED"),
        (L.REVOKED_BY_ISSUER, [], True, NOW, "REVOKED_BY_ISSUER", "REG_REVOKED"),
        (L.SUPERSEDED, [], False, LAST + SECOND, "SUPERSEDED", "REG_SUPERSEDED"),
        (L.DEREGISTERED, [], False, NOW, "DEREGISTERED", "REG_DEREGISTERED"),
        (L.BLOCKED, [H.BANK], True, NOW, "BLOCKED", "REG_BLOCKED"),
    ],
)
def test_status_and_reason_shown_for_each_state(
    lifecycle: Lifecycle, holds: list[Hold], denied: bool, at: datetime, status: str, reason: str | None
) -> None:
    r = replace(a_registration(), lifecycle=lifecycle, holds=frozenset(holds), denied_at=NOW if denied else None)
    assert (r.status_at(at), r.reason_at(at)) == (status, reason)
    assert r.usable_at(at) is (status == "ACTIVE")
    assert not r.expiring_at(at)
    if r.usable_at(at):
        r.check_usable(at)
        return
    with pytest.raises(Refusal, match=reason or "CERT_NOT_YET_VALID"):
        r.check_usable(at)


OLD = replace(a_registration(), id="old", not_before=FIRST - 300 * DAY, not_after=NOW + DAY)


@pytest.mark.parametrize(
    ("old", "may"),
    [
        ({}, True),
        ({"holds": frozenset({H.CUSTOMER, H.ISSUER})}, True),
        ({"lifecycle": L.REVOKED_BY_ISSUER}, True),
        ({"lifecycle": L.DEREGISTERED}, True),
        ({"not_after": NOW - DAY}, True),
        ({"issuer_key_digest": "ab" * 32}, True),
        ({"customer_id": "another"}, False),
        ({"operator": "kica"}, False),
        ({"kind": "corporate"}, False),
        ({"not_before": FIRST}, False),
        ({"not_before": FIRST + SECOND}, False),
        ({"lifecycle": L.BLOCKED}, False),
        ({"denied_at": NOW}, False),
        ({"holds": frozenset({H.BANK})}, False),
        ({"holds": frozenset({H.BANK}), "lifecycle": L.REVOKED_BY_ISSUER}, True),
    ],
)
def test_only_a_matching_predecessor_may_be_replaced(old: dict[str, Any], may: bool) -> None:
    assert a_registration().may_succeed(replace(OLD, **old), NOW) is may


def test_registration_names_the_one_that_it_replaces() -> None:
    made = new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW, OLD)

    assert made.replaces == "old"
    assert a_registration().replaces is None


def test_registration_that_may_not_replace_another_is_refused() -> None:
    held = replace(OLD, holds=frozenset({H.BANK}))

    with pytest.raises(Refusal) as caught:
        new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW, held)
    assert caught.value.code is Code.REPLACES_NOT_ACCEPTED


@pytest.mark.parametrize(
    ("changes", "at", "since"),
    [
        ({}, NOW, None),
        ({}, LAST, None),
        ({}, LAST + SECOND, LAST),
        ({"held_since": {H.BANK: NOW, H.CUSTOMER: NOW - DAY}}, NOW, NOW - DAY),
        ({"ended_at": NOW - SECOND, "held_since": {H.BANK: NOW}}, NOW, NOW - SECOND),
        ({"denied_at": NOW - SECOND, "ended_at": NOW}, NOW, NOW - SECOND),
        ({"denied_at": LAST + SECOND}, LAST + DAY, LAST),
    ],
)
def test_lost_since_the_first_of_holds_end_denial_and_expiry(
    changes: dict[str, Any], at: datetime, since: datetime | None
) -> None:
    assert replace(a_registration(), **changes).lost_at(at) == since


def test_successor_is_the_newest_later_certificate_of_operator_and_kind() -> None:
    one = a_registration()
    later = [replace(one, id=str(days), not_before=FIRST + days * DAY) for days in (1, 3, 2)]
    others = [
        replace(later[1], id="kica", operator="kica", not_before=NOW),
        replace(later[1], id="corporate", kind="corporate", not_before=NOW),
        replace(later[1], id="blocked", lifecycle=L.BLOCKED, not_before=NOW),
        replace(later[1], id="denied", denied_at=NOW, not_before=NOW),
    ]
    found = successor_of("yessign", "personal", FIRST, [one, *others, *later])
    assert found is not None
    assert found.id == "3"
    assert successor_of("yessign", "personal", FIRST + 3 * DAY, [one, *others, *later]) is None
    assert successor_of("yessign", "personal", FIRST, []) is None
