"""NIST's path validation suite (PKITS, 249 cases), decided by the trust document and the decision of this project.

Of each case the anchor is pinned and the intermediates are proposed as issuers of a trust document, as an admin
would; what the document's check refuses is left out, and the rest has to do. Two levels of strictness:

    path   the configured issuers, dates, critical extensions, and the policies that the case asks for; here alone
           the anchor may have issued the certificate itself
    bank   the whole decision of the service, with the case's policies as the only accepted ones

and at both, the CRLs of the case for every certificate of the path: tests/support/pkits_crls.py.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.decision import decide_certificate
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.errors import CertificateMalformed, PathInvalid, TrustDocumentRejected
from tests.support.others import made_by_others
from tools.admin.trust_document import RULES

# Where a case allows every policy, the bank has to name those that it accepts: NIST's own.
NIST_POLICIES = tuple(f"2.16.840.1.101.3.2.1.48.{number}" for number in range(1, 11))
LookUp = Callable[["Case", Sequence[Certificate]], str | None]
_AT_ISSUER = re.compile(r"^issuers\[([0-9]+)\]: ")
_LABEL = {"ko": "PKITS", "en": "PKITS"}
_ALWAYS = {"accepted_from": "2000-01-01T00:00:00Z", "accepted_until": "2049-12-31T00:00:00Z"}

# Nobody is asked here: the lists come with the case.
_NOBODY = {"ocsp": None, "crl": ["http://crl.example"], "responders": [], "certid_hash": "sha1"}


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


def trust_of(case: Case) -> tuple[TrustStore, tuple[str, ...]]:
    """The trust document of a case, and what its check said of the intermediates that were left out."""
    pins = [hashlib.sha256(case.anchor).hexdigest()]
    left, refused = list(case.intermediates), list[str]()
    while True:
        try:
            return read_document(json.dumps(_document(case, left)).encode(), pins), tuple(refused)
        except TrustDocumentRejected as rejected:
            reasons = rejected.reasons
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
        "operators": {"pkits": {"name": _LABEL, "policies": policies, "revocation": _NOBODY}},
        "issuers": [{"operator": "pkits", **_entry(der)} for der in intermediates],
        "rules": RULES,
    }


def _entry(der: bytes) -> dict[str, str]:
    return {"name": "PKITS", "certificate": base64.b64encode(der).decode(), **_ALWAYS}


def by_path(case: Case, look_up: LookUp | None = None) -> tuple[str, ...]:
    """Why the path of a case does not hold, or what `look_up` says of it; nothing where all is well."""
    store, refused = trust_of(case)
    try:
        leaf = read_certificate(case.leaf)
    except CertificateMalformed as error:
        return ("malformed", str(error))
    reasons = list(refused)
    for authorities in paths_to(leaf, case, store):
        try:
            path.check_dates(leaf, case.at)
            if leaf.refused_extensions:
                raise PathInvalid(f"extension {leaf.refused_extensions[0]} is not accepted")
            holding = path.valid_policies(
                authorities, leaf, explicit=case.require_explicit, inhibit_any=case.inhibit_any
            )
            if None not in (holding, case.policies) and not (holding or set()) & set(case.policies or ()):
                raise PathInvalid("no policy that the case accepts")
        except PathInvalid as error:
            reasons.append(error.why)
        else:
            why = look_up(case, (*authorities, leaf)) if look_up else None
            if why is None:
                return ()
            reasons.append(why)
    return tuple(reasons) or ("no path",)


def paths_to(leaf: Certificate, case: Case, store: TrustStore) -> list[tuple[Certificate, ...]]:
    """The CAs between the anchor and `leaf` on every path that is configured and accepted at the case's time."""
    found = [
        issuer.authorities
        for issuer in store.candidates(leaf)
        if issued(leaf, issuer.certificate) and issuer.accepted_at(case.at)
    ]
    anchor = read_certificate(case.anchor)
    return [*found, ()] if issued(leaf, anchor) and not leaf.self_issued else found


def issued(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether `issuer` issued `certificate`."""
    try:
        path.check_issuance(certificate, issuer)
    except PathInvalid:
        return False
    return True


def by_bank(case: Case, look_up: LookUp | None = None) -> tuple[str, ...]:
    """Why the service would refuse a case's certificate: the codes, and what the document's check or a CRL says."""
    store, refused = trust_of(case)
    report = decide_certificate(case.leaf, store, "personal", case.at)
    if not report.accepted:
        return (*(finding.code for finding in report.findings), *refused)
    if look_up is None:
        return ()
    leaf = read_certificate(case.leaf)
    said = [look_up(case, (*authorities, leaf)) for authorities in paths_to(leaf, case, store) if authorities]
    return () if None in said else tuple(why for why in said if why is not None)
