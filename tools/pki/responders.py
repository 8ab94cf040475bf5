"""OCSP responders of the demo NPKI (RFC 6960): their certificates, and answers of every kind.

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
    """Who signs answers; `embedded` are the certificates it sends along, its own unless said otherwise."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    embedded: Sequence[x509.Certificate] = ()


def issuer_itself(authority: Authority) -> Responder:
    """The CA that signs its own answers: nothing needs to be sent along."""
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
    """A responder's certificate, shaped like TradeSignOCSP4's; without further arguments a good one.

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
class Said:
    """What an answer says beside its status. `nonce` None sends none; `key` signs in the responder's place."""

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


def revoked(reason: x509.ReasonFlags | None, at: datetime) -> Said:
    """An answer of a certificate that was revoked or put on hold `at` then."""
    return Said(ocsp.OCSPCertStatus.REVOKED, reason, at)


def sign_answer(request: bytes, responder: Responder, now: datetime, said: Said | None = None) -> bytes:
    """The DER of a signed OCSPResponse to a DER request (RFC 6960 4.2.1)."""
    asked = ocsp.load_der_ocsp_request(request)
    said = said or Said()
    this_update = (now - said.age).astimezone(UTC)
    name_hash, key_hash = said.issuer_hashes or (asked.issuer_name_hash, asked.issuer_key_hash)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        name_hash,
        key_hash,
        said.serial_number or asked.serial_number,
        asked.hash_algorithm,
        said.status,
        this_update,
        None if said.lifetime is None else this_update + said.lifetime,
        said.revoked_at,
        said.reason,
    )
    encoding = ocsp.OCSPResponderEncoding.HASH if said.by_key else ocsp.OCSPResponderEncoding.NAME
    builder = builder.responder_id(encoding, _with_key(responder.certificate, said.key))
    if responder.embedded:
        builder = builder.certificates(responder.embedded)
    nonces: Extensions = [] if said.nonce is None else [(x509.OCSPNonce(said.nonce), False)]
    for value, critical in (*nonces, *said.extra_extensions):
        builder = builder.add_extension(value, critical)
    return builder.sign(said.key or responder.key, said.digest).public_bytes(Encoding.DER)


def _with_key(certificate: x509.Certificate, key: PrivateKey | None) -> x509.Certificate:
    """A stand-in of that name: cryptography signs only with the key of the certificate it is shown."""
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


def refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    """The DER of an answer without a status in it, such as tryLater; nobody signs these."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def nonce_of(request: bytes) -> bytes | None:
    """The nonce that a request carries (RFC 8954)."""
    extensions = ocsp.load_der_ocsp_request(request).extensions
    with contextlib.suppress(x509.ExtensionNotFound):
        return extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    return None


_REFUSALS: Final[Mapping[str, ocsp.OCSPResponseStatus]] = {
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
_SIGNED: Final[Mapping[str, Said]] = {
    "good": Said(),
    "no_nonce": Said(),
    "unknown": Said(ocsp.OCSPCertStatus.UNKNOWN),
    "wrong_serial": Said(serial_number=1),
    "wrong_signer": Said(),
    "stale": Said(age=_WEEK),
    "old": Said(age=timedelta(hours=47), lifetime=_WEEK),
    "future": Said(age=-_WEEK),
    "replayed": Said(),
}
ANSWERS: Final = (*_SIGNED, *_REVOKED, *_REFUSALS, "garbage")
"""The modes a responder can answer in."""


def answer_in_mode(mode: str, request: bytes, responder: Responder, now: datetime) -> bytes:
    """What a responder in this mode (one of ANSWERS) answers to a DER request.

    `wrong_signer` names the responder and signs with a key that is not its own.
    """
    if mode in _REFUSALS:
        return refusal(_REFUSALS[mode])
    if mode == "garbage":
        return b"<html>no OCSP here</html>"
    said = revoked(_REVOKED[mode], (now - _WEEK).astimezone(UTC)) if mode in _REVOKED else _SIGNED[mode]
    nonce = {"no_nonce": None, "replayed": _OLD_NONCE}.get(mode, nonce_of(request))
    key = _strangers_key() if mode == "wrong_signer" else None
    return sign_answer(request, responder, now, replace(said, nonce=nonce, key=key))


@cache
def _strangers_key() -> PrivateKey:
    return rsa.generate_private_key(65537, 2048)
