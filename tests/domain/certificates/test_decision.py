"""Which certificates are accepted, in which period, for which customers and under which issuers."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from registrar.domain.certificates.certificate import key_id, read_certificate, spki_digest
from registrar.domain.certificates.decision import Report
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.findings import Level, headline
from registrar.domain.reasons.rendering import render
from registrar.domain.times import iso
from tests.support.builders import (
    NOW,
    a_certificate,
    a_pin,
    a_pki,
    a_trust_document,
    a_trust_store,
    an_ec_key,
)
from tests.support.customer_folders import CustomerFolder
from tools.admin.trust_document import build_document, load_operators
from tools.pki.authorities import DemoPki

SECOND = timedelta(seconds=1)
CORPORATE = "1.2.410.200005.1.1.5"


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def read(document: dict[str, Any], *pkis: DemoPki) -> TrustStore:
    return read_document(json.dumps(document).encode(), [a_pin(pki.root.certificate) for pki in pkis or [a_pki()]])


# --- all of a report -------------------------------------------------------------------------------


def trust_in(root: bytes, issuer: bytes, version: int = 1) -> TrustStore:
    anchor, ca = (x509.load_der_x509_certificate(der) for der in (root, issuer))
    document = build_document(version, [anchor], [ca], load_operators())
    return read_document(json.dumps(document).encode(), [a_pin(anchor)])


def test_certificate_is_accepted_within_its_validity(folder: CustomerFolder) -> None:
    der, trust = folder.certificate, trust_in(folder.root, folder.issuer, version=3)
    report = decide(der, trust, "personal", folder.at)
    assert report.accepted
    assert report.trust_version == 3
    assert report.der == der
    assert [(f.code, f.level, f.params["days_left"]) for f in report.findings] == [
        ("CERT_EXPIRES_SOON", Level.WARN, 15)
    ]
    assert report.summary is not None
    assert report.summary.to_map() == {
        "operator": "yessign",
        "issuer": {"ko": "금융결제원 (yessign)", "en": "KFTC yessign"},
        "name_masked": "H*D",
        "kind": "personal",
        "policy": {"ko": "개인 은행·보험용", "en": "personal, bank and insurance"},
        "serial": "459c75",
        "fingerprint": read_certificate(der).fingerprint,
        "key_digest": key_id(read_certificate(der).public_key),
        "issuer_key_digest": spki_digest(trust.issuers[0].certificate.public_key),
        "not_before": f"{folder.not_before:%Y-%m-%dT%H:%M:%SZ}",
        "not_after": f"{folder.not_after:%Y-%m-%dT%H:%M:%SZ}",
        "issuing_bank": folder.issuing_bank,
    }


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (lambda folder: folder.not_before - SECOND, "CERT_NOT_YET_VALID"),
        (lambda folder: folder.not_after + SECOND, "CERT_EXPIRED"),
        (lambda folder: max(NOW, folder.not_after + timedelta(days=365)), "CERT_EXPIRED"),
    ],
    ids=["a second before", "a second after", "long after"],
)
def test_certificate_is_refused_outside_its_validity(
    folder: CustomerFolder, at: Callable[[CustomerFolder], datetime], code: str
) -> None:
    report = decide(folder.certificate, trust_in(folder.root, folder.issuer), "personal", at(folder))
    assert not report.accepted
    assert codes(report) == [code]


def test_certificate_is_refused_under_another_hierarchy(folder: CustomerFolder) -> None:
    trust = trust_in(folder.other_root, folder.other_issuer)
    report = decide(folder.certificate, trust, "personal", folder.at)
    assert [(f.code, dict(f.params)) for f in report.findings if f.level is Level.FAIL] == [
        ("TRUST_ISSUER_UNKNOWN", {"issuer": folder.issuer_name})
    ]
    assert report.summary is None


# --- a good one -----------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", ["yessign", "kica", "signkorea", "crosscert", "tradesign"])
def test_valid_certificate_of_each_operator_is_accepted(operator: str) -> None:
    report = decide(a_certificate(key=an_ec_key(), operator=operator).der, a_trust_store(), "personal", NOW)
    assert report.findings == ()
    assert report.summary is not None
    assert (report.summary.operator, report.summary.name_masked) == (operator, "홍*동")


def test_pem_and_der_give_the_same_report() -> None:
    certificate = a_certificate(key=an_ec_key())
    reports = [decide(content, a_trust_store(), "personal", NOW) for content in (certificate.der, certificate.pem)]
    assert reports[0] == reports[1]
    assert reports[1].der == certificate.der


def test_the_same_inputs_give_an_equal_report() -> None:
    for der in (a_certificate(key=an_ec_key()).der, a_certificate(key=an_ec_key(), policy_oid="1.2.3").der, b"?"):
        first = decide(der, a_trust_store(), "personal", NOW)
        assert decide(bytes(bytearray(der)), read(a_trust_document()), "personal", NOW) == first


def test_without_a_real_name_the_common_name_is_shown_without_its_number() -> None:
    omit = [x509.SubjectAlternativeName.oid]
    report = decide(a_certificate("남궁민수", key=an_ec_key(), omit=omit).der, a_trust_store(), "personal", NOW)
    assert report.summary is not None
    assert report.summary.name_masked == "남**수"


# --- dates ----------------------------------------------------------------------------------------

PERSONAL_FINANCIAL = "1.2.410.200005.1.1.1.10"
FINANCIAL = ("8.11", "8.12", "8.13", "6.10")
FIRST, LAST = NOW - timedelta(days=100), NOW + timedelta(days=265)


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (FIRST - SECOND, ["CERT_NOT_YET_VALID"]),
        (FIRST, []),
        (LAST - timedelta(days=31), []),
        (LAST - timedelta(days=30), ["CERT_EXPIRES_SOON"]),
        (LAST, ["CERT_EXPIRES_SOON"]),
        (LAST + SECOND, ["CERT_EXPIRED"]),
    ],
)
def test_validity_is_exact_to_the_second(at: datetime, found: list[str]) -> None:
    der = a_certificate(key=an_ec_key(), not_before=FIRST, not_after=LAST).der
    report = decide(der, a_trust_store(), "personal", at)
    assert codes(report) == found
    assert report.accepted == (found in ([], ["CERT_EXPIRES_SOON"]))


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (timedelta(days=30), 30),
        (timedelta(days=29, hours=13), 30),
        (timedelta(days=29, hours=11), 29),
        (timedelta(days=1), 1),
        (timedelta(hours=13), 1),
        (timedelta(hours=11), 0),
        (timedelta(), 0),
    ],
)
def test_days_left_are_calendar_days_in_seoul(left: timedelta, days: int) -> None:
    der = a_certificate(key=an_ec_key(), not_before=FIRST, not_after=LAST).der
    (finding,) = decide(der, a_trust_store(), "personal", LAST - left).findings
    assert finding.params == {"expires_on": LAST, "days_left": days}
    assert finding.to_map()["params"] == {"expires_on": iso(LAST), "days_left": days}


# --- for whom -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "policy", "code"),
    [
        ("personal", "1.2.410.200005.1.1.1", None),
        ("personal", CORPORATE, "CERT_PERSONAL_REQUIRED"),
        ("corporate", CORPORATE, None),
        ("corporate", "1.2.410.200005.1.1.1", "CERT_CORPORATE_REQUIRED"),
        ("personal", "1.2.410.200005.1.1.6.2", "CERT_POLICY_NOT_ACCEPTED"),
        ("corporate", "1.2.410.200005.1.1.6.8", "CERT_POLICY_NOT_ACCEPTED"),
        ("neither", "1.2.410.200005.1.1.1", "CERT_PERSONAL_REQUIRED"),
        ("personal", "1.2.410.200005.1.1.1.10", "CERT_FINANCIAL_NOT_ACCEPTED"),
        *(("corporate", f"1.2.410.200005.1.1.{end}", "CERT_FINANCIAL_NOT_ACCEPTED") for end in FINANCIAL),
    ],
)
def test_customer_kind_decides_the_accepted_policies(kind: str, policy: str, code: str | None) -> None:
    report = decide(a_certificate(key=an_ec_key(), policy_oid=policy).der, a_trust_store(), kind, NOW)
    assert report.accepted == (code is None)
    assert codes(report) == ([code] if code else [])


def test_financial_certificate_is_accepted_once_the_document_says_so() -> None:
    document = a_trust_document()
    policies = document["operators"]["yessign"]["policies"]
    financial = next(each for each in policies if each["oid"] == PERSONAL_FINANCIAL)
    der = a_certificate(key=an_ec_key(), policy_oid=PERSONAL_FINANCIAL).der
    (finding,) = decide(der, read(document), "personal", NOW).findings
    title, text = render(finding.code, "ko", finding.params)
    assert title == "금융인증서는 아직 등록할 수 없습니다"
    assert "1.2.410" not in text

    accepting = [each | {"accepted": each is financial or each["accepted"]} for each in policies]
    document["operators"]["yessign"] |= {"policies": accepting}
    report = decide(der, read(document), "personal", NOW)
    assert report.findings == ()
    assert report.summary is not None
    assert report.summary.policy["ko"] == "개인 금융인증서"
    assert codes(decide(der, read(document), "corporate", NOW)) == ["CERT_CORPORATE_REQUIRED"]


@pytest.mark.parametrize(
    ("kind", "policy", "code"),
    [
        ("personal", f"1.2.410.200005.1.1.{FINANCIAL[0]}", "CERT_POLICY_NOT_ACCEPTED"),
        ("corporate", f"1.2.410.200005.1.1.{FINANCIAL[0]}", "CERT_FINANCIAL_NOT_ACCEPTED"),
        ("corporate", PERSONAL_FINANCIAL, "CERT_CORPORATE_REQUIRED"),
    ],
)
def test_only_joint_certificates_is_said_only_where_it_is_so(kind: str, policy: str, code: str) -> None:
    """The bank accepts financial certificates of persons, and none of companies."""
    document = a_trust_document()
    for each in document["operators"]["yessign"]["policies"]:
        each["accepted"] = each["accepted"] or each["oid"] == PERSONAL_FINANCIAL
    der = a_certificate(key=an_ec_key(), policy_oid=policy).der
    assert codes(decide(der, read(document), kind, NOW)) == [code]


@pytest.mark.parametrize(
    ("cn", "kind", "shown"),
    [
        ("(주)한빛전자()0003041202611300000001", "corporate", "(주)한빛전자"),
        ("한빛전자(주)()0003041202611300000001", "corporate", "한빛전자(주)"),
        ("홍길동(HONG GILDONG)0088041202611300000001", "personal", "홍*동"),
        ("홍 길 동()0088041202611300000001", "personal", "홍*동"),
        ("홍길동", "personal", "홍*동"),
        ("()0088041202611300000001", "personal", "(" + "*" * 22 + "1"),
    ],
)
def test_holder_without_a_checked_name_is_named_by_the_cn(cn: str, kind: str, shown: str) -> None:
    policy = CORPORATE if kind == "corporate" else "1.2.410.200005.1.1.1"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])
    san = x509.SubjectAlternativeName.oid
    der = a_certificate(key=an_ec_key(), policy_oid=policy, subject=subject, omit=[san]).der
    summary = decide(der, a_trust_store(), kind, NOW).summary
    assert summary is not None
    assert summary.name_masked == shown


def test_company_and_person_are_told_which_kind_they_need() -> None:
    for kind, policy, expected in (
        ("corporate", "1.2.410.200005.1.1.1", "기업 고객은 기업용 인증서만 등록할 수 있습니다"),
        ("personal", CORPORATE, "개인 고객은 개인용 인증서만 등록할 수 있습니다"),
    ):
        (finding,) = decide(
            a_certificate(key=an_ec_key(), policy_oid=policy).der, a_trust_store(), kind, NOW
        ).findings
        assert render(finding.code, "ko", finding.params)[0] == expected


def test_name_of_a_company_is_shown_whole() -> None:
    certificate = a_certificate("(주)한빛전자", key=an_ec_key(), policy_oid=CORPORATE)
    summary = decide(certificate.der, a_trust_store(), "corporate", NOW).summary
    assert summary is not None
    assert summary.name_masked == "(주)한빛전자"


def test_policy_finding_names_found_and_accepted_policies() -> None:
    der = a_certificate(key=an_ec_key(), operator="signkorea", policy_oid="1.2.410.200004.5.1.1.9").der
    (finding,) = decide(der, a_trust_store(), "personal", NOW).findings
    assert finding.params == {
        "found": {"ko": "증권용", "en": "securities"},
        "accepted": {"ko": "개인 범용", "en": "personal, general purpose"},
    }


def test_policy_of_another_operator_is_refused() -> None:
    der = a_certificate(key=an_ec_key(), operator="kica", policy_oid="1.2.410.200005.1.1.1").der
    assert codes(decide(der, a_trust_store(), "personal", NOW)) == ["CERT_POLICY_NOT_ACCEPTED"]


# --- under which issuers --------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["issuers", "anchors"])
def test_issuer_is_accepted_only_within_its_period(where: str) -> None:
    document = a_trust_document()
    document[where][0] |= {"accepted_from": iso(NOW - SECOND), "accepted_until": iso(NOW + SECOND)}
    trust, der = read(document), a_certificate(key=an_ec_key()).der
    for offset, found in ((-2, True), (-1, False), (0, False), (1, False), (2, True)):
        report = decide(der, trust, "personal", NOW + offset * SECOND)
        assert codes(report) == (["TRUST_ISSUER_NOT_ACCEPTED_NOW"] if found else [])


def test_a_second_generation_is_accepted_beside_the_first() -> None:
    first, second = a_trust_document(), a_pki(2).trust_document()
    both = first | {name: first[name] + second[name] for name in ("anchors", "issuers")}
    trust = read(both, a_pki(), a_pki(2))
    new = a_pki(2).issue_customer(not_before=NOW, not_after=NOW + timedelta(days=365), key=an_ec_key()).der
    for der in (a_certificate(key=an_ec_key()).der, new):
        assert decide(der, trust, "personal", NOW).accepted
    assert codes(decide(new, a_trust_store(), "personal", NOW)) == ["TRUST_ISSUER_UNKNOWN"]


def test_ca_with_a_second_certificate_by_a_new_root_is_accepted() -> None:
    old = a_pki().issuers["yessign"].certificate
    again = a_pki(2).root.issue(
        old.subject,
        old.public_key(),
        [(extension.value, extension.critical) for extension in old.extensions if extension.oid != _AKI],
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=3650),
    )
    first, second = a_trust_document(), a_pki(2).trust_document()
    entry = {
        "operator": "yessign",
        "name": "the same CA under the new root",
        "certificate": base64.b64encode(again.public_bytes(Encoding.DER)).decode(),
        "accepted_from": iso(NOW - timedelta(hours=1)),
        "accepted_until": iso(NOW + timedelta(days=3650)),
    }
    first["issuers"][0]["accepted_until"] = iso(NOW + timedelta(hours=1))
    both = first | {"anchors": first["anchors"] + second["anchors"], "issuers": [*first["issuers"], entry]}
    trust, der = read(both, a_pki(), a_pki(2)), a_certificate(key=an_ec_key(), not_before=FIRST).der
    for hours, accepted in ((-2, True), (0, True), (2, True), (24 * 365 * 6, False)):
        assert decide(der, trust, "personal", NOW + timedelta(hours=hours)).accepted == accepted


_AKI = x509.AuthorityKeyIdentifier.oid


def test_issuer_name_is_matched_case_insensitively() -> None:
    issuer = a_pki().issuers["yessign"]
    shouted = x509.Name([x509.NameAttribute(a.oid, str(a.value).upper()) for a in issuer.certificate.subject])
    good = a_certificate(key=an_ec_key()).certificate
    builder = x509.CertificateBuilder(
        shouted,
        good.subject,
        good.public_key(),
        good.serial_number,
        good.not_valid_before_utc,
        good.not_valid_after_utc,
    )
    for extension in good.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    signed = builder.sign(issuer.key, SHA256())
    assert signed.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "YESSIGNCA-DEMO CLASS 1"
    assert decide(signed.public_bytes(Encoding.DER), a_trust_store(), "personal", NOW).accepted


# --- headline -------------------------------------------------------------------------------------


def test_headline_of_an_accepted_certificate_is_its_warning_or_none() -> None:
    good = decide(a_certificate(key=an_ec_key()).der, a_trust_store(), "personal", NOW)
    assert headline(good.findings) is None
    soon = a_certificate(key=an_ec_key(), not_after=NOW + timedelta(days=3)).der
    found = headline(decide(soon, a_trust_store(), "personal", NOW).findings)
    assert found is not None
    assert (found.code, found.level) == ("CERT_EXPIRES_SOON", "WARN")
