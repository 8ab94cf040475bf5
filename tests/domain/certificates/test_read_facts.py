"""The facts read once from a certificate, and decisions on them: the same as on the bytes."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from registrar.domain.asn1.names import has_attribute
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.decision import decide_certificate, decide_on
from registrar.domain.reasons.rendering import as_shown
from registrar.domain.times import days_left, iso
from tests.support.builders import NOW, a_certificate, a_link, a_trust_store, an_ec_key, an_rsa_key

THE_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
UNIT = NameOID.ORGANIZATIONAL_UNIT_NAME


@pytest.mark.parametrize("key", [an_ec_key(), an_rsa_key()], ids=["EC", "RSA"])
def test_digests_and_signed_bytes_are_read(key: object) -> None:
    customer = a_certificate(key=key)
    facts = read_certificate(customer.der)
    spki = customer.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert facts.key_digest == hashlib.sha256(spki).hexdigest()
    assert facts.fingerprint == hashlib.sha256(customer.der).hexdigest()
    assert facts.signed == customer.certificate.tbs_certificate_bytes


def test_signed_bytes_of_a_certificate_with_a_short_form_length() -> None:
    facts = a_link("x", policies=None, usage=None).certificate
    assert facts.signed == facts.parsed.tbs_certificate_bytes


@pytest.mark.parametrize("kind", ["personal", "corporate"])
def test_decision_on_facts_equals_decision_on_bytes(kind: str) -> None:
    der = a_certificate(key=an_ec_key()).der
    report = decide_on(read_certificate(der), a_trust_store(), kind, NOW, bank="JBB")
    assert report == decide_certificate(der, a_trust_store(), kind, NOW, bank="JBB")
    assert report.accepted == (kind == "personal")


def test_certificate_without_expiry_gets_a_decision() -> None:
    """RFC 5280 4.1.2.5: 99991231235959Z, a time that Seoul's calendar no longer has."""
    report = decide_certificate(
        a_certificate(key=an_ec_key(), not_after=THE_END).der, a_trust_store(), "personal", NOW
    )
    assert report.accepted
    assert days_left(THE_END, THE_END) == 0
    assert days_left(THE_END, NOW) == (date(9999, 12, 31) - date(2026, 11, 23)).days + 1


def test_days_begin_at_midnight_in_seoul() -> None:
    midnight = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    second_before = datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)
    second_after = midnight + timedelta(seconds=1)
    assert days_left(second_after, second_before) == 1
    assert days_left(second_before, midnight) == -1
    assert days_left(second_after, midnight) == 0


def test_end_at_midnight_in_seoul_is_the_end_of_the_day_before() -> None:
    midnight = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert days_left(midnight, datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)) == 0
    assert days_left(midnight, datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)) == 1
    for value in (midnight, iso(midnight)):
        assert as_shown("expires_on", value, "en") == as_shown("expired_on", value, "en") == "23 November 2026"
        assert as_shown("revoked_on", value, "en") == "24 November 2026"
    assert as_shown("expires_on", "2026-11-24", "en") == "24 November 2026"
    assert days_left(datetime(1950, 1, 1, tzinfo=UTC), datetime(1950, 1, 2, tzinfo=UTC)) == -1


@pytest.mark.parametrize(
    ("unit", "holds"),
    [("JBB", True), ("jbb", True), (" JBB ", True), ("ＪＢＢ", True), ("JBB2", False), ("", False)],
)
def test_own_unit_is_matched_like_other_names(unit: str, holds: bool) -> None:
    subject = read_certificate(a_certificate(key=an_ec_key(), bank_ou=unit or "x").der).subject
    assert has_attribute(subject, UNIT, "JBB") == holds
    assert not has_attribute(subject, NameOID.COMMON_NAME, "JBB")
