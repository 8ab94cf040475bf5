"""Every code a decision can give, each from a real file; several at once; and any bytes at all."""

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.asn1 import pem
from registrar.domain.certificates import decision, file_decision
from registrar.domain.certificates.decision import Report
from registrar.domain.certificates.file_decision import decide
from registrar.domain.files import formats as file_formats
from registrar.domain.files import pkcs7
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.findings import Level, headline
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations import upload_files
from registrar.settings import bank
from tests.support.builders import (
    NOW,
    a_certificate,
    a_pki,
    a_trust_store,
    an_ec_key,
    an_rsa_key,
)
from tests.support.decision_cases import CASES, MAPPINGS, UNKNOWN, good

# Said once a container is opened: see test_pfx.py and the tests of open_container.
ONLY_OF_CONTAINERS = {"FILE_KEY_MISMATCH", "UPLOAD_CHANGED"}
# Said to companies: see test_decision.py.
ONLY_OF_COMPANIES = {"CERT_CORPORATE_REQUIRED"}


SOURCES: tuple[Any, ...] = (decision, file_decision, file_formats, pem, pkcs7, upload_files.check_sizes)


def test_every_decision_code_has_a_case() -> None:
    sources = "".join(inspect.getsource(each) for each in SOURCES)
    said = set(re.findall(r"\bCode\.((?:UPLOAD|FILE|CERT|TRUST)_[A-Z_]+|OWN_BANK_CERTIFICATE)", sources))
    assert said - ONLY_OF_CONTAINERS - ONLY_OF_COMPANIES == set(CASES)
    assert set(CASES) <= set(CATALOGUE)


def decided(content: bytes, at: datetime = NOW) -> Report:
    report = decide(content, a_trust_store(), "personal", at, bank="JBB")
    assert report.accepted == (not any(finding.level is Level.FAIL for finding in report.findings))
    assert report.summary is None or report.der is not None
    for finding in report.findings:
        as_json = finding.to_map()
        for language in LANGUAGES:
            title, text = render(finding.code, language, {**bank().params, **as_json["params"]})  # type: ignore[dict-item]
            assert title
            assert "{" not in text
    return report


@pytest.mark.parametrize(
    ("code", "content"),
    [pytest.param(code, each, id=f"{code} {n}") for code, cases in CASES.items() for n, each in enumerate(cases)],
)
def test_each_code_alone(code: str, content: Callable[[], bytes]) -> None:
    at = NOW + timedelta(days=8000) if code == "TRUST_ISSUER_NOT_ACCEPTED_NOW" else NOW
    report = decided(content(), at)
    assert [finding.code for finding in report.findings] == [code]
    assert report.accepted == (code == "CERT_EXPIRES_SOON")


def test_several_findings_have_a_fixed_order() -> None:
    content = good(
        encipherment=True,
        policy_oid="1.2.410.200005.1.1.6.2",
        not_before=NOW - timedelta(days=9),
        not_after=NOW - timedelta(days=1),
        key=an_rsa_key(bits=1024),
        sha1_signature=True,
        extra_extensions=[(UNKNOWN, True), (MAPPINGS, True)],
    )
    report = decided(content)
    assert [(finding.check, finding.code) for finding in report.findings] == [
        ("usage", "CERT_USAGE_NOT_ALLOWED"),
        ("policy", "CERT_POLICY_NOT_ACCEPTED"),
        ("dates", "CERT_EXPIRED"),
        ("key", "CERT_KEY_TOO_WEAK"),
        ("algorithm", "CERT_ALGORITHM_WEAK"),
        ("extensions", "CERT_CRITICAL_EXTENSION_UNKNOWN"),
        ("extensions", "CERT_CRITICAL_EXTENSION_UNKNOWN"),
    ]
    assert [f.params["oid"] for f in report.findings[-2:]] == ["1.2.410.200004.99", "2.5.29.33"]
    first = headline(report.findings)
    assert first is not None
    assert first.code == "CERT_USAGE_NOT_ALLOWED"


def test_no_finding_that_lets_the_customer_continue_stands_beside_a_refusal() -> None:
    soon = NOW + timedelta(days=3)
    assert [finding.code for finding in decided(good(not_after=soon)).findings] == ["CERT_EXPIRES_SOON"]

    report = decided(good(not_after=soon, key=an_rsa_key(bits=1024)))

    assert [finding.code for finding in report.findings] == ["CERT_KEY_TOO_WEAK"]
    assert report.refused


def test_unknown_issuer_skips_the_policy_check() -> None:
    first, last = NOW - timedelta(days=9), NOW - timedelta(days=1)
    content = a_pki(2).issue_customer(not_before=first, not_after=last, key=an_ec_key(), policy_oid="1.2.3").der
    report = decided(content)
    assert [finding.code for finding in report.findings] == ["CERT_EXPIRED", "TRUST_ISSUER_UNKNOWN"]
    assert report.findings[0].params["issuer"] == "yessignCA-Demo Class 2"


def test_long_issuer_name_is_truncated() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "가" * 60 + "나" * 60)])
    key = an_ec_key()
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=90))
    content = builder.sign(key, SHA256()).public_bytes(Encoding.DER)
    (unknown,) = [f for f in decided(content).findings if f.code == "TRUST_ISSUER_UNKNOWN"]
    assert len(str(unknown.params["issuer"])) == 64


def test_certificate_of_the_issuing_ca_is_refused() -> None:
    content = a_pki().issuers["yessign"].certificate.public_bytes(Encoding.DER)
    assert [f.code for f in decided(content).findings] == ["CERT_IS_CA", "TRUST_ISSUER_UNKNOWN"]


@pytest.mark.parametrize("year", [9999, 1950, 2050])
def test_extreme_dates_can_be_rendered(year: int) -> None:
    subject = a_certificate(key=an_ec_key()).certificate.subject
    when = datetime(year, 12, 31, 23, 59, 58, tzinfo=UTC)
    der = good(subject=subject, not_before=NOW, not_after=NOW + timedelta(seconds=1))
    signed = (
        a_pki()
        .issuers["yessign"]
        .issue(subject, an_ec_key().public_key(), [], not_before=when, not_after=when + timedelta(seconds=1))
    )
    found = [f.code for f in decided(signed.public_bytes(Encoding.DER)).findings]
    assert ("CERT_EXPIRED" if year < NOW.year else "CERT_NOT_YET_VALID") in found
    assert decided(der).accepted


# --- any bytes ------------------------------------------------------------------------------------

# What cryptography warns of (a serial number below 1, say) it still reads; the service does not stop at warnings.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
INTERESTING = st.sampled_from(
    [b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----", b"\x30\x82\x01\x00", b"MIIC"]
)


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(st.one_of(st.binary(max_size=300), st.lists(INTERESTING | st.binary(max_size=20), max_size=8).map(b"".join)))
def test_random_bytes_get_a_decision(content: bytes) -> None:
    report = decided(content)
    assert not report.accepted
    assert {finding.code for finding in report.findings} <= set(CASES)


def mutations(der: bytes) -> list[bytes]:
    """300 changes spread over the whole certificate: a bit flipped, a byte dropped, doubled or replaced."""
    changed = []
    for n in range(300):
        at = n * len(der) // 300
        byte = der[at]
        middle = (bytes([byte ^ (1 << n % 8)]), b"", bytes([byte, byte]), bytes([(byte + 0x55) % 256]))[n % 4]
        changed.append(der[:at] + middle + der[at + 1 :])
    return changed


def test_a_changed_certificate_is_never_accepted() -> None:
    der = good()
    for content in mutations(der):
        report = decided(content)
        assert not report.accepted, content.hex()
        assert {finding.code for finding in report.findings} <= set(CASES)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a003020102", "a003020105"),
        ("06092a864886f70d01010b", "06092a864886f70d01016b"),
        ("0603551d11", "0603551d1e"),
        ("0603551d13", "0603551d24"),
    ],
    ids=["version", "algorithm", "name constraints", "policy constraints"],
)
def test_mutations_with_unusual_parser_errors_get_a_decision(before: str, after: str) -> None:
    der = good(extra_extensions=[(x509.BasicConstraints(ca=False, path_length=None), True)])
    assert bytes.fromhex(before) in der
    assert not decided(der.replace(bytes.fromhex(before), bytes.fromhex(after))).accepted


def test_unreadable_general_name_is_malformed() -> None:
    party = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3004a5028100"))
    content = good(omit=[ExtensionOID.SUBJECT_ALTERNATIVE_NAME])
    assert decided(content).accepted
    signed = (
        a_pki()
        .issuers["yessign"]
        .issue(
            a_certificate().certificate.subject,
            an_ec_key().public_key(),
            [(party, False)],
            not_before=NOW,
            not_after=NOW + timedelta(days=90),
        )
    )
    assert [f.code for f in decided(signed.public_bytes(Encoding.DER)).findings] == ["CERT_MALFORMED"]


def test_expired_certificate_is_named_by_its_operator_or_the_whole_name_of_an_unknown_issuer() -> None:
    first, last = NOW - timedelta(days=9), NOW - timedelta(days=1)
    (expired,) = decided(good(not_before=first, not_after=last)).findings
    operators = [issuer.operator for issuer in a_trust_store().issuers if issuer.operator.id == "yessign"]
    assert expired.params["issuer"] == operators[0].name

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a" * 63 + "b")])
    key = an_ec_key()
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, first, last)
    content = builder.sign(key, SHA256()).public_bytes(Encoding.DER)
    (unknown,) = [f for f in decided(content).findings if f.code == "CERT_EXPIRED"]
    assert unknown.params["issuer"] == "a" * 63 + "b"


@pytest.mark.parametrize(
    ("overrides", "found"),
    [
        ({"policy_oids": ["1.2.4", "1.2.3"]}, "1.2.3, 1.2.4"),
        ({"omit": [ExtensionOID.CERTIFICATE_POLICIES]}, "-"),
    ],
    ids=["two", "none"],
)
def test_policies_that_nobody_described_are_named_by_their_oids(overrides: dict[str, Any], found: str) -> None:
    (finding,) = decided(good(**overrides)).findings

    assert finding.code == "CERT_POLICY_NOT_ACCEPTED"
    assert finding.params["found"] == {"ko": found, "en": found}


def test_five_extensions_are_named_at_most() -> None:
    unknown = [
        (x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.2.410.200004.{n}"), b"\x05\0"), True)
        for n in range(1, 8)
    ]

    found = decided(good(extra_extensions=unknown)).findings
    assert [finding.params["oid"] for finding in found] == [f"1.2.410.200004.{n}" for n in range(1, 6)]
