"""OCSP responders of the demo NPKI (RFC 6960): their certificates, and responses of every kind.

For the local cloud and the tests only. The servers are in responder_servers.py.
"""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.pki.authorities import Authority, Extensions, PrivateKey, certificate_policies, key_usage_of

_POLICY: Final = "1.2.410.200004.2.1"
_OLD_NONCE: Final = bytes(range(32))


@dataclass(frozen=True)
class Responder:
    """Signs responses; `embedded` are the certificates that it includes, by default its own."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    embedded: Sequence[x509.Certificate] = ()


def issuer_itself(authority: Authority) -> Responder:
    """The CA as its own responder; it includes no certificate."""
    return Responder(authority.certificate, authority.key)


def issue_responder(
    authority: Authority,
    key: PrivateKey,
    *,
    not_before: datetime,
    not_after: datetime,
    name: str = "OCSP Demo 1",
    purposes: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.OCSP_SIGNING,),
    critical: bool = True,
    key_usage: Collection[str] | None = ("digital_signature", "content_commitment"),
    is_ca: bool = False,
    extra_extensions: Extensions = (),
    signing_key: PrivateKey | None = None,
    sha1_signature: bool = False,
) -> Responder:
    """A responder's certificate, shaped like TradeSignOCSP4's; by default a good one.

    In Korea `authority` is the root, by RFC 6960 4.2.2.2 the issuing CA; for a pinned responder it may be any.
    """
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        *authority.key_identifiers(key.public_key()),
        *([] if key_usage is None else [(key_usage_of(key_usage), True)]),
        (certificate_policies([_POLICY], cps="http://www.rootca.example/rca/cps.html", notice="시연용"), True),
        *([(x509.ExtendedKeyUsage(purposes), critical)] if purposes else []),
        *([(x509.BasicConstraints(ca=True, path_length=None), True)] if is_ca else []),
        *extra_extensions,
    ]
    certificate = authority.issue(
        x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key.public_key(),
        extensions,
        not_before=not_before,
        not_after=not_after,
        signing_key=signing_key,
        sha1_signature=sha1_signature,
    )
    return Responder(certificate, key, [certificate])


@dataclass(frozen=True)
class ResponseFields:
    """The fields of a response. Without `nonce` it has none; `key` signs in place of the responder's."""

    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    reason: x509.ReasonFlags | None = None
    revoked_at: datetime | None = None
    age: timedelta = timedelta(0)
    lifetime: timedelta | None = timedelta(hours=1)
    nonce: bytes | None = None
    serial_number: int | None = None
    issuer_hashes: tuple[bytes, bytes] | None = None
    by_key: bool = False
    digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    extra_extensions: Extensions = ()
    key: PrivateKey | None = field(default=None, repr=False)


def revoked(reason: x509.ReasonFlags | None, at: datetime) -> ResponseFields:
    """The response about a certificate that was revoked or put on hold `at` this time."""
    return ResponseFields(ocsp.OCSPCertStatus.REVOKED, reason, at)


def sign_response(
    request: bytes, responder: Responder, now: datetime, fields: ResponseFields | None = None
) -> bytes:
    """The DER of a signed OCSPResponse to a DER request (RFC 6960 4.2.1)."""
    query = ocsp.load_der_ocsp_request(request)
    fields = fields or ResponseFields()
    this_update = (now - fields.age).astimezone(UTC)
    name_hash, key_hash = fields.issuer_hashes or (query.issuer_name_hash, query.issuer_key_hash)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        name_hash,
        key_hash,
        fields.serial_number or query.serial_number,
        query.hash_algorithm,
        fields.status,
        this_update,
        None if fields.lifetime is None else this_update + fields.lifetime,
        fields.revoked_at,
        fields.reason,
    )
    encoding = ocsp.OCSPResponderEncoding.HASH if fields.by_key else ocsp.OCSPResponderEncoding.NAME
    builder = builder.responder_id(encoding, _with_key(responder.certificate, fields.key))
    if responder.embedded:
        builder = builder.certificates(responder.embedded)
    nonces: Extensions = [] if fields.nonce is None else [(x509.OCSPNonce(fields.nonce), False)]
    for value, critical in (*nonces, *fields.extra_extensions):
        builder = builder.add_extension(value, critical)
    return builder.sign(fields.key or responder.key, fields.digest).public_bytes(Encoding.DER)


def _with_key(certificate: x509.Certificate, key: PrivateKey | None) -> x509.Certificate:
    """A certificate of that name for `key`: cryptography signs only with the key of the given certificate."""
    if key is None:
        return certificate
    return x509.CertificateBuilder(
        certificate.subject,
        certificate.subject,
        key.public_key(),
        certificate.serial_number,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    ).sign(key, hashes.SHA256())


def unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    """The DER of an error response such as tryLater; these are unsigned."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def nonce_of(request: bytes) -> bytes | None:
    """The nonce that a request carries (RFC 8954)."""
    extensions = ocsp.load_der_ocsp_request(request).extensions
    with contextlib.suppress(x509.ExtensionNotFound):
        return extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    return None


_UNSUCCESSFUL: Final[Mapping[str, ocsp.OCSPResponseStatus]] = {
    "malformedRequest": ocsp.OCSPResponseStatus.MALFORMED_REQUEST,
    "internalError": ocsp.OCSPResponseStatus.INTERNAL_ERROR,
    "tryLater": ocsp.OCSPResponseStatus.TRY_LATER,
    "sigRequired": ocsp.OCSPResponseStatus.SIG_REQUIRED,
    "unauthorized": ocsp.OCSPResponseStatus.UNAUTHORIZED,
}
_WEEK: Final = timedelta(days=7)
_REVOKED: Final[Mapping[str, x509.ReasonFlags]] = {
    "revoked": x509.ReasonFlags.key_compromise,
    "superseded": x509.ReasonFlags.superseded,
    "hold": x509.ReasonFlags.certificate_hold,
}
_SIGNED: Final[Mapping[str, ResponseFields]] = {
    "good": ResponseFields(),
    "no_nonce": ResponseFields(),
    "unknown": ResponseFields(ocsp.OCSPCertStatus.UNKNOWN),
    "wrong_serial": ResponseFields(serial_number=1),
    "wrong_signer": ResponseFields(),
    "stale": ResponseFields(age=_WEEK),
    "old": ResponseFields(age=timedelta(hours=47), lifetime=_WEEK),
    "earlier": ResponseFields(age=timedelta(minutes=30), lifetime=_WEEK),
    "future": ResponseFields(age=-_WEEK),
    "replayed": ResponseFields(),
}
RESPONSE_MODES: Final = (*_SIGNED, *_REVOKED, *_UNSUCCESSFUL, "garbage")
"""The modes of a responder's responses."""


def response_in_mode(mode: str, request: bytes, responder: Responder, now: datetime) -> bytes:
    """The response of a responder in this mode (one of RESPONSE_MODES) to a DER request.

    `wrong_signer` names the responder but signs with another key.
    """
    if mode in _UNSUCCESSFUL:
        return unsuccessful(_UNSUCCESSFUL[mode])
    if mode == "garbage":
        return b"<html>no OCSP here</html>"
    fields = revoked(_REVOKED[mode], (now - _WEEK).astimezone(UTC)) if mode in _REVOKED else _SIGNED[mode]
    nonce = {"no_nonce": None, "earlier": None, "replayed": _OLD_NONCE}.get(mode, nonce_of(request))
    key = _strangers_key() if mode == "wrong_signer" else None
    return sign_response(request, responder, now, replace(fields, nonce=nonce, key=key))


@cache
def _strangers_key() -> PrivateKey:
    return rsa.generate_private_key(65537, 2048)
