"""Certificates that come several at a time, and which of them is the customer's own.

A .p7b file is a SignedData that signs nothing (RFC 5652 section 5.1, "degenerate"): a bag of certificates. The
others in it are the issuers; they are not trusted here, only distinguished from the customer's.
"""

from collections.abc import Sequence

from cryptography import x509

from registrar.domain.asn1.names import NormalName, normal_name
from registrar.domain.asn1.structures import SEQUENCE, ContentInfo, SignedData, definite, der_of, read
from registrar.domain.certificates.written_defaults import parse_certificate
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

ID_SIGNED_DATA = "1.2.840.113549.1.7.2"
MAX_CERTIFICATES = 20
MAX_CERTIFICATE_BYTES = 16 * 1024


def certificates_in(content: bytes) -> list[bytes]:
    """The DER of every certificate in a SignedData, BER or DER, in its order; none of them has been parsed.

    Raises Refusal: FILE_UNREADABLE, FILE_NO_CERTIFICATE, FILE_SEVERAL_CERTIFICATES for more than 20.
    """
    try:
        outer = read(ContentInfo, definite(content))
        if outer.type.dotted_string != ID_SIGNED_DATA:
            raise Refusal(Code.FILE_UNREADABLE)
        values = read(SignedData, outer.content).certificates or []
    except ValueError:
        raise Refusal(Code.FILE_UNREADABLE) from None
    # A SEQUENCE is a certificate, a tagged value one of the other kinds of RFC 5652 section 10.2.2.
    found = [value for value in values if value.tag_bytes[0] == SEQUENCE]
    if not found:
        raise Refusal(Code.FILE_NO_CERTIFICATE)
    if len(found) > MAX_CERTIFICATES:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(found))
    return [der_of(value) for value in found]


def load_certificate(der: bytes) -> x509.Certificate:
    """A certificate of at most 16 KiB, parsed. Raises Refusal UPLOAD_TOO_LARGE or FILE_UNREADABLE."""
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise Refusal(Code.UPLOAD_TOO_LARGE, max_bytes=MAX_CERTIFICATE_BYTES)
    try:
        return parse_certificate(der)
    except (ValueError, x509.InvalidVersion):
        raise Refusal(Code.FILE_UNREADABLE) from None


def choose_end_entity(certificates: Sequence[bytes]) -> bytes:
    """The only certificate that is not a CA's and issued none of the others; a single certificate is always chosen.

    Raises Refusal: FILE_NO_CERTIFICATE when all of several are CAs, FILE_SEVERAL_CERTIFICATES when more than
    one is left or there are more than 20, FILE_UNREADABLE, UPLOAD_TOO_LARGE.
    """
    distinct = list(dict.fromkeys(certificates))
    if len(distinct) > MAX_CERTIFICATES:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(distinct))
    parsed = [load_certificate(der) for der in distinct]
    if len(distinct) == 1:
        return distinct[0]
    issuers = [_issuer_of_another(certificate) for certificate in parsed]
    left = [
        der
        for der, certificate in zip(distinct, parsed, strict=True)
        if not _is_ca(certificate) and normal_name(certificate.subject) not in issuers
    ]
    if not left:
        raise Refusal(Code.FILE_NO_CERTIFICATE)
    if len(left) > 1:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(left))
    return left[0]


def _issuer_of_another(certificate: x509.Certificate) -> NormalName | None:
    """Who issued it, or None where it did so itself."""
    issuer = normal_name(certificate.issuer)
    return None if issuer == normal_name(certificate.subject) else issuer


def _is_ca(certificate: x509.Certificate) -> bool:
    """Whether it says so; one whose extensions cannot be read is taken for a customer's and refused later."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
