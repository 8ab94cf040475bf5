"""Of any two findings that can stand together, the first is the one whose next step really helps."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from registrar.domain.certificates.decision import Report
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.findings import headline
from registrar.domain.times import iso
from tests.support.builders import (
    NOW,
    a_compromised_key,
    a_link,
    a_pin,
    a_pki,
    a_trust_document,
    an_ec_key,
    an_rsa_key,
)
from tests.support.decision_cases import UNKNOWN
from tests.support.others import a_vector
from tools.admin.trust_document import build_document, load_operators

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
END = iso(NOW - DAY)

# In the order of their next steps: what makes each finding, and the file's or the document's part that it takes.
KINDS: Mapping[str, Mapping[str, Any]] = {
    "CERT_USAGE_NOT_ALLOWED": {"encipherment": True},
    "OWN_BANK_CERTIFICATE": {"bank_ou": "JBB"},
    "TRUST_SIGNATURE_INVALID": {"signing_key": an_rsa_key("A forger")},
    "operator unknown": {"pki": 2, "operator": "kica", "unknown": True},
    "operator not accepted": {"retired": "operator"},
    "CERT_POLICY_NOT_ACCEPTED": {"policy_oid": "1.2.410.200005.1.1.6.2"},
    "CERT_KEY_KNOWN_COMPROMISED": {"key": a_compromised_key("fermat")},
    "CERT_EXPIRED": {"not_before": NOW - 9 * DAY, "not_after": NOW - DAY},
    "generation unknown": {"pki": 2},
    "generation not accepted": {"retired": "generation"},
    "CERT_KEY_TOO_WEAK": {"key": ec.derive_private_key(7, ec.SECP224R1())},
    "CERT_ALGORITHM_WEAK": {"sha1_signature": True},
    "CERT_CRITICAL_EXTENSION_UNKNOWN": {"extra_extensions": [(UNKNOWN, True)]},
    "CERT_NOT_YET_VALID": {"not_before": NOW + DAY, "not_after": NOW + 90 * DAY},
    "CERT_EXPIRES_SOON": {"not_before": NOW - 9 * DAY, "not_after": NOW + 9 * DAY},
}
CODES = {
    "operator unknown": "TRUST_ISSUER_UNKNOWN",
    "operator not accepted": "TRUST_ISSUER_NOT_ACCEPTED_NOW",
    "generation unknown": "TRUST_ISSUER_UNKNOWN",
    "generation not accepted": "TRUST_ISSUER_NOT_ACCEPTED_NOW",
}
# Of an unknown issuer no policy is known, a forged signature has no issuer's key, and each is one certificate's.
NEVER_TOGETHER = [
    {"TRUST_SIGNATURE_INVALID", "operator unknown"},
    {"TRUST_SIGNATURE_INVALID", "generation unknown"},
    {"TRUST_SIGNATURE_INVALID", "operator not accepted"},
    {"TRUST_SIGNATURE_INVALID", "generation not accepted"},
    {"TRUST_SIGNATURE_INVALID", "CERT_POLICY_NOT_ACCEPTED"},
    {"operator unknown", "CERT_POLICY_NOT_ACCEPTED"},
    {"generation unknown", "CERT_POLICY_NOT_ACCEPTED"},
    {"operator unknown", "operator not accepted"},
    {"operator unknown", "generation not accepted"},
    {"generation unknown", "operator not accepted"},
    {"generation unknown", "generation not accepted"},
]


def pairs() -> list[tuple[str, str]]:
    return [
        (one, other)
        for one, other in combinations(KINDS, 2)
        if not KINDS[one].keys() & KINDS[other].keys() and {one, other} not in NEVER_TOGETHER
    ]


def store(retired: str | None, *, without: str | None = None) -> TrustStore:
    """The first generation of all operators; yessign's retired alone, or beside a second generation."""
    document = a_trust_document()
    second = a_pki(2).trust_document()
    document["anchors"] += second["anchors"]
    if retired == "generation":
        document["issuers"].append(second["issuers"][0])
    if retired is not None:
        document["issuers"][0]["accepted_until"] = END
    document["issuers"] = [each for each in document["issuers"] if each["operator"] != without]
    return read_document(json.dumps(document).encode(), [a_pin(a_pki(n).root.certificate) for n in (1, 2)])


def decided(*kinds: str) -> Report:
    given: dict[str, Any] = {"not_before": NOW, "not_after": NOW + 365 * DAY, "key": an_ec_key()}
    for kind in kinds:
        given |= KINDS[kind]
    retired = given.pop("retired", None)
    without = given["operator"] if given.pop("unknown", False) else None
    der = a_pki(given.pop("pki", 1)).issue_customer(**given).der
    return decide(der, store(retired, without=without), "personal", NOW, bank="JBB")


def code(kind: str) -> str:
    return CODES.get(kind, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_each_finding_stands_alone(kind: str) -> None:
    assert [finding.code for finding in decided(kind).findings] == [code(kind)]


@pytest.mark.parametrize(("first", "second"), pairs())
def test_of_two_findings_the_one_whose_step_helps_is_the_headline(first: str, second: str) -> None:
    report = decided(first, second)
    # Where one refuses, none says to continue.
    expected = {code(first), code(second)} - {"CERT_EXPIRES_SOON"}
    assert {finding.code for finding in report.findings} == expected
    found = headline(report.findings)
    assert found is not None
    assert found.code == code(first)


@pytest.mark.parametrize("kind", ["generation unknown", "generation not accepted"])
def test_expired_certificate_of_a_retired_generation_is_to_be_renewed(kind: str) -> None:
    assert [finding.code for finding in decided(kind, "CERT_EXPIRED").findings] == ["CERT_EXPIRED", code(kind)]


SIGNING = ("digital_signature", "content_commitment")


def expired_under(name: str, policy: str) -> bytes:
    """An expired certificate of an issuer with this CN alone, whose key nobody has configured."""
    return a_link(
        "홍길동", a_link(name), ca=False, usage=SIGNING, policies=[policy], days=(-300, -1)
    ).certificate.der


@pytest.mark.parametrize(
    ("name", "policy", "first"),
    [
        ("TradeSign Demo CA 0", "1.2.3.4", "CERT_EXPIRED"),
        ("yessignCA-Demo Class 0", "1.2.3.4", "CERT_EXPIRED"),
        ("An old CA", "1.2.410.200012.1.1.101", "CERT_EXPIRED"),
        ("An old CA", "1.2.3.4", "TRUST_ISSUER_UNKNOWN"),
    ],
    ids=["generation in the name", "class in the name", "policy", "neither"],
)
def test_retired_generation_is_known_by_name_or_policy_where_no_organization_says_it(
    name: str, policy: str, first: str
) -> None:
    findings = decide(expired_under(name, policy), store(None), "personal", NOW).findings
    assert [finding.code for finding in findings] == [
        first,
        *({"CERT_EXPIRED", "TRUST_ISSUER_UNKNOWN"} - {first}),
    ]


def test_expired_certificate_of_a_retired_production_ca_is_to_be_renewed() -> None:
    root = x509.load_der_x509_certificate(a_vector("ca/KISA-RootCA-4.der"))
    issuer = x509.load_der_x509_certificate(a_vector("ca/TradeSignCA4.der"))
    document = build_document(1, [root], [issuer], load_operators())
    trust = read_document(json.dumps(document).encode(), [a_pin(root)])
    findings = decide(expired_under("TradeSignCA2", "1.2.3.4"), trust, "personal", NOW).findings
    assert [finding.code for finding in findings] == ["CERT_EXPIRED", "TRUST_ISSUER_UNKNOWN"]


def test_expired_certificate_of_an_announced_generation_is_to_be_renewed() -> None:
    findings = decide(expired_under("yessignCA Class 4", "1.2.410.200005.1.1.4"), store(None), "personal", NOW)
    assert [f.code for f in findings.findings] == ["CERT_EXPIRED", "TRUST_GENERATION_NOT_YET"]


CLASS_4 = {"name": "yessignCA Class 4", "root": "KISA RootCA 5"}


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "name", "code"),
    [
        (NOW, NOW + DAY, "yessignCA Class 4", "TRUST_GENERATION_NOT_YET"),
        (NOW - DAY, NOW, "YESSIGNCA  class4", "TRUST_GENERATION_NOT_YET"),
        (NOW + SECOND, NOW + DAY, "yessignCA Class 4", "TRUST_ISSUER_UNKNOWN"),
        (NOW - DAY, NOW - SECOND, "yessignCA Class 4", "TRUST_ISSUER_UNKNOWN"),
        (NOW, NOW + DAY, "yessignCA Class 44", "TRUST_ISSUER_UNKNOWN"),
        (NOW, NOW + DAY, "yessignCA Class 4 ", "TRUST_GENERATION_NOT_YET"),
    ],
)
def test_announced_ca_counts_from_its_first_to_its_last_second(
    valid_from: datetime, valid_until: datetime, name: str, code: str
) -> None:
    document = a_trust_document()
    announced = CLASS_4 | {"valid_from": iso(valid_from), "valid_until": iso(valid_until)}
    document["operators"]["yessign"]["announced"] = [announced]
    trust = read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)])
    der = a_link("홍길동", a_link(name), ca=False, usage=SIGNING).certificate.der
    assert [each.code for each in decide(der, trust, "personal", NOW).findings] == [code]


def test_ca_of_the_document_is_never_called_announced() -> None:
    """An admin's own document may still announce it. Another key under its name is an unknown issuer."""
    document = a_trust_document()
    dates = {"valid_from": iso(NOW - DAY), "valid_until": iso(NOW + DAY)}
    name = "yessignCA-Demo Class 1"
    document["operators"]["yessign"]["announced"] = [CLASS_4 | dates | {"name": name}]
    trust = read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)])
    der = a_link("홍길동", a_link(name), ca=False, usage=SIGNING).certificate.der
    assert [each.code for each in decide(der, trust, "personal", NOW).findings] == ["TRUST_ISSUER_UNKNOWN"]


def test_self_made_certificate_gets_nothing_by_claiming_an_accepted_operator() -> None:
    """By organization, name of the CA and policy at once: it is refused while valid and when it has expired."""
    document = a_trust_document()
    trust = read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)])
    policy = "1.2.410.200012.1.1.101"
    for days, codes in (
        ((-9, 300), ["TRUST_ISSUER_UNKNOWN"]),
        ((-9, -1), ["CERT_EXPIRED", "TRUST_ISSUER_UNKNOWN"]),
    ):
        ca = a_link("TradeSignCA2")
        der = a_link("홍길동", ca, ca=False, usage=SIGNING, policies=[policy], days=days).certificate.der
        report = decide(der, trust, "personal", NOW)
        assert ([each.code for each in report.findings], report.accepted) == (codes, False)


def test_forged_signature_comes_before_the_end_of_the_certificate() -> None:
    assert [each.code for each in decided("TRUST_SIGNATURE_INVALID", "CERT_EXPIRED").findings] == [
        "TRUST_SIGNATURE_INVALID",
        "CERT_EXPIRED",
    ]
