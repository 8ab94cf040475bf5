"""Signatures that were made elsewhere, as a relying service has them verified."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.times import iso
from tests.support.app import Answer, App, trust_demo_issuers
from tests.support.builders import NOW, a_certificate, an_ec_key, an_rsa_key
from tests.support.cms_messages import SIGNING_TIME, a_raw_signature, an_attribute, signed_by, the_attributes
from tests.support.relying import System
from tools.pki.authorities import CustomerCertificate, _tlv

DOCUMENT = "대출 약정서 제3조 …".encode()
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SIGNED_AT = NOW - MINUTE
EC = a_certificate(key=an_ec_key())
RSA = a_certificate(key=an_rsa_key())


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def raw(customer: CustomerCertificate = EC, document: bytes = DOCUMENT, **members: object) -> dict[str, object]:
    """A raw signature over the document; `members` replace those of the body, None leaves one out."""
    body = {
        "signature": base64_of(a_raw_signature(customer, document, SHA256())),
        "certificate": base64_of(customer.der),
        "content": base64_of(document),
        "signed_at": iso(SIGNED_AT),
        "customer_kind": "personal",
    }
    return {name: value for name, value in (body | members).items() if value is not None}


def cms(message: bytes, **members: Any) -> dict[str, object]:
    return raw(signature=None, cms=base64_of(message), **members)


def by_digest(body: dict[str, object], content: bytes = DOCUMENT) -> dict[str, object]:
    del body["content"]
    return {**body, "content_sha256": hashlib.sha256(content).hexdigest()}


def verify(system: System, body: object) -> Answer:
    return system.call("POST", "/verify", body)


def verified(app: App, body: object) -> Answer:
    """What the transfer system gets."""
    trust_demo_issuers(app.account)
    return verify(System(app.account).enter(), body)


def with_another_signature(app: App) -> Answer:
    return verified(app, raw(signature=base64_of(b"x")))


def tomorrow(app: App) -> Answer:
    return verified(app, raw(signed_at=iso(NOW + DAY)))


def stating_another_time(app: App) -> Answer:
    time = an_attribute(SIGNING_TIME, _tlv(0x17, b"261122030000Z"))
    return verified(app, cms(signed_by(EC, DOCUMENT, attributes=[*the_attributes(DOCUMENT), time])))


def known_only_from_before(app: App) -> Answer:
    app.account.issuers.mode = "old"
    return verified(app, raw())


def renewed_after_signing(app: App) -> Answer:
    old = a_certificate(key=an_ec_key(), not_before=NOW - 300 * DAY)
    app.account.issuers.set_mode(old.certificate, "superseded")
    return verified(app, raw(old, signed_at=iso(NOW - 60 * DAY)))


def expired_after_signing(app: App) -> Answer:
    old = a_certificate(key=an_ec_key(), not_before=NOW - 300 * DAY, not_after=NOW - DAY)
    return verified(app, raw(old, signed_at=iso(NOW - 60 * DAY)))
