"""OCSP: the request about a certificate, and the checks of a response (RFC 6960, RFC 8954).

A response is used only if its signer is authorised by the issuer (ocsp_responder.py), it is about this certificate
and it is fresh. Any other response is UNAVAILABLE, STALE or INVALID, never GOOD; no bytes raise.

A nonce in the response must be ours. A response without one is accepted while it is fresh, because many responders
sign beforehand and ignore the nonce (RFC 6960 4.4.1): nextUpdate and `max_age` bound how long one can be replayed.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from registrar.domain.asn1 import der as der_values
from registrar.domain.certificates.certificate import UNREADABLE, Certificate
from registrar.domain.reasons.errors import DerMalformed, PathInvalid
from registrar.domain.revocation.ocsp_form import read_form
from registrar.domain.revocation.ocsp_responder import check_signer
from registrar.domain.revocation.status import OcspResponse, Status, StatusValue

SOURCE = "ocsp"
MAX_BYTES = 64 * 1024
NONCE_BYTES = range(16, 33)

_HASHES: dict[str, SHA1 | SHA256] = {"sha1": SHA1(), "sha256": SHA256()}  # noqa: S303 - CertIDs are no signatures
_MOST_KEPT = 32
_REFUSALS = {
    ocsp.OCSPResponseStatus.MALFORMED_REQUEST: "malformedRequest",
    ocsp.OCSPResponseStatus.INTERNAL_ERROR: "internalError",
    ocsp.OCSPResponseStatus.TRY_LATER: "tryLater",
    ocsp.OCSPResponseStatus.SIG_REQUIRED: "sigRequired",
    ocsp.OCSPResponseStatus.UNAUTHORIZED: "unauthorized",
}
# RFC 6960 2.3: the others are about the request, and so perhaps about one certificate (RFC 5019 2.2.3:
# `unauthorized` where a responder has no response for it).
_SERVER_FAILED = {ocsp.OCSPResponseStatus.INTERNAL_ERROR, ocsp.OCSPResponseStatus.TRY_LATER}
# Of contradicting single responses, the first in this order is used.
_WORST = (
    StatusValue.REVOKED,
    StatusValue.ON_HOLD,
    StatusValue.UNKNOWN,
    StatusValue.INVALID,
    StatusValue.STALE,
    StatusValue.GOOD,
)


@asn1.sequence
class _Extension:
    oid: x509.ObjectIdentifier
    critical: Annotated[bool, asn1.Default(False)]
    value: bytes


@asn1.sequence
class _SingleResponse:
    cert_id: asn1.TLV
    status: asn1.TLV
    this_update: asn1.GeneralizedTime
    next_update: Annotated[asn1.GeneralizedTime | None, asn1.Explicit(0)]
    extensions: Annotated[list[_Extension] | None, asn1.Explicit(1)]


@asn1.sequence
class _ResponseData:
    version: Annotated[int | None, asn1.Explicit(0)]
    responder: asn1.TLV
    produced_at: asn1.GeneralizedTime
    responses: list[_SingleResponse]
    extensions: Annotated[list[_Extension] | None, asn1.Explicit(1)]


def request_for(
    certificate: Certificate, issuer: Certificate, nonce: bytes, hash_name: Literal["sha1", "sha256"]
) -> bytes:
    """The DER of an unsigned OCSPRequest about one certificate (RFC 6960 4.1.1); `hash_name` is the CertID's.

    `nonce` are 16 to 32 random bytes (RFC 8954 section 2.1); any other length raises ValueError.
    """
    if len(nonce) not in NONCE_BYTES:
        raise ValueError("a nonce has 16 to 32 bytes")
    request = _request(certificate, issuer, _HASHES[hash_name]).add_extension(x509.OCSPNonce(nonce), False)
    return request.build().public_bytes(Encoding.DER)


def _request(certificate: Certificate, issuer: Certificate, algorithm: SHA1 | SHA256) -> ocsp.OCSPRequestBuilder:
    return ocsp.OCSPRequestBuilder().add_certificate(certificate.parsed, issuer.parsed, algorithm)


def check_response(
    der: bytes,
    certificate: Certificate,
    issuer: Certificate,
    *,
    nonce: bytes,
    now: datetime,
    skew: timedelta,
    max_age: timedelta,
    responders: Sequence[Certificate],
    root: Certificate,
) -> Status:
    """The status in the DER of an OCSPResponse of `certificate`, which `issuer` issued (RFC 6960 3.2).

    `nonce` is the one that was sent. Clocks may differ by `skew`; a response older than `max_age` is STALE whatever
    its nextUpdate says. `responders` are pinned certificates, `root` is the anchor of the issuer's path. The caller
    has checked the dates and the path of `issuer` and `root`, and looks up whether the responder named by
    `signed_by` is revoked itself.
    """
    if len(der) > MAX_BYTES:
        return _garbage(f"longer than {MAX_BYTES} bytes")
    try:
        form = read_form(der)
        response = form.response
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            why = f"responder says {_REFUSALS[response.response_status]}"
            failed = response.response_status in _SERVER_FAILED
            return Status(StatusValue.UNAVAILABLE, SOURCE, why=why, server_failed=failed)
        signer, signed_by = check_signer(form, issuer, root, responders, now)
        singles = list(response.responses)
        _check_extensions(response, len(singles), nonce)
        about = (single for single in singles if _is_about(single, certificate, issuer))
        statuses = [_status(single, now, skew, max_age) for single in about]
    except PathInvalid as error:
        return _invalid(error.why)
    except (*UNREADABLE, DerMalformed):
        return _garbage("not the DER of an OCSPResponse")
    if not statuses:
        return _invalid("not about this certificate")
    worst = min(statuses, key=lambda status: _WORST.index(status.value))
    shown_by = (OcspResponse(certificate.fingerprint, der, signer.der),)
    return replace(worst, signed_by=signed_by, shown_by=shown_by)


def _check_extensions(response: ocsp.OCSPResponse, singles: int, nonce: bytes) -> None:
    """Check the nonce, and that nothing is critical that is not understood (RFC 6960 4.4)."""
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            if not hmac.compare_digest(extension.value.nonce, nonce):
                raise PathInvalid("nonce is not ours")
        elif extension.critical:
            raise PathInvalid(f"extension {extension.oid.dotted_string} is not accepted")
    for extension in response.single_extensions if singles == 1 else _of_several(response):
        if extension.critical:
            raise PathInvalid(f"extension {extension.oid.dotted_string} is not accepted")


def _of_several(response: ocsp.OCSPResponse) -> list[_Extension]:
    """The extensions of several single responses, to which `cryptography` has no access."""
    data = asn1.decode_der(_ResponseData, response.tbs_response_bytes)
    return [extension for single in data.responses for extension in single.extensions or ()]


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the CertID is the certificate's (RFC 6960 4.1.1), by the hash that it names itself."""
    algorithm = single.hash_algorithm
    if single.serial_number != certificate.serial or not isinstance(algorithm, (SHA1, SHA256)):
        return False
    name_hash = hashlib.new(algorithm.name, _issuer_name(certificate.signed), usedforsecurity=False).digest()
    return (single.issuer_name_hash, single.issuer_key_hash) == (name_hash, _key_hash(issuer, algorithm.name))


def _issuer_name(signed: bytes) -> bytes:
    """The DER of the issuer's name in the signed part of a certificate, as its CA wrote it."""
    at, end = der_values.expect(signed, 0, len(signed), der_values.SEQUENCE)
    for _version_serial_algorithm in range(3):
        _, _, at = der_values.element(signed, at, end)
    return signed[at : der_values.element(signed, at, end)[2]]


@lru_cache(maxsize=_MOST_KEPT)
def _key_hash(issuer: Certificate, hash_name: str) -> bytes:
    """What every CertID has of an issuer's key."""
    return _request(issuer, issuer, _HASHES[hash_name]).build().issuer_key_hash


def _status(single: ocsp.OCSPSingleResponse, now: datetime, skew: timedelta, max_age: timedelta) -> Status:
    as_of = single.this_update_utc
    until = single.next_update_utc
    if as_of > now + skew:
        return Status(StatusValue.INVALID, SOURCE, as_of, until, why="thisUpdate is in the future")
    if until is not None and until < as_of:
        return Status(StatusValue.INVALID, SOURCE, as_of, until, why="nextUpdate is before thisUpdate")
    if until is not None and until < now - skew:
        return Status(StatusValue.STALE, SOURCE, as_of, until, why="nextUpdate has passed")
    if now - as_of > max_age:
        return Status(StatusValue.STALE, SOURCE, as_of, until, why="thisUpdate is too long ago")
    if single.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return Status(StatusValue.GOOD, SOURCE, as_of, until)
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return Status(StatusValue.UNKNOWN, SOURCE, as_of, until, why="the issuer does not know it")
    reason = single.revocation_reason
    held = reason is x509.ReasonFlags.certificate_hold
    return Status(
        StatusValue.ON_HOLD if held else StatusValue.REVOKED,
        SOURCE,
        as_of,
        until,
        revoked_at=single.revocation_time_utc,
        reason=None if reason is None else reason.value,
    )


def _invalid(why: str) -> Status:
    return Status(StatusValue.INVALID, SOURCE, why=why)


def _garbage(why: str) -> Status:
    return Status(StatusValue.INVALID, SOURCE, why=why, server_failed=True)
