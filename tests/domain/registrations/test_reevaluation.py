"""Re-evaluation: which registrations are held, which holds are lifted, and the figures of a plan."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.reevaluation import Change, Judged, Tally, judge, total
from registrar.domain.registrations.registration import REEVALUATION, Hold, Lifecycle, Registration
from tests.support.builders import NOW, a_certificate, a_pin, a_pki, a_trust_document, a_trust_store, an_upload

BANK_POLICY = "1.2.410.200005.1.1.4"
CERTIFICATE = a_certificate(key="ec", policy_oid=BANK_POLICY)
HELD = frozenset({Hold.BANK})


def a_registration(**overrides: Any) -> Registration:
    return replace(new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW), **overrides)


def without_policy(oid: str = BANK_POLICY) -> TrustStore:
    """The same issuers, but certificates of this policy are no longer accepted."""
    document = a_trust_document(2)
    for operator in document["operators"].values():
        for policy in operator["policies"]:
            policy["accepted"] = policy["accepted"] and policy["oid"] != oid
    return read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)])


def judged(registration: Registration, trust: TrustStore) -> tuple[tuple[str, ...], Change | None]:
    found = judge(registration, trust, NOW, "JBB")
    assert found is not None
    return found.codes, found.change


REFUSED = (Code.CERT_POLICY_NOT_ACCEPTED,)


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({}, (REFUSED, Change.HOLD)),
        ({"holds": frozenset({Hold.CUSTOMER, Hold.ISSUER})}, (REFUSED, Change.HOLD)),
        ({"holds": HELD}, (REFUSED, None)),
        ({"holds": HELD, "bank_hold_reason": REEVALUATION}, (REFUSED, None)),
    ],
    ids=["free", "held by others", "held by staff", "held by a re-evaluation"],
)
def test_failing_registration_is_held_by_the_bank_once(overrides: dict[str, Any], expected: object) -> None:
    assert judged(a_registration(**overrides), without_policy()) == expected


@pytest.mark.parametrize(
    ("overrides", "change"),
    [({}, None), ({"holds": HELD}, None), ({"holds": HELD, "bank_hold_reason": REEVALUATION}, Change.LIFT)],
    ids=["free", "held by staff", "held by a re-evaluation"],
)
def test_passing_registration_loses_its_re_evaluation_hold(
    overrides: dict[str, Any], change: Change | None
) -> None:
    assert judged(a_registration(**overrides), a_trust_store()) == ((), change)


def test_warning_adds_no_hold() -> None:
    certificate = a_certificate(key="ec", not_after=NOW + timedelta(days=3))
    registration = new_registration(an_upload(certificate), "signature", "2026-11", NOW)
    assert judged(registration, a_trust_store()) == ((), None)


def test_registered_customer_kind_is_used() -> None:
    refused = (Code.CERT_CORPORATE_REQUIRED,)
    assert judged(a_registration(kind="corporate"), a_trust_store()) == (refused, Change.HOLD)


@pytest.mark.parametrize(
    "overrides",
    [
        {"lifecycle": Lifecycle.DEREGISTERED},
        {"lifecycle": Lifecycle.SUPERSEDED},
        {"denied_at": NOW},
        {"not_after": NOW - timedelta(seconds=1)},
    ],
    ids=str,
)
def test_ended_registration_is_skipped(overrides: dict[str, Any]) -> None:
    assert judge(a_registration(**overrides), without_policy(), NOW, "JBB") is None


def test_plan_lists_each_registration_with_its_codes_and_change() -> None:
    held = Judged("r1", "yessign", (Code.CERT_KEY_TOO_WEAK,), Change.HOLD)

    assert held.to_map() == {
        "registration_id": "r1",
        "operator": "yessign",
        "change": "hold",
        "codes": ["CERT_KEY_TOO_WEAK"],
    }


def test_figures_are_summed_over_segments() -> None:
    first, second = Tally(), Tally()
    first.add(Judged("r1", "yessign", (Code.CERT_KEY_TOO_WEAK, Code.CERT_POLICY_NOT_ACCEPTED), Change.HOLD))
    first.add(Judged("r2", "kica", REFUSED, None))
    second.add(Judged("r3", "yessign", REFUSED, Change.HOLD))
    second.add(Judged("r4", "kica", (), Change.LIFT))
    second.add(Judged("r5", "kica", (), None))
    assert total([first.to_map(), second.to_map()]).to_map() == {
        "looked_at": 5,
        "to_hold": 2,
        "to_lift": 1,
        "held_already": 1,
        "by_code": {"CERT_KEY_TOO_WEAK": 1, "CERT_POLICY_NOT_ACCEPTED": 2},
        "by_operator": {"yessign": 2},
    }
