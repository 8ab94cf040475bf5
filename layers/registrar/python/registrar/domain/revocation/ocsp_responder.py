"""Which OCSP responders an issuer authorises (RFC 6960 4.2.2.2), and whether one of them signed.

| signer | accepted if |
| --- | --- |
| the issuer itself | its key made the signature |
| pinned | its certificate is configured, and valid now |
| delegated | its certificate is in the response, valid now, issued directly by the issuer, for OCSPSigning |
| of the root | as delegated, but issued by the root of the issuer's path, and OCSPSigning is critical |

The last is how Korean CAs do it: their responders' certificates come from the root and stand outside RFC 6960's
rule. Such a responder is not tied to one CA: it may respond for every CA below that root. Nothing in a response
becomes an issuer, so no path is built. Whether a responder is revoked itself is not queried by OCSP, which would
have no end: it is looked up on the lists of its issuer (steps/responder_checks.py).
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from cryptography.x509.oid import SignatureAlgorithmOID as Oid

from registrar.domain.asn1.ber import der_value
from registrar.domain.asn1.names import normal_name
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.path import (
    WEAK_HASHES,
    check_dates,
    check_issuance,
    check_signed,
    signature_hash,
)
from registrar.domain.certificates.pss import read_pss
from registrar.domain.certificates.weak_keys import weakness
from registrar.domain.reasons.errors import CertificateMalformed, PathInvalid
from registrar.domain.revocation.ocsp_form import Form
from registrar.domain.revocation.status import Responder

MAX_CERTIFICATES = 5
"""A responder sends its own and perhaps its path; more are not looked at."""

# Understood here beside `UNDERSTOOD` of certificates/certificate.py.
_UNDERSTOOD = {oid.dotted_string for oid in (ExtensionOID.EXTENDED_KEY_USAGE, ExtensionOID.OCSP_NO_CHECK)}

# The operators of a trust document have a few responders each, and renew their certificates every few weeks.
_MOST_KEPT = 32
_BY_NAME = 0xA1  # ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }
_LONGEST_HEADER = 4

_SIGNATURES = {
    Oid.RSA_WITH_SHA256: (padding.PKCS1v15(), SHA256()),
    Oid.RSA_WITH_SHA384: (padding.PKCS1v15(), SHA384()),
    Oid.RSA_WITH_SHA512: (padding.PKCS1v15(), SHA512()),
    Oid.ECDSA_WITH_SHA256: (ec.ECDSA(SHA256()), SHA256()),
    Oid.ECDSA_WITH_SHA384: (ec.ECDSA(SHA384()), SHA384()),
    Oid.ECDSA_WITH_SHA512: (ec.ECDSA(SHA512()), SHA512()),
}


class Candidate(NamedTuple):
    """A certificate that may be the signer's; `unfit` says why it cannot be a responder's."""

    certificate: Certificate
    unfit: str | None = None


@lru_cache(maxsize=_MOST_KEPT)
def read_embedded(der: bytes) -> Candidate | None:
    """A certificate in a response, None if it is malformed.

    The same few responders sign all responses, and to parse and check their certificates costs more than a
    signature check. So the results that depend on the certificate's bytes alone are cached, and those that depend
    on its and its issuer's (`check_issued`); its dates, its right and the response's signature are checked for
    every response.
    """
    try:
        facts = read_certificate(der)
    except CertificateMalformed:
        return None
    return Candidate(facts, _unfit(facts))


def _unfit(certificate: Certificate) -> str | None:
    purpose = _purpose(certificate)
    if purpose is None or ExtendedKeyUsageOID.OCSP_SIGNING not in purpose.value:
        return "responder's extendedKeyUsage lacks OCSPSigning"
    if certificate.is_ca:
        return "responder certificate is a CA's"
    if certificate.key_usage is not None and not certificate.key_usage.digital_signature:
        return "responder's keyUsage lacks digitalSignature"
    if refused := set(certificate.refused_extensions) - _UNDERSTOOD:
        return f"extension {min(refused)} is not accepted"
    if isinstance(signature_hash(certificate), WEAK_HASHES):
        return "signed with a weak hash"
    weak = weakness(certificate.public_key)
    return None if weak is None else f"weak key: {weak}"


@lru_cache(maxsize=_MOST_KEPT)
def _purpose(certificate: Certificate) -> x509.Extension[x509.ExtendedKeyUsage] | None:
    try:
        return certificate.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return None


@lru_cache(maxsize=_MOST_KEPT)
def check_issued(certificate: Certificate, issuer: Certificate) -> None:
    """Check that `issuer` issued a responder's certificate. Raises PathInvalid, which is not kept.

    It depends on the bytes of both certificates alone, and costs a signature check.
    """
    check_issuance(certificate, issuer)


def check_signer(
    form: Form,
    issuer: Certificate,
    root: Certificate,
    responders: Sequence[Certificate],
    now: datetime,
) -> tuple[Certificate, Responder | None]:
    """The authorised signer that made the response, and as what it may be revoked (see `_responder_of`).

    Raises PathInvalid, ValueError for malformed bytes.
    """
    response = form.response
    accepted = _SIGNATURES.get(response.signature_algorithm_oid) or read_pss(form.algorithm)
    if accepted is None:
        raise PathInvalid("signature algorithm not accepted")
    signed = form.signed
    signature = response.signature
    embedded = map(read_embedded, form.certificates[:MAX_CERTIFICATES])
    candidates = [*map(Candidate, (issuer, *responders)), *filter(None, embedded)]
    refused = None
    for candidate in _named(response, signed, candidates):
        try:
            _check_right(candidate, issuer, root, responders, now)
            check_signed(signed, signature, candidate.certificate.public_key, *accepted)
        except PathInvalid as error:
            refused = refused or error
        else:
            return candidate.certificate, _responder_of(candidate.certificate, issuer, root)
    raise refused or PathInvalid("signed by an unknown responder")


def _responder_of(signer: Certificate, issuer: Certificate, root: Certificate) -> Responder | None:
    """The signer with its issuer, on whose list it may stand; None for the issuing CA itself, and for a pinned
    responder of another issuer."""
    if signer.fingerprint == issuer.fingerprint:
        return None
    for above in (issuer, root):
        with suppress(PathInvalid):
            check_issued(signer, above)
            return Responder(signer, above)
    return None


def is_nocheck(responder: Certificate) -> bool:
    """Whether its issuer says that its revocation need not be checked (RFC 6960 4.2.2.2.1)."""
    return any(extension.oid == ExtensionOID.OCSP_NO_CHECK for extension in responder.parsed.extensions)


def _named(response: ocsp.OCSPResponse, signed: bytes, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those with the name of the responderID, or with the key whose SHA-1 it is."""
    digest = response.responder_key_hash
    if digest is not None:
        return [c for c in candidates if _key_hash(c.certificate) == digest]
    # Mostly it is the same bytes, and to read a name costs as much as half a signature check.
    if same := [c for c in candidates if _starts_with_name(signed, _by_name(c.certificate))]:
        return same
    name = normal_name(response.responder_name or x509.Name([]))
    return [c for c in candidates if c.certificate.subject == name]


@lru_cache(maxsize=_MOST_KEPT)
def _key_hash(certificate: Certificate) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key).digest


@lru_cache(maxsize=_MOST_KEPT)
def _by_name(certificate: Certificate) -> bytes:
    return der_value(_BY_NAME, certificate.parsed.subject.public_bytes())


def _starts_with_name(signed: bytes, by_name: bytes) -> bool:
    return by_name in signed[: _LONGEST_HEADER + len(by_name)]


def _check_right(
    signer: Candidate, issuer: Certificate, root: Certificate, responders: Sequence[Certificate], now: datetime
) -> None:
    """Check that `signer` is authorised by the issuer. Raises PathInvalid."""
    certificate = signer.certificate
    if certificate.fingerprint == issuer.fingerprint:
        return
    check_dates(certificate, now)
    if any(certificate.fingerprint == pinned.fingerprint for pinned in responders):
        return
    if signer.unfit is not None:
        raise PathInvalid(signer.unfit)
    purpose = _purpose(certificate)
    if certificate.issuer == issuer.subject:
        check_issued(certificate, issuer)
    elif certificate.issuer == root.subject and purpose is not None and purpose.critical:
        check_issued(certificate, root)
    else:
        raise PathInvalid("responder certificate is neither the issuer's nor the root's")
