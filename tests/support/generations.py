"""CAs with several certificates, their lists, and the trust document that accepts them."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, cast

from cryptography import x509

from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from tests.support.builders import NOW, Link, a_document_of, a_link, a_pin, an_entry
from tests.support.statuses import DIRECTORY, entry_of
from tools.pki.authorities import Authority
from tools.pki.crls import Revoked, make_crl

POLICY = "1.2.410.200004.5.2.1.2"
HOUR = timedelta(hours=1)
Reason = x509.ReasonFlags | None
Revocations = Sequence[tuple[Link, Reason]]


def a_ca(name: str, issuer: Link | None = None, *, key_of: Link | None = None, **overrides: Any) -> Link:
    """A CA that signs lists too; with `key_of` another certificate for that CA's key."""
    key = {"key": key_of.key} if key_of else {}
    return a_link(name, issuer, **{"usage": ("key_cert_sign", "crl_sign"), **key, **overrides})


def a_customer(issuer: Link, *points: x509.DistributionPoint) -> Link:
    """A customer's certificate, which names these distribution points if any."""
    extensions = [(x509.CRLDistributionPoints(points), False)] if points else []
    usage = ("digital_signature", "content_commitment")
    return a_link("홍길동", issuer, ca=False, policies=[POLICY], usage=usage, extensions=extensions)


def a_list(issuer: Link, *entries: Revoked, **overrides: Any) -> bytes:
    """A list of the CA."""
    authority = Authority(issuer.certificate.parsed, cast("Any", issuer.key))
    return make_crl(authority, entries, **{"this_update": NOW - HOUR, **overrides})


def listed(link: Link, reason: Reason) -> Revoked:
    return Revoked(link.certificate.serial, NOW - HOUR, reason)


def lists_of(authorities: Iterable[Link], revoked: Revocations = ()) -> dict[str, tuple[bytes, ...]]:
    """The list of each CA at the entry with its name, with those `revoked` that it issued."""
    found: dict[str, tuple[bytes, ...]] = {}
    for ca in authorities:
        of_ca = [
            listed(link, reason) for link, reason in revoked if link.certificate.issuer == ca.certificate.subject
        ]
        found[entry_of(ca.certificate.parsed.subject)] = (a_list(ca, *of_ca),)
    return found


def a_store(roots: Iterable[Link], issuers: Iterable[Link], *, ended: Iterable[Link] = ()) -> TrustStore:
    """The trust document with these CAs in this order, whose lists are in the directory; the bank's time for those
    `ended` is over."""
    roots, ended = list(roots), list(ended)
    document = a_document_of(roots[0])
    document["anchors"] = [an_entry(root, f"root {n}") for n, root in enumerate(roots)]
    document["issuers"] = [
        {"operator": "kica", **an_entry(ca, f"CA {n}"), **_until(any(ca is each for each in ended))}
        for n, ca in enumerate(issuers)
    ]
    sources = {"ocsp": None, "crl": [DIRECTORY], "responders": [], "certid_hash": "sha256"}
    document["operators"]["kica"]["revocation"] = sources
    rules = document["rules"]
    revocation = {**rules["revocation"], "order": ["crl"], "check_authorities": True}
    document["rules"] = {**rules, "revocation": revocation}
    return read_document(json.dumps(document).encode(), [a_pin(root.certificate.parsed) for root in roots])


def _until(is_over: bool) -> dict[str, str]:
    return {"accepted_from": "2025-01-01T00:00:00Z", "accepted_until": "2026-01-01T00:00:00Z"} if is_over else {}
