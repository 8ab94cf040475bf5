"""Certificates that come several at a time, and which of them is the customer's own.

A .p7b file is a SignedData that signs nothing (RFC 5652 section 5.1, "degenerate"): a bag of certificates. The
others in it are the issuers; they are not trusted here, only distinguished from the customer's.
"""

from collections.abc import Sequence

from cryptography import x509

from registrar.domain.asn1.names import NormalName, normal_name
from registrar.domain.asn1.structures import (
    SEQUENCE,
    ContentInfo,
    SignedData,
    definite,
    der_of,
    outline,
    read,
    values,
)
from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

ID_SIGNED_DATA = "1.2.840.113549.1.7.2"
MAX_CERTIFICATES = 20
MAX_CERTIFICATE_BYTES = 16 * 1024

_CERTIFICATE = (0x30, 0x30, 0x03)
_VERSION = 0xA0
# Serial number, signature algorithm, issuer, validity, subject, public key.
_TO_BE_SIGNED = (0x02, 0x30, 0x30, 0x30, 0x30, 0x30)


def certificates_in(content: bytes) -> list[bytes]:
    """The DER of every certificate in a SignedData, BER or DER, in its order; none of them has been parsed.

    Raises Refusal: FILE_UNREADABLE, FILE_NO_CERTIFICATE, FILE_SEVERAL_CERTIFICATES for more than 20.
    """
    try:
        outer = read(ContentInfo, definite(content))
        if outer.type.dotted_string != ID_SIGNED_DATA:
            raise Refusal(Code.FILE_UNREADABLE)
        members = read(SignedData, outer.content).certificates or []
    except ValueError:
        raise Refusal(Code.FILE_UNREADABLE) from None
    # A SEQUENCE is a certificate, a tagged value one of the other kinds of RFC 5652 section 10.2.2.
    found = [value for value in members if value.tag_bytes[0] == SEQUENCE]
    if not found:
        raise Refusal(Code.FILE_NO_CERTIFICATE)
    if len(found) > MAX_CERTIFICATES:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(found))
    return [der_of(value) for value in found]


def is_certificate(der: bytes) -> bool:
    """Whether `der` has the outline of a certificate (RFC 5280 section 4.1); a request and a CRL have others.

    The parser may still refuse it, whole, for one value in it.
    """
    try:
        parts = values(der)
        shape = tuple(part.tag_bytes[0] for part in parts)
        inside = outline(der_of(parts[0])) if shape == _CERTIFICATE else ()
    except ValueError:
        return False
    return inside[inside[:1] == (_VERSION,) :][: len(_TO_BE_SIGNED)] == _TO_BE_SIGNED


def load_certificate(der: bytes) -> x509.Certificate:
    """A certificate of at most 16 KiB, parsed. Raises Refusal UPLOAD_TOO_LARGE, FILE_UNREADABLE or CERT_MALFORMED.

    CERT_MALFORMED is for a file that is whole, but has a value that RFC 5280 does not allow: another export would
    have it too.
    """
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise Refusal(Code.UPLOAD_TOO_LARGE, max_bytes=MAX_CERTIFICATE_BYTES)
    try:
        return parse_certificate(der)
    except (ValueError, x509.InvalidVersion):
        code = Code.CERT_MALFORMED if is_certificate(der) else Code.FILE_UNREADABLE
        raise Refusal(code) from None


def choose_end_entity(certificates: Sequence[bytes]) -> bytes:
    """The only certificate that is not a CA's and issued none of the others; a single certificate is always chosen.

    Of several, the one for signing: customers of some CAs hold another for encipherment beside it.
    Raises Refusal: FILE_NO_CERTIFICATE when all of several are CAs, FILE_SEVERAL_CERTIFICATES when more than
    one is left or there are more than 20, FILE_UNREADABLE, UPLOAD_TOO_LARGE, CERT_MALFORMED.
    """
    distinct = list(dict.fromkeys(certificates))
    if len(distinct) > MAX_CERTIFICATES:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(distinct))
    parsed = [load_certificate(der) for der in distinct]
    if len(distinct) == 1:
        return distinct[0]
    names = [_names(certificate) for certificate in parsed]
    issuers = {issuer for subject, issuer in names if issuer != subject}
    left = [
        der
        for der, certificate, (subject, _) in zip(distinct, parsed, names, strict=True)
        if not _is_ca(certificate) and subject not in issuers
    ]
    if not left:
        raise Refusal(Code.FILE_NO_CERTIFICATE)
    if len(left) > 1:
        left = only_for_signing(left)
    return left[0]


def only_for_signing(certificates: Sequence[bytes]) -> list[bytes]:
    """The one of several certificates whose keyUsage allows signing. Raises Refusal FILE_SEVERAL_CERTIFICATES."""
    signing = [der for der in certificates if _may_sign(load_certificate(der))]
    if len(signing) != 1:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(signing) or len(certificates))
    return signing


def _names(certificate: x509.Certificate) -> tuple[NormalName, NormalName]:
    """Subject and issuer, whose texts are only decoded now. Raises Refusal CERT_MALFORMED."""
    try:
        return normal_name(certificate.subject), normal_name(certificate.issuer)
    except ValueError:
        raise Refusal(Code.CERT_MALFORMED) from None


def _may_sign(certificate: x509.Certificate) -> bool:
    """Whether its keyUsage says digitalSignature; one without a readable keyUsage may."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return True


def _is_ca(certificate: x509.Certificate) -> bool:
    """Whether it says so; one whose extensions cannot be read is taken for a customer's and refused later."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
