"""NIST's path validation suite (PKITS, 249 cases), decided by the trust document and the steps of this project.

Of each case the anchor is pinned and the intermediates are proposed as issuers of a trust document, as an admin
would; what the document's check refuses is left out, and the rest has to do. Two levels of strictness:

    path   the configured issuers, dates, critical extensions, and the policies that the case asks for; here alone
           the anchor may have issued the certificate itself; then the revocation status by `StatusChecks`
    bank   what `RevocationStep` decides on an upload, with the case's policies as the only accepted ones

Both find the CRLs of a case as the service finds an issuer's: tests/support/pkits_service.py.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.decision import decide_certificate
from registrar.domain.certificates.trust import Anchor, Issuer, Operator, Period, Purpose, Sources, TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.errors import CertificateMalformed, PathInvalid, TrustDocumentRejected
from registrar.domain.revocation.status import StatusValue
from tests.support.others import made_by_others
from tests.support.pkits_service import MAX_AGE, settled, status_of
from tests.support.statuses import DIRECTORY
from tools.admin.trust_document import RULES

# Where a case allows every policy, the bank has to name those that it accepts: NIST's own.
NIST_POLICIES = tuple(f"2.16.840.1.101.3.2.1.48.{number}" for number in range(1, 11))
_AT_ISSUER = re.compile(r"^issuers\[([0-9]+)\]: ")
_LABEL = {"ko": "PKITS", "en": "PKITS"}
_ALWAYS = {"accepted_from": "2000-01-01T00:00:00Z", "accepted_until": "2049-12-31T00:00:00Z"}
_SOURCES = {"ocsp": None, "crl": [DIRECTORY], "responders": [], "certid_hash": "sha1"}
_RULES = {**RULES, "revocation": {**RULES["revocation"], "order": ["crl"], "skew_seconds": 0}}


@dataclass(frozen=True)
class Case:
    """One case. `policies` None means that every policy is welcome."""

    id: str
    title: str
    expect: bool
    leaf: bytes
    anchor: bytes
    intermediates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    at: datetime
    policies: tuple[str, ...] | None
    require_explicit: bool
    inhibit_any: bool


@cache
def cases() -> tuple[Case, ...]:
    """All cases of suites/pkits.json; the test skips where they are not at hand."""
    suite = json.loads(made_by_others("suites/pkits.json").read_text())
    blobs = {name: base64.b64decode(text) for name, text in suite["blobs"].items()}
    return tuple(_case(test, blobs) for test in suite["tests"])


def _case(test: Mapping[str, Any], blobs: Mapping[str, bytes]) -> Case:
    (anchor,) = test["anchors"]
    demands = test["policies"]
    return Case(
        id=test["id"],
        title=test["title"],
        expect=test["expect"],
        leaf=blobs[test["leaf"]],
        anchor=blobs[anchor],
        intermediates=tuple(blobs[name] for name in test["inter"]),
        crls=tuple(blobs[name] for name in test["crls"]),
        at=datetime.fromisoformat(test["at"]),
        policies=tuple(demands["policy_set"]) if demands["policy_set"] else None,
        require_explicit=demands["require_explicit"],
        inhibit_any=demands["inhibit_any"],
    )


@cache
def trust_of(case: Case) -> tuple[TrustStore, tuple[str, ...]]:
    """The trust document of a case, and what its check said of the intermediates that were left out.

    No document allows a status as old as those of the cases.
    """
    pins = [hashlib.sha256(case.anchor).hexdigest()]
    left, refused = list(case.intermediates), list[str]()
    while True:
        try:
            store = read_document(json.dumps(_document(case, left)).encode(), pins)
        except TrustDocumentRejected as rejected:
            reasons = rejected.reasons
        else:
            ages = dict.fromkeys(Purpose, MAX_AGE)
            rules = replace(store.rules, revocation=replace(store.rules.revocation, max_age=ages))
            return replace(store, rules=rules), tuple(refused)
        refused += reasons
        wrong = {int(_AT_ISSUER.findall(reason)[0]) for reason in reasons}
        left = [der for index, der in enumerate(left) if index not in wrong]


def _document(case: Case, intermediates: list[bytes]) -> dict[str, Any]:
    oids = NIST_POLICIES if case.policies is None else case.policies
    policies = [{"oid": oid, "kind": "personal", "label": _LABEL, "accepted": True} for oid in oids]
    return {
        "format": 2,
        "version": 1,
        "anchors": [_entry(case.anchor)],
        "operators": {"pkits": {"name": _LABEL, "policies": policies, "revocation": _SOURCES}},
        "issuers": [{"operator": "pkits", **_entry(der)} for der in intermediates],
        "rules": _RULES,
    }


def _entry(der: bytes) -> dict[str, str]:
    return {"name": "PKITS", "certificate": base64.b64encode(der).decode(), **_ALWAYS}


@cache
def by_path(case: Case, *, with_crls: bool) -> tuple[str, ...]:
    """Why no path of a case holds, or what the service's status of it says; nothing where all is well."""
    store, refused = trust_of(case)
    try:
        leaf = read_certificate(case.leaf)
    except CertificateMalformed as error:
        return ("malformed", str(error))
    reasons = list(refused)
    holding = []
    for issuer in _issuers(leaf, case, store):
        try:
            _check_path(leaf, issuer, case)
        except PathInvalid as error:
            reasons.append(error.why)
        else:
            holding.append(issuer)
    if holding and not with_crls:
        return ()
    if holding:
        status = status_of(leaf, holding, store, case.crls, case.at)
        return () if status.value is StatusValue.GOOD else (*reasons, f"{status.value} {status.why}")
    return tuple(reasons) or ("no path",)


def _issuers(leaf: Certificate, case: Case, store: TrustStore) -> list[Issuer]:
    """Who issued `leaf`, by every path that is configured and accepted at the case's time."""
    found = [i for i in store.candidates(leaf) if _issued(leaf, i.certificate) and i.accepted_at(case.at)]
    anchor = read_certificate(case.anchor)
    if _issued(leaf, anchor) and not leaf.self_issued:
        operator = Operator("pkits", _LABEL, {}, Sources(None, (DIRECTORY,), (), "sha1"))
        always = Period(case.at, case.at + timedelta(days=1))
        found.append(Issuer(anchor, operator, always, Anchor(anchor, always), ()))
    return found


def _check_path(leaf: Certificate, issuer: Issuer, case: Case) -> None:
    path.check_dates(leaf, case.at)
    if leaf.refused_extensions:
        raise PathInvalid(f"extension {leaf.refused_extensions[0]} is not accepted")
    holding = path.valid_policies(
        issuer.authorities, leaf, explicit=case.require_explicit, inhibit_any=case.inhibit_any
    )
    if None not in (holding, case.policies) and not (holding or set()) & set(case.policies or ()):
        raise PathInvalid("no policy that the case accepts")


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        path.check_issuance(certificate, issuer)
    except PathInvalid:
        return False
    return True


@cache
def by_bank(case: Case, *, with_crls: bool) -> tuple[str, ...]:
    """Why the service does not accept a case's certificate: the codes, the status, and what the document's check
    said; nothing where it accepts it."""
    store, refused = trust_of(case)
    report = decide_certificate(case.leaf, store, "personal", case.at)
    if not report.accepted:
        return (*(finding.code for finding in report.findings), *refused)
    if not with_crls:
        return ()
    outcome, codes, status = settled(case.leaf, store, case.crls, case.at)
    said = f"{status.value} {status.why}" if status else "no status"
    return () if outcome == "accepted" else (*codes, said, *refused)
