"""A decrypted private key: its public half, and R, the random number its certificate's VID was made with.

The numbers are checked by arithmetic instead of being loaded, for three reasons. A PrivateKeyInfo can be made up
from a stranger's public certificate, so the public half must follow from the private one: p·q = n for RSA,
the point computed from the scalar for EC. OpenSSL's own check proves p and q prime, which costs 50 ms for RSA
2048 and 8 s for 8192 bits. And `cryptography` drops the attributes, where R is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.asn1.ber import first_value
from registrar.domain.asn1.structures import (
    NULL,
    SEQUENCE,
    TLV,
    AnyAttribute,
    Attribute,
    EcPrivateKey,
    ExplicitCurve,
    PrivateKeyInfo,
    RsaPrivateKey,
    definite,
    der_of,
    outline,
    read,
    values,
)
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PrivateKeyMalformed, Refusal

ID_RANDOM_NUM = "1.2.410.200004.10.1.1.3"
RANDOM_NUMBER_BYTES = 20
MAX_RSA_BITS = 8192

_RSA = "1.2.840.113549.1.1.1"
_EC = "1.2.840.10045.2.1"
_CURVES = {
    ec.EllipticCurveOID.SECP256R1: ec.SECP256R1(),
    ec.EllipticCurveOID.SECP384R1: ec.SECP384R1(),
    ec.EllipticCurveOID.SECP521R1: ec.SECP521R1(),
}
# FIPS 186-4 appendix D.1.2.
_PRIMES: Mapping[int, ec.EllipticCurve] = {
    2**256 - 2**224 + 2**192 + 2**96 - 1: ec.SECP256R1(),
    2**384 - 2**128 - 2**96 + 2**32 - 1: ec.SECP384R1(),
    2**521 - 1: ec.SECP521R1(),
}
# The tags of the first values of a PrivateKeyInfo (INTEGER, SEQUENCE, OCTET STRING), and all of an RSAPrivateKey.
_KEY_OUTLINES = ((0x02, 0x30, 0x04), (0x02,) * 9)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The data kept of an opened private key, without the key itself. R is None if the file has none.

    `public_key` is its SubjectPublicKeyInfo as `cryptography` writes it, to compare with a certificate's.
    """

    public_key: bytes = field(repr=False)
    random_number: bytes | None = field(repr=False)

    def belongs_to(self, certificate: x509.Certificate) -> bool:
        """Whether `certificate` is for this key; one whose own key cannot be read is for none."""
        try:
            return _spki(certificate.public_key()) == self.public_key
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return False


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def read_private_key(info: bytes) -> PrivateKey:
    """The public half and R of a PrivateKeyInfo (RFC 5208 section 5, RFC 5958 section 2; R: KCAC.TS.SIVID).

    Raises PrivateKeyMalformed when the bytes are none, as after a wrong password. Whatever has the shape of a key
    was opened by the right one, and is a Refusal if it is of no use: FILE_ENCRYPTION_UNSUPPORTED for another kind
    of key than RSA and EC on the curves above, or another structure; FILE_UNREADABLE where its numbers do not
    belong together, or R is not one BIT STRING of 20 bytes.
    """
    parsed = _parsed(info)
    is_rsa, curve = _kind(parsed.algorithm)
    if not is_rsa and curve is None:
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    try:
        public = _rsa_public_key(read(RsaPrivateKey, parsed.key)) if curve is None else _ec_key(curve, parsed.key)
        key = PrivateKey(_spki(public), _random_number(parsed.attributes or []))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if key is None:
        raise Refusal(Code.FILE_UNREADABLE)
    return key


def _parsed(info: bytes) -> PrivateKeyInfo:
    whole = b""
    parsed = None
    try:
        whole = definite(first_value(info))
        parsed = read(PrivateKeyInfo, whole)
    except (ValueError, RecursionError):
        parsed = None
    if parsed is not None and parsed.version in (0, 1):
        return parsed
    shape = outline(whole) if whole else ()
    if any(shape[: len(known)] == known for known in _KEY_OUTLINES):
        raise Refusal(Code.FILE_ENCRYPTION_UNSUPPORTED)
    raise PrivateKeyMalformed


def _kind(algorithm: TLV) -> tuple[bool, ec.EllipticCurve | None]:
    """Whether the key is RSA's, and its curve if it is EC's on a known one (RFC 3279 2.3.1, RFC 5480 2.1.1)."""
    try:
        oid, *parameters = values(der_of(algorithm))
        kind = read(x509.ObjectIdentifier, oid).dotted_string
        if kind == _EC and len(parameters) == 1:
            (given,) = parameters
            explicit = given.tag_bytes[0] == SEQUENCE
            return False, _curve(read(ExplicitCurve, given) if explicit else read(x509.ObjectIdentifier, given))
    except ValueError:
        return False, None
    return kind == _RSA and [each.tag_bytes[0] for each in parameters] in ([], [NULL]), None


def _curve(parameters: x509.ObjectIdentifier | ExplicitCurve) -> ec.EllipticCurve | None:
    """The curve that is named, or whose field is written out; None for others.

    Of a curve written out only the field counts: the point is computed on the curve of the standard, and has to be
    the point in the certificate.
    """
    if isinstance(parameters, ExplicitCurve):
        return _PRIMES.get(parameters.field.prime)
    return _CURVES.get(parameters)


def _rsa_public_key(key: RsaPrivateKey) -> rsa.RSAPublicKey:
    """The public key of consistent numbers (RFC 8017 section 3.2). Raises ValueError.

    Knowledge of p and q is possession of the private key; that n is a product of two primes is left to the issuer.
    """
    numbers = (key.n, key.e, key.d, key.p, key.q, key.d_p, key.d_q, key.q_inverse)
    if key.version != 0 or min(numbers) < 1 or max(numbers).bit_length() > MAX_RSA_BITS:
        raise ValueError("RSA numbers out of range")
    if min(key.p, key.q) < 3 or key.p * key.q != key.n or key.q_inverse * key.q % key.p != 1:
        raise ValueError("RSA primes do not belong together")
    for prime, exponent in ((key.p, key.d_p), (key.q, key.d_q)):
        # So e·d is 1 modulo prime - 1, too.
        if exponent != key.d % (prime - 1) or key.e * exponent % (prime - 1) != 1:
            raise ValueError("RSA exponents do not belong together")
    return rsa.RSAPublicNumbers(key.e, key.n).public_key()


def _ec_key(curve: ec.EllipticCurve, der: bytes) -> ec.EllipticCurvePublicKey:
    """The point that belongs to the scalar (RFC 5915 section 3). Raises ValueError."""
    key = read(EcPrivateKey, der)
    inner = curve if key.curve is None else _curve(key.curve)
    if key.version != 1 or inner is None or inner.name != curve.name:
        raise ValueError("EC curve")
    if len(key.scalar) > (curve.key_size + 7) // 8:
        raise ValueError("EC scalar")
    public = ec.derive_private_key(int.from_bytes(key.scalar), curve).public_key()
    forms = (PublicFormat.UncompressedPoint, PublicFormat.CompressedPoint)
    if key.point is not None and key.point.as_bytes() not in [
        public.public_bytes(Encoding.X962, form) for form in forms
    ]:
        raise ValueError("EC point is not the scalar's")
    return public


def _random_number(attributes: Sequence[TLV]) -> bytes | None:
    """R from a key's attributes, None if it is absent. Raises ValueError if it is malformed."""
    found = [a for a in attributes if read(AnyAttribute, a).type.dotted_string == ID_RANDOM_NUM]
    if not found:
        return None
    numbers = read(Attribute, found[0]).values.as_list()
    if len(found) != 1 or len(numbers) != 1 or numbers[0].padding_bits():
        raise ValueError("R does not occur once, or is no number of whole bytes")
    if len(numbers[0].as_bytes()) != RANDOM_NUMBER_BYTES:
        raise ValueError("R is not of 20 bytes")
    return numbers[0].as_bytes()
