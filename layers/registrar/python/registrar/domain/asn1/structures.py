"""The ASN.1 of the files that customers hold, each SEQUENCE as a class, read strictly as DER.

The only module beside identify_data that uses `cryptography.hazmat.asn1`, whose API is not yet stable. Values
of type ANY stay TLV until their type is known. An IMPLICIT SET OF is declared as a list: the bytes are the
same, and real writers do not sort their sets as DER asks.

If you add a structure, say which section of which specification it is from; a test cuts a sample at every byte.
"""

from typing import Annotated, TypeVar

from cryptography import x509
from cryptography.hazmat import asn1

from registrar.domain.asn1.ber import der_value, to_der

TLV = asn1.TLV
SEQUENCE = 0x30
NULL = 0x05

T = TypeVar("T")


def read(structure: type[T], der: bytes | TLV) -> T:
    """The value of `structure` that is all of `der`. Raises ValueError for anything else."""
    try:
        parsed: T = der.parse(structure) if isinstance(der, TLV) else asn1.decode_der(structure, der)
    except (TypeError, OverflowError) as error:
        raise ValueError(type(error).__name__) from error
    return parsed


def definite(content: bytes) -> bytes:
    """`content` itself if it is one DER value of type SEQUENCE, else its BER converted to DER.

    Raises ValueError when it is neither.
    """
    try:
        values(content)
    except ValueError:
        content = to_der(content)
        values(content)
    return content


def values(der: bytes) -> list[TLV]:
    """The values in the SEQUENCE (OF) that is all of `der`. Raises ValueError."""
    return read(_OneSequence, der_value(SEQUENCE, der)).values


def outline(der: bytes) -> tuple[int, ...]:
    """The tags of the values in the SEQUENCE `der`: enough to distinguish the kinds of files.

    Raises ValueError.
    """
    return tuple(value.tag_bytes[0] for value in values(der))


def ber_outline(content: bytes) -> tuple[int, ...]:
    """The `outline` of a SEQUENCE in BER or DER. Raises ValueError."""
    try:
        return outline(content)
    except ValueError:
        return outline(to_der(content))


def der_of(value: TLV) -> bytes:
    """The bytes of a value, tag and length included."""
    return der_value(value.tag_bytes[0], bytes(value.data))


@asn1.sequence
class _OneSequence:
    """A SEQUENCE around a SEQUENCE OF ANY: decode_der takes classes only, so the outer one is added."""

    values: list[TLV]


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier with parameters (RFC 5280 section 4.1.1.2)."""

    oid: x509.ObjectIdentifier
    parameters: TLV


@asn1.sequence
class PlainAlgorithm:
    """AlgorithmIdentifier of a hash or HMAC: no parameters, or NULL."""

    oid: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class EncryptedPrivateKeyInfo:
    """RFC 5958 section 3 (RFC 5208 section 6): signPri.key, and a shrouded key bag."""

    algorithm: Algorithm
    data: bytes


@asn1.sequence
class PbeParameter:
    """RFC 8018 appendix A.3, and pkcs-12PbeParams of RFC 7292 appendix C."""

    salt: bytes
    rounds: int


@asn1.sequence
class Pbes2Parameters:
    """RFC 8018 appendix A.4."""

    derivation: Algorithm
    encryption: Algorithm


@asn1.sequence
class Pbkdf2Parameters:
    """RFC 8018 appendix A.2; of the two kinds of salt only the octets."""

    salt: bytes
    rounds: int
    key_bytes: int | None
    prf: PlainAlgorithm | None


@asn1.sequence
class ScryptParameters:
    """RFC 7914 section 7.1."""

    salt: bytes
    n: int
    r: int
    p: int
    key_bytes: int | None


@asn1.sequence
class PrivateKeyInfo:
    """OneAsymmetricKey (RFC 5958 section 2); version 0 is the PrivateKeyInfo of RFC 5208.

    The algorithm stays as it is: whatever its parameters are, the key was opened with the right password.
    """

    version: int
    algorithm: TLV
    key: bytes
    attributes: Annotated[list[TLV] | None, asn1.Implicit(0)]
    public_key: Annotated[asn1.BitString | None, asn1.Implicit(1)]


@asn1.sequence
class Attribute:
    """RFC 5958 section 2; here always with values that are a SET OF BIT STRING."""

    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.BitString]


@asn1.sequence
class AnyAttribute:
    """An attribute whose values are not read."""

    type: x509.ObjectIdentifier
    values: TLV


@asn1.sequence
class RsaPrivateKey:
    """RFC 8017 appendix A.1.2, two primes."""

    version: int
    n: int
    e: int
    d: int
    p: int
    q: int
    d_p: int
    d_q: int
    q_inverse: int


@asn1.sequence
class _PrimeField:
    """RFC 3279 section 2.3.5: FieldID of a curve over a prime field."""

    type: x509.ObjectIdentifier
    prime: int


@asn1.sequence
class ExplicitCurve:
    """RFC 3279 section 2.3.5 (SpecifiedECDomain of SEC 1 C.2), of which the field names the curve."""

    version: int
    field: _PrimeField
    curve: TLV
    base: bytes
    order: int
    cofactor: int | None


@asn1.sequence
class EcPrivateKey:
    """RFC 5915 section 3."""

    version: int
    scalar: bytes
    curve: Annotated[x509.ObjectIdentifier | ExplicitCurve | None, asn1.Explicit(0)]
    point: Annotated[asn1.BitString | None, asn1.Explicit(1)]


@asn1.sequence
class ContentInfo:
    """RFC 5652 section 3."""

    type: x509.ObjectIdentifier
    content: Annotated[TLV, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    """RFC 5652 section 5.1, of which only the certificates are of interest."""

    version: int
    digests: TLV
    content: TLV
    certificates: Annotated[list[TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[TLV] | None, asn1.Implicit(1)]
    signers: TLV


@asn1.sequence
class _DigestInfo:
    algorithm: TLV
    digest: bytes


@asn1.sequence
class MacData:
    """RFC 7292 section 4."""

    mac: _DigestInfo
    salt: bytes
    rounds: int | None


@asn1.sequence
class Pfx:
    """RFC 7292 section 4, with a MAC or without."""

    version: int
    content: ContentInfo
    mac: MacData | None


@asn1.sequence
class _EncryptedContentInfo:
    type: x509.ObjectIdentifier
    algorithm: Algorithm
    data: Annotated[bytes, asn1.Implicit(0)]


@asn1.sequence
class _EncryptedData:
    version: int
    content: _EncryptedContentInfo


def encrypted_data(value: TLV) -> tuple[Algorithm, bytes]:
    """Algorithm and ciphertext of an EncryptedData (RFC 5652 section 8). Raises ValueError.

    From BER the ciphertext may be in pieces: that they are one string shows in the type only (X.690 8.14).
    """
    try:
        whole = read(_EncryptedData, value).content
    except ValueError:
        pieces = read(_EncryptedDataInPieces, value).content
        return pieces.algorithm, b"".join(pieces.data)
    return whole.algorithm, whole.data


@asn1.sequence
class _EncryptedContentInfoInPieces:
    type: x509.ObjectIdentifier
    algorithm: Algorithm
    data: Annotated[list[bytes], asn1.Implicit(0)]


@asn1.sequence
class _EncryptedDataInPieces:
    version: int
    content: _EncryptedContentInfoInPieces


@asn1.sequence
class CertBag:
    """RFC 7292 section 4.2.3."""

    type: x509.ObjectIdentifier
    value: Annotated[TLV, asn1.Explicit(0)]


@asn1.sequence
class SafeBag:
    """RFC 7292 section 4.2, without its attributes (a name, the key's id)."""

    type: x509.ObjectIdentifier
    value: Annotated[TLV, asn1.Explicit(0)]


@asn1.sequence
class _SafeBagWithAttributes:
    type: x509.ObjectIdentifier
    value: Annotated[TLV, asn1.Explicit(0)]
    attributes: TLV


def safe_bag(value: TLV) -> SafeBag:
    """A bag of a PFX; attributes are left out, unread. Raises ValueError."""
    try:
        return read(SafeBag, value)
    except ValueError:
        bag = read(_SafeBagWithAttributes, value)
        return SafeBag(type=bag.type, value=bag.value)
