"""The last second of a period belongs to it, to its end, wherever a period is compared with the clock."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.trust import Period
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.errors import PathInvalid, Refusal
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Lifecycle
from registrar.domain.times import has_passed, iso
from tests.support.builders import (
    NOW,
    a_certificate,
    a_document_of,
    a_link,
    a_pin,
    a_pki,
    a_trust_document,
    a_trust_store,
    an_ec_key,
    an_upload,
)

END = NOW + timedelta(days=3)
YEAR = timedelta(days=365)


def certificate_is_accepted(at: datetime) -> bool:
    der = a_certificate(key=an_ec_key(), not_before=NOW - YEAR, not_after=END).der
    return decide(der, a_trust_store(), "personal", at).accepted


def path_is_valid(at: datetime) -> bool:
    der = a_certificate(key=an_ec_key(), not_before=NOW - YEAR, not_after=END).der
    try:
        path.check_dates(read_certificate(der), at)
    except PathInvalid:
        return False
    return True


def issuer_is_accepted(at: datetime) -> bool:
    document = a_trust_document()
    document["issuers"][0]["accepted_until"] = iso(END)
    return (
        read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)]).issuers[0].accepted_at(at)
    )


def ca_is_valid(at: datetime) -> bool:
    root = a_link("A root")
    document = a_document_of(root, a_link("A CA", root, days=(-10, 3)))
    return read_document(json.dumps(document).encode(), [a_pin(root.certificate.parsed)]).issuers[0].accepted_at(at)


def period_holds(at: datetime) -> bool:
    return at in Period(NOW - YEAR, END)


def upload_takes_a_proof(at: datetime) -> bool:
    upload = an_upload(a_certificate(key=an_ec_key()))
    ending = replace(
        upload, summary=replace(upload.summary, not_after=END), expires_at=END + YEAR, nonce_expires_at=END + YEAR
    )
    try:
        ending.check_awaiting_proof(at)
    except Refusal as refused:
        return refused.code != "CERT_EXPIRED"
    return True


def registration_is_live(at: datetime) -> bool:
    certificate = a_certificate(key=an_ec_key())
    found = replace(new_registration(an_upload(certificate), "signature", "2026-11", NOW), not_after=END)
    assert (found.lost_at(at) is None) == found.usable_at(at)
    return found.lifecycle_at(at) is Lifecycle.LIVE


def clock_is_within(at: datetime) -> bool:
    return not has_passed(END, at)


HOLDS: list[Callable[[datetime], bool]] = [
    certificate_is_accepted,
    path_is_valid,
    issuer_is_accepted,
    ca_is_valid,
    period_holds,
    upload_takes_a_proof,
    registration_is_live,
    clock_is_within,
]


@pytest.mark.parametrize("holds", HOLDS, ids=lambda holds: holds.__name__)
@pytest.mark.parametrize("fraction", [0, 1, 500_000, 999_999])
def test_last_second_is_within_to_its_end(holds: Callable[[datetime], bool], fraction: int) -> None:
    assert holds(END + timedelta(microseconds=fraction))


@pytest.mark.parametrize("holds", HOLDS, ids=lambda holds: holds.__name__)
@pytest.mark.parametrize("fraction", [0, 1])
def test_next_second_is_not_within(holds: Callable[[datetime], bool], fraction: int) -> None:
    assert not holds(END + timedelta(seconds=1, microseconds=fraction))


def test_certificate_without_an_end_never_ends() -> None:
    last = datetime.max.replace(microsecond=0, tzinfo=NOW.tzinfo)
    assert not has_passed(last, last.replace(microsecond=999_999))
