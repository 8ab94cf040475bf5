"""The effect of the bank's rules on a decision, and of a new trust document on many decisions."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.decision import Report
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.preview import MAX_EXAMPLES, Sample, preview
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.registrations.upload import UploadState
from registrar.domain.times import SEOUL
from tests.support.builders import (
    NOW,
    a_certificate,
    a_compromised_key,
    a_pin,
    a_pki,
    a_trust_document,
    an_ec_key,
    an_rsa_key,
)


def a_store(version: int = 1, **rules: Any) -> TrustStore:
    document = a_trust_document(version)
    document["rules"] = document["rules"] | rules
    return read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)])


def levels(**changed: str) -> dict[str, str]:
    return {**a_trust_document()["rules"]["levels"], **changed}


def decided(store: TrustStore, **overrides: Any) -> Report:
    der = a_certificate(**{"key": an_ec_key()} | overrides).der
    report = decide(der, store, "personal", NOW, bank="JBB")
    assert report == decide(der, store, "personal", NOW, bank="JBB"), "the same always gives the same"
    assert report.trust_version == store.version
    return report


def codes_and_levels(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.level.value) for finding in report.findings]


@pytest.mark.parametrize(("days", "warned"), [(0, False), (9, False), (10, True), (90, True)])
def test_expiry_warning_starts_at_the_configured_day(days: int, warned: bool) -> None:
    report = decided(a_store(warn_days=days), not_after=NOW + timedelta(days=10))
    assert codes_and_levels(report) == ([("CERT_EXPIRES_SOON", "WARN")] if warned else [])


@pytest.mark.parametrize("level", ["INFORM", "WARN", "FAIL"])
def test_expiry_finding_has_the_configured_level(level: str) -> None:
    report = decided(a_store(levels=levels(expires_soon=level)), not_after=NOW + timedelta(days=10))
    assert codes_and_levels(report) == [("CERT_EXPIRES_SOON", level)]
    assert report.accepted is (level != "FAIL")


@pytest.mark.parametrize("level", ["INFORM", "WARN", "FAIL"])
def test_weak_key_finding_has_the_configured_level(level: str) -> None:
    store = a_store(rsa_bits=[3072, 4096], curves=["secp384r1"], levels=levels(weak_key=level))
    for key in (an_rsa_key(), an_ec_key()):
        report = decided(store, key=key)
        assert codes_and_levels(report) == [("CERT_KEY_TOO_WEAK", level)]
        assert report.accepted is (level != "FAIL")
        assert report.findings[0].params["required"] == "RSA 3072-4096, EC secp384r1"
    assert decided(store, key=ec.derive_private_key(7, ec.SECP384R1())).findings == ()


def test_level_of_a_far_too_weak_key_is_always_fail() -> None:
    store = a_store(levels=levels(weak_key="INFORM"))
    assert codes_and_levels(decided(store, key=an_rsa_key(bits=1024))) == [("CERT_KEY_TOO_WEAK", "FAIL")]


@pytest.mark.parametrize("kind", ["roca", "fermat", "small-factor"])
def test_computable_key_is_refused_under_any_rules(kind: str) -> None:
    report = decided(a_store(levels=levels(weak_key="INFORM")), key=a_compromised_key(kind))
    assert codes_and_levels(report) == [("CERT_KEY_KNOWN_COMPROMISED", "FAIL")]


def test_a_denied_key_is_refused_in_every_certificate() -> None:
    public = an_ec_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    store = a_store(denied_keys=[hashlib.sha256(public).hexdigest()])
    assert codes_and_levels(decided(store)) == [("CERT_KEY_KNOWN_COMPROMISED", "FAIL")]
    assert codes_and_levels(decided(store, real_name="김철수")) == [("CERT_KEY_KNOWN_COMPROMISED", "FAIL")]
    assert decided(store, key=an_ec_key("another")).accepted


def test_a_denied_rsa_key_is_refused_with_another_exponent() -> None:
    public = an_rsa_key().public_key()
    listed = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    other = SimpleNamespace(public_key=rsa.RSAPublicNumbers(65539, public.public_numbers().n).public_key)
    assert decided(a_store(), key=other).accepted
    found = decided(a_store(denied_keys=[listed]), key=other)
    assert codes_and_levels(found) == [("CERT_KEY_KNOWN_COMPROMISED", "FAIL")]


def test_hash_outside_the_rules_is_refused() -> None:
    assert codes_and_levels(decided(a_store(hashes=["sha512"]))) == [("CERT_ALGORITHM_WEAK", "FAIL")]


@pytest.mark.parametrize(("unit", "own"), [("JBB", True), ("jbb", True), ("JBB2", False), ("KJBB", False)])
def test_certificate_of_this_bank_is_not_registered(unit: str, own: bool) -> None:
    assert codes_and_levels(decided(a_store(), bank_ou=unit)) == ([("OWN_BANK_CERTIFICATE", "FAIL")] if own else [])


def test_known_issuer_name_with_another_key_is_an_unknown_issuer() -> None:
    """A CA's next generation, not in the document yet: this is not a forgery."""
    stranger = a_pki(2).issuers["yessign"]
    renamed = a_pki().issuers["yessign"]
    certificate = a_certificate(key=an_ec_key())
    extensions = [*stranger.key_identifiers(certificate.certificate.public_key())]
    forged = renamed.issue(
        certificate.certificate.subject,
        an_ec_key().public_key(),
        extensions,
        not_before=NOW,
        not_after=NOW + timedelta(days=90),
        signing_key=stranger.key,
    )
    report = decide(forged.public_bytes(Encoding.DER), a_store(), "personal", NOW)
    assert "TRUST_ISSUER_UNKNOWN" in [code for code, _ in codes_and_levels(report)]
    assert "TRUST_SIGNATURE_INVALID" not in [code for code, _ in codes_and_levels(report)]


# --- from report to verdict -----------------------------------------------------------------------


def test_verdict_follows_the_findings() -> None:
    good = verdict_of(decided(a_store(7)), opened=True)
    assert (good.state, good.opened, good.trust_version) == (UploadState.CHECKING, True, 7)
    assert good.summary is not None
    assert good.headline is None
    bad = verdict_of(decided(a_store(7), key=an_rsa_key(bits=1024)), opened=True)
    assert (bad.state, bad.opened, bad.summary) == (UploadState.REJECTED, False, None)
    assert bad.headline == "CERT_KEY_TOO_WEAK"
    assert bad.der is not None, "a new policy is tried on it before it counts"


# --- a dry run ------------------------------------------------------------------------------------


def samples(count: int, **overrides: Any) -> list[Sample]:
    der = a_certificate(**{"key": an_ec_key()} | overrides).der
    return [Sample("upload", f"u{number}", der, "personal") for number in range(count)]


def test_dry_run_counts_refused_accepted_and_changed_findings() -> None:
    strict = a_store(2, curves=["secp384r1"])
    tried = [*samples(2), *samples(1, key=an_rsa_key()), *samples(1, key=an_rsa_key(bits=1024))]
    stricter = preview(tried, a_store(1), strict, NOW, "JBB")
    assert stricter["counts"] == {"would_be_refused": 2, "would_be_accepted": 0, "other_reasons": 0}
    assert stricter["looked_at"] == 4
    assert stricter["would_be_refused"][0] == {
        "source": "upload",
        "id": "u0",
        "before": [],
        "after": ["CERT_KEY_TOO_WEAK"],
    }
    milder = preview(tried, strict, a_store(1), NOW, "JBB")
    assert milder["counts"] == {"would_be_refused": 0, "would_be_accepted": 2, "other_reasons": 0}


def test_dry_run_reports_other_reasons_for_the_same_verdict() -> None:
    soon = samples(1, not_after=NOW + timedelta(days=10))
    result = preview(soon, a_store(1), a_store(2, warn_days=0), NOW, "JBB")
    assert result["counts"]["other_reasons"] == 1
    assert result["other_reasons"][0]["before"] == ["CERT_EXPIRES_SOON"]


def test_dry_run_limits_examples_but_not_counts() -> None:
    result = preview(samples(MAX_EXAMPLES + 3), a_store(1), a_store(2, curves=["secp384r1"]), NOW, "JBB")
    assert result["counts"]["would_be_refused"] == MAX_EXAMPLES + 3
    assert len(result["would_be_refused"]) == MAX_EXAMPLES


@pytest.mark.parametrize(
    ("bits", "refused"), [((2048, 2048), False), ((2048, 4096), False), ((1024, 2047), True), ((2049, 4096), True)]
)
def test_rsa_key_of_the_least_and_the_most_bits_is_accepted(bits: tuple[int, int], refused: bool) -> None:
    store = a_store(levels=levels(weak_key="FAIL"))
    report = decided(replace(store, rules=replace(store.rules, rsa_bits=bits)), key=an_rsa_key())

    assert codes_and_levels(report) == ([("CERT_KEY_TOO_WEAK", "FAIL")] if refused else [])


@pytest.mark.parametrize(
    ("begins", "ends", "codes"),
    [
        pytest.param(1, 5, ["CERT_NOT_YET_VALID"], id="not yet valid, and ends soon"),
        pytest.param(1, -1, ["CERT_EXPIRED"], id="ended before it began"),
    ],
)
def test_of_two_things_about_the_dates_one_is_said(begins: int, ends: int, codes: list[str]) -> None:
    dates = {"not_before": NOW + timedelta(days=begins), "not_after": NOW + timedelta(days=ends)}

    assert [code for code, _ in codes_and_levels(decided(a_store(warn_days=30), **dates))] == codes


def test_end_at_midnight_is_that_of_the_day_before() -> None:
    """A certificate that ends at midnight in Seoul is good on the day before for the last time."""
    midnight = datetime(2026, 12, 1, tzinfo=SEOUL).astimezone(UTC)
    der = a_certificate(key=an_ec_key(), not_before=midnight, not_after=midnight + timedelta(days=31)).der

    def warned(days: int) -> list[object]:
        report = decide(der, a_store(warn_days=days), "personal", midnight, bank="JBB")
        return [finding.params["days_left"] for finding in report.findings]

    assert (warned(30), warned(29)) == ([30], [])


def test_denied_key_is_found_by_its_key_identifier() -> None:
    store = a_store()
    key_id = read_certificate(a_certificate(key=an_ec_key()).der).key_id
    denied = replace(store, rules=replace(store.rules, denied_keys=frozenset({key_id})))

    assert codes_and_levels(decided(denied)) == [("CERT_KEY_KNOWN_COMPROMISED", "FAIL")]
