"""Who may answer for an issuer by OCSP (RFC 6960 4.2.2.2), and whether they signed.

| signer | accepted if |
| --- | --- |
| the issuer itself | its key made the signature |
| pinned | its certificate is configured, and valid now |
| delegated | its certificate is in the answer, valid now, issued directly by the issuer, for OCSPSigning |
| of the root | as delegated, but issued by the root of the issuer's path, and OCSPSigning is critical |

The last is how Korean CAs do it: their responders' certificates come from the root and stand outside RFC 6960's
rule. Such a responder is not tied to one CA: it may answer for every CA below that root. Nothing in an answer
becomes an issuer, so no path is built. A responder's own revocation is not asked for (RFC 6960 4.2.2.2.1 leaves it
to the client): that question would have no end.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from cryptography.x509.oid import SignatureAlgorithmOID as Oid

from registrar.domain.ber import der_value
from registrar.domain.certificates import Certificate, Malformed, read_certificate
from registrar.domain.names import normal_name
from registrar.domain.path import WEAK_HASHES, PathError, check_dates, check_issuance, check_signed, signature_hash
from registrar.domain.weak_keys import weakness

MAX_CERTIFICATES = 5
"""A responder sends its own and perhaps its path; more are not looked at."""

# Understood here beside what certificates.py understands.
_UNDERSTOOD = {oid.dotted_string for oid in (ExtensionOID.EXTENDED_KEY_USAGE, ExtensionOID.OCSP_NO_CHECK)}

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


@lru_cache(maxsize=32)
def read_embedded(certificate: x509.Certificate) -> Certificate | None:
    """The facts of a certificate in an answer, None where it is malformed.

    The same few responders sign all answers, and reading their certificates costs more than a signature check. Only
    the reading is kept: dates, issuer and signature are checked for every answer.
    """
    try:
        return read_certificate(certificate.public_bytes(Encoding.DER))
    except Malformed:
        return None


def check_signer(
    response: ocsp.OCSPResponse,
    issuer: Certificate,
    root: Certificate,
    responders: Sequence[Certificate],
    now: datetime,
) -> None:
    """Check that somebody signed a successful response who may. Raises PathError, ValueError for odd bytes."""
    accepted = _SIGNATURES.get(response.signature_algorithm_oid)
    if accepted is None:
        raise PathError("signature algorithm not accepted")
    signed, signature = response.tbs_response_bytes, response.signature
    embedded = map(read_embedded, response.certificates[:MAX_CERTIFICATES])
    refused = None
    for signer in _named(response, signed, [issuer, *responders, *filter(None, embedded)]):
        try:
            _check_right(signer, issuer, root, responders, now)
            check_signed(signed, signature, signer, *accepted)
        except PathError as error:
            refused = refused or error
        else:
            return
    raise refused or PathError("signed by nobody known")


def _named(
    response: ocsp.OCSPResponse, signed: bytes, certificates: Sequence[Certificate]
) -> Sequence[Certificate]:
    """Those with the name of the responderID, or with the key whose SHA-1 it is."""
    digest = response.responder_key_hash
    if digest is not None:
        return [c for c in certificates if x509.SubjectKeyIdentifier.from_public_key(c.public_key).digest == digest]
    # Mostly it is the same bytes, and to read a name costs as much as half a signature check.
    if same := [c for c in certificates if _starts_with_name(signed, c.parsed.subject)]:
        return same
    name = normal_name(response.responder_name or x509.Name([]))
    return [c for c in certificates if c.subject == name]


def _starts_with_name(signed: bytes, name: x509.Name) -> bool:
    by_name = der_value(_BY_NAME, name.public_bytes())
    return by_name in signed[: _LONGEST_HEADER + len(by_name)]


def _check_right(
    signer: Certificate, issuer: Certificate, root: Certificate, responders: Sequence[Certificate], now: datetime
) -> None:
    """Check that `signer` may speak for the issuer. Raises PathError."""
    if signer.fingerprint == issuer.fingerprint:
        return
    if any(signer.fingerprint == pinned.fingerprint for pinned in responders):
        check_dates(signer, now)
    else:
        _check_delegation(signer, issuer, root, now)


def _check_delegation(certificate: Certificate, issuer: Certificate, root: Certificate, now: datetime) -> None:
    """Check that the issuer, or the root in its place, made `certificate` a responder's. Raises PathError."""
    check_dates(certificate, now)
    critical = _ocsp_signing(certificate)
    if certificate.is_ca:
        raise PathError("responder certificate is a CA's")
    if certificate.key_usage is not None and not certificate.key_usage.digital_signature:
        raise PathError("responder's keyUsage lacks digitalSignature")
    if refused := set(certificate.refused_extensions) - _UNDERSTOOD:
        raise PathError(f"extension {min(refused)} is not accepted")
    if isinstance(signature_hash(certificate), WEAK_HASHES):
        raise PathError("signed with a weak hash")
    if (weak := weakness(certificate.public_key)) is not None:
        raise PathError(f"weak key: {weak}")
    if certificate.issuer == issuer.subject:
        check_issuance(certificate, issuer)
    elif certificate.issuer == root.subject and critical:
        check_issuance(certificate, root)
    else:
        raise PathError("responder certificate is neither the issuer's nor the root's")


def _ocsp_signing(certificate: Certificate) -> bool:
    """Whether the purpose OCSPSigning is critical. Raises PathError without it; anyExtendedKeyUsage is none."""
    try:
        usage = certificate.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise PathError("responder's extendedKeyUsage lacks OCSPSigning") from None
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usage.value:
        raise PathError("responder's extendedKeyUsage lacks OCSPSigning")
    return usage.critical
