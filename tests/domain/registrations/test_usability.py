"""Usability: the newest good status counts, and each purpose allows another age of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.domain.certificates.trust import Purpose as StatusPurpose
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold, Registration, Revocation
from registrar.domain.registrations.usability import Freshness, Known, Purpose, Usability, usability
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MAX_AGES = {StatusPurpose.REGISTERING: DAY, StatusPurpose.HIGH_VALUE: HOUR}
CERTIFICATE = a_certificate(key=an_ec_key(), not_before=NOW - 10 * DAY, not_after=NOW + 90 * DAY)
OWN = Revocation(NOW - 2 * HOUR, "ocsp")


def a_registration(**overrides: Any) -> Registration:
    made = new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW - DAY)
    return replace(made, **{"revocation": OWN, **overrides})


def of(
    registration: Registration, purpose: Purpose, list_as_of: datetime | None = None, at: datetime = NOW
) -> Usability:
    return usability(Known(registration, list_as_of), purpose, MAX_AGES, at)


@pytest.mark.parametrize(
    ("own", "list_as_of", "status"),
    [
        (OWN, None, OWN),
        (OWN, OWN.as_of - SECOND, OWN),
        (OWN, OWN.as_of, OWN),
        (OWN, OWN.as_of + SECOND, Revocation(OWN.as_of + SECOND, "crl")),
        (None, OWN.as_of, Revocation(OWN.as_of, "crl")),
        (None, None, None),
    ],
)
def test_newer_of_own_status_and_applied_list_counts(
    own: Revocation | None, list_as_of: datetime | None, status: Revocation | None
) -> None:
    found = of(a_registration(revocation=own), Purpose.VIEW, list_as_of)

    assert found.freshness == Freshness(status, None, fresh=True)
    assert found.reason is None


@pytest.mark.parametrize(("purpose", "oldest"), [(Purpose.NORMAL, DAY), (Purpose.HIGH_VALUE, HOUR)])
def test_status_is_fresh_up_to_the_age_that_the_purpose_allows(purpose: Purpose, oldest: timedelta) -> None:
    status = Revocation(NOW - oldest, "ocsp")
    registration = a_registration(revocation=status)

    assert of(registration, purpose) == Usability(
        Known(registration, None), None, {}, Freshness(status, oldest, fresh=True)
    )
    late = of(registration, purpose, at=NOW + SECOND)
    assert (late.reason, late.params) == (Code.STATUS_OUTDATED, {})
    assert late.freshness == Freshness(status, oldest, fresh=False)


@pytest.mark.parametrize("purpose", [Purpose.NORMAL, Purpose.HIGH_VALUE])
def test_registration_without_any_status_is_outdated_except_to_view(purpose: Purpose) -> None:
    registration = a_registration(revocation=None)

    assert of(registration, purpose).reason is Code.STATUS_OUTDATED
    assert of(registration, Purpose.VIEW).reason is None


def test_why_it_may_not_be_used_comes_before_an_outdated_status() -> None:
    old = a_registration(revocation=None)
    end = {"expired_on": old.not_after}
    start = {"valid_from_at": NOW + SECOND}

    held = of(replace(old, holds=frozenset({Hold.BANK})), Purpose.NORMAL)
    assert (held.reason, held.params) == (Code.REG_SUSPENDED, {})
    ended = of(old, Purpose.NORMAL, at=old.not_after + SECOND)
    assert (ended.reason, ended.params) == (Code.REG_EXPIRED, end)
    early = of(replace(old, not_before=NOW + SECOND), Purpose.NORMAL)
    assert (early.reason, early.params) == (Code.CERT_NOT_YET_VALID, start)
    first = of(replace(a_registration(), not_before=NOW), Purpose.NORMAL)
    assert first.reason is None


def test_unknown_certificate_is_not_registered() -> None:
    assert usability(None, Purpose.VIEW, MAX_AGES, NOW) == Usability(None, Code.NOT_REGISTERED)
