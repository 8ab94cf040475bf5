"""Registrations: what a proven upload becomes, and what it is at any later moment."""

from datetime import datetime, timedelta

import pytest

from registrar.domain.registrations import Lifecycle, Registration, issuer_serial, new_registration
from tests.builders import NOW, a_certificate, an_ec_key, an_upload

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
FIRST, LAST = NOW - 10 * DAY, NOW + 90 * DAY
CERTIFICATE = a_certificate(key=an_ec_key(), not_before=FIRST, not_after=LAST, serial_number=0x0ABC)


def a_registration() -> Registration:
    return new_registration(an_upload(CERTIFICATE), "signature", "2026-11", NOW)


def test_it_takes_over_what_was_decided_and_proven() -> None:
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


def test_an_upload_without_a_decision_becomes_none() -> None:
    for upload in (an_upload(), an_upload(CERTIFICATE, der=None), an_upload(CERTIFICATE, summary=None)):
        with pytest.raises(ValueError, match="awaits no proof"):
            new_registration(upload, "signature", "2026-11", NOW)


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
def test_what_it_is_when(at: datetime, lifecycle: Lifecycle, usable: bool, expiring: bool) -> None:
    registration = a_registration()
    assert registration.lifecycle_at(at) is lifecycle
    assert registration.usable_at(at) == usable
    assert registration.expiring_at(at) == expiring


def test_a_certificate_is_known_to_its_issuer_by_key_and_serial() -> None:
    registration = a_registration()
    identity = issuer_serial(registration.issuer_key_digest, registration.serial)
    assert identity == f"{registration.issuer_key_digest}#abc"
    assert len(registration.issuer_key_digest) == 64
