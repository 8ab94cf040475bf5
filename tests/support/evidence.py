"""Completed signature requests, and the evidence of them."""

import dataclasses
import hashlib
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.bank import SigningBank
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.trust import Issuer
from registrar.domain.evidence.receipt import Receipt
from registrar.domain.possession.headings import LATEST, Version
from registrar.domain.possession.proofs import Proof
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.revocation.ocsp import check_response, request_for
from registrar.domain.revocation.status import ListIdentity, Status, StatusValue
from registrar.domain.signing.completion import Completion
from tests.support.builders import NOW, a_certificate, a_trust_store, an_ec_key, an_upload
from tests.support.cms_messages import a_raw_signature, signed_by
from tests.support.ocsp_answers import NONCE, SKEW, of_the_root
from tests.support.signing import a_request
from tools.pki.authorities import CustomerCertificate
from tools.pki.responders import Responder, ResponseFields, sign_response

SIGNED_AT = NOW + timedelta(minutes=1)
BANK = "JBB"
SIGNING_BANK = SigningBank(BANK, "전북은행")


@cache
def the_certificate() -> CustomerCertificate:
    return a_certificate(key=an_ec_key())


def a_completion(
    kind: str = "signature", source: str = "ocsp", version: Version = LATEST, **overrides: Any
) -> Completion:
    """A transfer that was signed by the_certificate(), good by OCSP or by a list."""
    certificate = the_certificate()
    request = dataclasses.replace(a_request(), nonce="AAECAwQFBgcICQoLDA0ODw")
    text = request.text(SIGNING_BANK, version)
    values: dict[str, Any] = {
        "request": request,
        "text": text,
        "proof": Proof(kind, a_signature(kind, text), None),
        "registration": new_registration(an_upload(certificate), kind, "2026-11", NOW),
        "issuer": its_issuer(),
        "trust_version": 7,
        "status": by_ocsp() if source == "ocsp" else by_list(),
        "signed_at": SIGNED_AT,
    }
    return Completion(**values | overrides)


def its_issuer() -> Issuer:
    return next(i for i in a_trust_store().issuers if i.operator.id == "yessign")


def a_signature(kind: str, text: str) -> bytes:
    if kind == "cms":
        return signed_by(the_certificate(), text.encode())
    return a_raw_signature(the_certificate(), text.encode(), SHA256())


def by_ocsp(responder: Responder | None = None, said: ResponseFields | None = None) -> Status:
    """What the responder stated just before; that of the root unless another."""
    asked, issuer = read_certificate(the_certificate().der), its_issuer()
    request = request_for(asked, issuer.certificate, NONCE, "sha1")
    said = said or ResponseFields(nonce=NONCE)
    return check_response(
        sign_response(request, responder or of_the_root(), SIGNED_AT, said),
        asked,
        issuer.certificate,
        nonce=NONCE,
        now=SIGNED_AT,
        skew=SKEW,
        max_age=timedelta(hours=1),
        responders=[],
        root=issuer.anchor.certificate,
    )


def by_list(number: int | None = 41) -> Status:
    about = hashlib.sha256(the_certificate().der).hexdigest()
    ca = its_issuer().certificate.key_digest
    named = ListIdentity(about, ca, number, NOW - timedelta(hours=1), NOW + timedelta(hours=23), "c1" * 32)
    return Status(StatusValue.GOOD, "crl", named.this_update, named.next_update, shown_by=(named,))


def a_receipt(**overrides: Any) -> Receipt:
    values: dict[str, Any] = {
        "issuer": "JBB",
        "service": "transfers",
        "customer_id": "hong",
        "request_id": "s" + "1" * 32,
        "kind": "transfer",
        "result": "COMPLETED",
        "document_sha256": "5e" * 32,
        "certificate": "2e" * 32,
        "evidence_sha256": "7a" * 32,
        "signed_at": NOW,
    }
    return Receipt(**values | overrides)
