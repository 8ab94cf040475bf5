"""A signature over the bank's text in the form that Korean client modules make: CMS SignedData (RFC 5652).

`cryptography` makes such messages but does not verify them. What is accepted here is far less than the RFC has:

| part of the message | accepted |
| --- | --- |
| encoding | DER in every part that is looked at, or BER that is converted to it first: indefinite lengths, octet strings in pieces (Bouncy Castle and other writers of streams); at most 16 KiB |
| eContent (5.2) | absent, or the expected bytes |
| versions, digestAlgorithms, certificates, crls (5.1), unsignedAttrs (5.3) | ignored: the key is that of the certificate given, and no other |
| signerInfos (5.1) | exactly one that names the certificate; others are ignored |
| sid (5.3) | issuer and serial number as they stand in the certificate, or its subjectKeyIdentifier |
| digestAlgorithm (10.1.1) | SHA-256, SHA-384, SHA-512 |
| signedAttrs (5.3, 5.4, 11.1, 11.2) | absent, or with content-type id-data and message-digest, each once with one value; the signature is over their DER as SET OF, or over them in the order in which they came (node-forge does not sort them). Others, signing-time included, are signed but not read |
| signatureAlgorithm (10.1.2) | RSASSA-PKCS1-v1_5 as rsaEncryption or with the digest's name (RFC 3370 3.2, 5754 3.2), RSASSA-PSS with the digest throughout (RFC 4055 3.1), ECDSA with the digest's name (RFC 5753 2.1.1, 5758 3.2) |

Without signedAttrs the signature is over the content itself. Such a message could be made of one that has them, by
calling the DER of its attributes the content: content of that form is refused.

What is ignored may hold anything, so a message is kept without it (`signer_alone`): whoever reads it later, with
whatever program, finds the same signature.
"""  # noqa: E501 - rows of a table

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from registrar.domain.asn1 import der
from registrar.domain.asn1.ber import der_value, to_der
from registrar.domain.certificates.certificate import UNREADABLE
from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.certificates.pss import read_pss
from registrar.domain.possession.proofs import MAX_CMS_BYTES
from registrar.domain.reasons.errors import ContentNeeded, DerMalformed, PossessionProofInvalid

MAX_BYTES = MAX_CMS_BYTES

_ID_DATA = x509.ObjectIdentifier("1.2.840.113549.1.7.1")
_ID_SIGNED_DATA = x509.ObjectIdentifier("1.2.840.113549.1.7.2")
_ID_CONTENT_TYPE = x509.ObjectIdentifier("1.2.840.113549.1.9.3")
_ID_MESSAGE_DIGEST = x509.ObjectIdentifier("1.2.840.113549.1.9.4")
_MESSAGE_DIGEST = asn1.encode_der(_ID_MESSAGE_DIGEST)
_CONTENT_TAG = 0xA0
_ID_SIGNING_TIME = x509.ObjectIdentifier("1.2.840.113549.1.9.5")

# SignerInfo's version for each kind of sid, and SignedData's with it (RFC 5652 5.1, 5.3), as they are written.
_VERSION_ISSUER_AND_SERIAL = 1
_VERSION_KEY_ID = 3

# All that the ASN.1 decoder may raise for bytes it cannot read.
_UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError, MemoryError)

Digest = SHA256 | SHA384 | SHA512


class ContentDigest(NamedTuple):
    """Content of which only the SHA-256 is at hand."""

    sha256: bytes


Content = bytes | ContentDigest


@asn1.sequence
class _AlgorithmIdentifier:
    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Attribute:
    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _IssuerAndSerialNumber:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class _SignerInfo:
    version: int
    sid: _IssuerAndSerialNumber | Annotated[bytes, asn1.Implicit(0)]
    digest_algorithm: asn1.TLV
    # A SET OF, read as what has the same encoding but any order.
    signed_attributes: Annotated[list[_Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned_attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class _EncapsulatedContentInfo:
    content_type: x509.ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class _SignedData:
    version: int
    digest_algorithms: asn1.SetOf[asn1.TLV]
    content_info: _EncapsulatedContentInfo
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signer_infos: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _ContentInfo:
    content_type: x509.ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


def _encodings(oid: str, *, null: bool) -> list[bytes]:
    """The DER of an AlgorithmIdentifier without parameters and, where that is allowed, with NULL."""
    forms = (None, asn1.Null()) if null else (None,)
    algorithm = x509.ObjectIdentifier(oid)
    return [asn1.encode_der(_AlgorithmIdentifier(algorithm=algorithm, parameters=form)) for form in forms]


# Algorithms are compared as a whole, parameters included. RFC 5754 section 2: NULL or nothing for a digest.
_DIGESTS: dict[bytes, Digest] = {
    encoding: digest
    for oid, digest in (
        ("2.16.840.1.101.3.4.2.1", SHA256()),
        ("2.16.840.1.101.3.4.2.2", SHA384()),
        ("2.16.840.1.101.3.4.2.3", SHA512()),
    )
    for encoding in _encodings(oid, null=True)
}
# The digest each algorithm names; rsaEncryption names none.
_RSA_SIGNATURES: dict[bytes, str | None] = {
    encoding: name
    for oid, name in (
        ("1.2.840.113549.1.1.1", None),
        ("1.2.840.113549.1.1.11", "sha256"),
        ("1.2.840.113549.1.1.12", "sha384"),
        ("1.2.840.113549.1.1.13", "sha512"),
    )
    for encoding in _encodings(oid, null=True)
}
_EC_SIGNATURES: dict[bytes, str | None] = {
    encoding: name
    for oid, name in (
        ("1.2.840.10045.4.3.2", "sha256"),
        ("1.2.840.10045.4.3.3", "sha384"),
        ("1.2.840.10045.4.3.4", "sha512"),
    )
    for encoding in _encodings(oid, null=False)
}


def check_cms_signature(message: bytes, certificate_der: bytes, content: Content) -> None:
    """Check that `message` is a CMS signature over `content` by the key of the certificate (RFC 5652 5.6).

    Raises PossessionProofInvalid, whatever bytes `message` holds: ContentNeeded where a digest of the content is
    not enough; ValueError where `certificate_der` is no certificate, which is a defect of ours: only one that was
    accepted before gets here. Says nothing about the certificate itself: its dates, path and status are others'
    business.
    """
    _checked_signer(message, certificate_der, content)


def signer_alone(message: bytes, certificate_der: bytes, content: Content) -> bytes:
    """A detached message (DER) with the signature that `check_cms_signature` accepts, and nothing else.

    Raises as that does.
    """
    signer = _checked_signer(message, certificate_der, content)
    version = _VERSION_KEY_ID if isinstance(signer.sid, bytes) else _VERSION_ISSUER_AND_SERIAL
    alone = _SignerInfo(
        version=version,
        sid=signer.sid,
        digest_algorithm=signer.digest_algorithm,
        signed_attributes=signer.signed_attributes,
        signature_algorithm=signer.signature_algorithm,
        signature=signer.signature,
        unsigned_attributes=None,
    )
    signed = _SignedData(
        version=version,
        digest_algorithms=asn1.SetOf([signer.digest_algorithm]),
        content_info=_EncapsulatedContentInfo(content_type=_ID_DATA, content=None),
        certificates=None,
        crls=None,
        signer_infos=asn1.SetOf([alone]),
    )
    return _wrapped(signed)


def _wrapped(signed: _SignedData) -> bytes:
    content = der_value(_CONTENT_TAG, asn1.encode_der(signed))
    return der_value(der.SEQUENCE, asn1.encode_der(_ID_SIGNED_DATA) + content)


def _checked_signer(message: bytes, certificate_der: bytes, content: Content) -> _SignerInfo:
    """The signer whose signature holds, with the attributes in the order in which they were signed."""
    certificate = parse_certificate(certificate_der)
    signed = _read(message)
    if signed.content_info.content_type != _ID_DATA:
        raise PossessionProofInvalid("eContentType is not id-data")
    enclosed = signed.content_info.content
    if enclosed is not None:
        if not _is_content(enclosed, content):
            raise PossessionProofInvalid("eContent is not the expected content")
        content = enclosed
    signer = _signer_of(signed, certificate)
    digest = _DIGESTS.get(asn1.encode_der(signer.digest_algorithm))
    if digest is None:
        raise PossessionProofInvalid("digest algorithm not accepted")
    if signer.signed_attributes is None:
        # A digest does not show whether the content is the attributes of another message.
        if isinstance(content, ContentDigest):
            raise ContentNeeded("without signedAttrs the content itself is needed")
        if is_signed_attributes(content):
            raise PossessionProofInvalid("the content is the signed attributes of a message")
        _check_signature(signer, certificate, content, digest)
        return signer
    _check_attributes(signer.signed_attributes, digest, content)
    as_it_came = _encoded(signer.signed_attributes)
    if as_it_came != sorted(as_it_came):
        with suppress(PossessionProofInvalid):
            _check_signature(signer, certificate, _set_of(as_it_came), digest)
            return signer
        signer.signed_attributes.sort(key=asn1.encode_der)
    _check_signature(signer, certificate, _set_of(sorted(as_it_came)), digest)
    return signer


def _encoded(attributes: list[_Attribute]) -> list[bytes]:
    return [asn1.encode_der(attribute) for attribute in attributes]


def _set_of(encoded: list[bytes]) -> bytes:
    """What is signed: the attributes under the tag of a SET OF (RFC 5652 5.4)."""
    return der_value(der.SET, b"".join(encoded))


def is_signed_attributes(content: bytes) -> bool:
    """Whether `content` is what a message with signedAttrs signs (RFC 5652 5.4): a SET with a message-digest."""
    if _MESSAGE_DIGEST not in content:
        return False
    try:
        _, end = der.expect(content, 0, len(content), der.SET)
    except DerMalformed:
        return False
    return end == len(content)


@dataclass(frozen=True, slots=True)
class Signer:
    """What a message says of its one signer, unchecked: their certificate (DER) where it has it, the signature."""

    certificate: bytes | None
    signature: bytes


def read_signer(message: bytes) -> Signer:
    """Read who signed. Raises PossessionProofInvalid."""
    signed = _read(message)
    signer = _only_signer(signed)
    brought = (asn1.encode_der(each) for each in signed.certificates or ())
    certificate = next((each for each in brought if _is_signers(signer, each)), None)
    return Signer(certificate, signer.signature)


def signing_time(message: bytes, certificate_der: bytes) -> datetime | None:
    """When the signer says that they signed (RFC 5652 11.3), where their attributes say that once and legibly.

    Raises PossessionProofInvalid.
    """
    signer = _signer_of(_read(message), parse_certificate(certificate_der))
    if signer.signed_attributes is None:
        return None
    with suppress(PossessionProofInvalid, *_UNREADABLE):
        value = _only_value(signer.signed_attributes, _ID_SIGNING_TIME)
        with suppress(*_UNREADABLE):
            return asn1.decode_der(asn1.UTCTime, value).as_datetime()
        return asn1.decode_der(asn1.GeneralizedTime, value).as_datetime()
    return None


def _is_content(enclosed: bytes, content: Content) -> bool:
    if isinstance(content, ContentDigest):
        return hmac.compare_digest(hashlib.sha256(enclosed).digest(), content.sha256)
    return enclosed == content


def _read(message: bytes) -> _SignedData:
    if len(message) > MAX_BYTES:
        raise PossessionProofInvalid(f"longer than {MAX_BYTES} bytes")
    for convert in (bytes, to_der):
        try:
            info = asn1.decode_der(_ContentInfo, convert(message))
            if info.content_type != _ID_SIGNED_DATA:
                raise PossessionProofInvalid("contentType is not id-signedData")
            signed: _SignedData = info.content.parse(_SignedData)
        except _UNREADABLE:
            continue
        return signed
    raise PossessionProofInvalid("not the DER of a SignedData")


def _only_signer(signed: _SignedData) -> _SignerInfo:
    signers = signed.signer_infos.as_list()
    if len(signers) != 1:
        raise PossessionProofInvalid("not exactly one signer")
    return signers[0]


def _signer_of(signed: _SignedData, certificate: x509.Certificate) -> _SignerInfo:
    found = [signer for signer in signed.signer_infos.as_list() if _names(signer, certificate)]
    if not found:
        raise PossessionProofInvalid("the signer is not the certificate's holder")
    if len(found) > 1:
        raise PossessionProofInvalid("several signatures by one signer")
    return found[0]


def _names(signer: _SignerInfo, certificate: x509.Certificate) -> bool:
    if isinstance(signer.sid, bytes):
        return signer.sid == _subject_key_id(certificate)
    # Byte by byte: a client copies the issuer's name from the certificate.
    issuer = certificate.issuer.public_bytes()
    return asn1.encode_der(signer.sid.issuer) == issuer and signer.sid.serial == certificate.serial_number


def _is_signers(signer: _SignerInfo, content: bytes) -> bool:
    """Whether `content`, which may be anything, is a certificate that the signer's identifier names."""
    try:
        return _names(signer, parse_certificate(content))
    except UNREADABLE:
        return False


def _subject_key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


def _check_attributes(attributes: list[_Attribute], digest: Digest, content: Content) -> None:
    if _only_value(attributes, _ID_CONTENT_TYPE) != asn1.encode_der(_ID_DATA):
        raise PossessionProofInvalid("content-type is not id-data")
    if not isinstance(content, ContentDigest):
        value = hashlib.new(digest.name, content).digest()
    elif isinstance(digest, SHA256):
        value = content.sha256
    else:
        raise ContentNeeded(f"for {digest.name} the content itself is needed")
    expected = asn1.encode_der(value)
    if not hmac.compare_digest(_only_value(attributes, _ID_MESSAGE_DIGEST), expected):
        raise PossessionProofInvalid("message-digest is not the content's")


def _only_value(attributes: list[_Attribute], oid: x509.ObjectIdentifier) -> bytes:
    """The DER of the one value of the one attribute of that type (RFC 5652 11.1, 11.2)."""
    found = [attribute.values.as_list() for attribute in attributes if attribute.type == oid]
    if len(found) != 1 or len(found[0]) != 1:
        raise PossessionProofInvalid(f"attribute {oid.dotted_string} is not there exactly once")
    return asn1.encode_der(found[0][0])


def _check_signature(
    signer: _SignerInfo, certificate: x509.Certificate, to_be_signed: bytes, digest: Digest
) -> None:
    key = certificate.public_key()
    algorithm = asn1.encode_der(signer.signature_algorithm)
    pss = read_pss(algorithm) if isinstance(key, rsa.RSAPublicKey) else None
    algorithms = _RSA_SIGNATURES if isinstance(key, rsa.RSAPublicKey) else _EC_SIGNATURES
    named = pss[1].name if pss else algorithms.get(algorithm, "")
    if named not in (None, digest.name):
        raise PossessionProofInvalid("signature algorithm is not accepted for this key and digest")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signer.signature, to_be_signed, pss[0] if pss else padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signer.signature, to_be_signed, ec.ECDSA(digest))
        else:
            raise PossessionProofInvalid("the certificate's key is neither RSA nor EC")
    except InvalidSignature:
        raise PossessionProofInvalid("signature does not verify") from None
    except (UnsupportedAlgorithm, ValueError):
        raise PossessionProofInvalid("signature cannot be verified with this key") from None
