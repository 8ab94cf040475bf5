"""One certificate as plain facts, taken from its bytes once (RFC 5280 section 4)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID

from registrar.domain.asn1.names import NormalName, normal_name
from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.certificates.identify_data import real_name
from registrar.domain.reasons.errors import CertificateMalformed

ANY_POLICY = "2.5.29.32.0"

# Extensions whose meaning the checks of this package take into account when they are critical.
UNDERSTOOD = frozenset(
    {
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.INHIBIT_ANY_POLICY,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
    }
)


# All that `cryptography` raises for bytes it cannot read; some of them are no ValueError.
UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What the checks need to know of a certificate. `policies` is None where the extension is absent.

    Two are equal where their DER is: all else follows from that.

    `signed` are the bytes under the signature; `fingerprint` is SHA-256 of the DER, `key_digest` of the
    SubjectPublicKeyInfo, both 64 lower-case hex digits; `key_id` is the function of this name for `public_key`.
    """

    der: bytes
    fingerprint: str
    signed: bytes
    parsed: x509.Certificate
    public_key: CertificatePublicKeyTypes
    key_digest: str
    key_id: str
    subject: NormalName
    issuer: NormalName
    serial: int
    not_before: datetime
    not_after: datetime
    is_ca: bool
    path_length: int | None
    key_usage: x509.KeyUsage | None
    policies: frozenset[str] | None
    require_explicit_policy: int | None
    inhibit_any_policy: int | None
    subject_key_id: bytes | None
    authority_key_id: bytes | None
    refused_extensions: tuple[str, ...]
    real_name: str | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280 section 3.2)."""
        return self.subject == self.issuer


def spki_digest(key: CertificatePublicKeyTypes) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo DER, 64 lower-case hex digits."""
    return hashlib.sha256(_spki(key)).hexdigest()


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: CertificatePublicKeyTypes) -> str:
    """What identifies a key whatever form it has, 64 lower-case hex digits: SHA-256 of an RSA key's modulus, or of
    an EC key's curve and x coordinate; of the SubjectPublicKeyInfo for others.

    The holder of the private key for one exponent can compute that for any other, and the same holds for the points
    of one x coordinate.
    """
    return _key_id(key, _spki(key))


def _key_id(key: CertificatePublicKeyTypes, spki: bytes) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        modulus = key.public_numbers().n
        return hashlib.sha256(b"rsa" + modulus.to_bytes((key.key_size + 7) // 8)).hexdigest()
    if isinstance(key, ec.EllipticCurvePublicKey):
        # An uncompressed point ends in x and y: to have OpenSSL compute x costs a sixth of a signature check.
        size = (key.key_size + 7) // 8
        uncompressed = spki[-2 * size - 1] == _UNCOMPRESSED_POINT
        x = int.from_bytes(spki[-2 * size : -size]) if uncompressed else key.public_numbers().x
        return hashlib.sha256(f"ec {key.curve.name} {x:x}".encode()).hexdigest()
    return hashlib.sha256(spki).hexdigest()


def older_key_ids(key: CertificatePublicKeyTypes) -> frozenset[str]:
    """The ids under which a key was locked and denied before 2026-11-28: its `spki_digest`, and for an RSA key the
    one with the exponent that such keys have."""
    found = {spki_digest(key)}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        if numbers.e != _USUAL_EXPONENT:
            found.add(spki_digest(rsa.RSAPublicNumbers(_USUAL_EXPONENT, numbers.n).public_key()))
    return frozenset(found)


_UNCOMPRESSED_POINT = 4  # SEC 1, 2.3.3
_USUAL_EXPONENT = 65537


def read_certificate(der: bytes) -> Certificate:
    """The facts of one DER certificate. Raises CertificateMalformed (a ValueError)."""
    try:
        return _facts(der, parse_certificate(der))
    except UNREADABLE as error:
        raise CertificateMalformed(type(error).__name__) from error


def _facts(der: bytes, certificate: x509.Certificate) -> Certificate:
    if certificate.version is not x509.Version.v3:
        raise CertificateMalformed("version")
    start, _ = _contents(der, 0)
    signed = der[start : _contents(der, start)[1]]
    if not _algorithms_agree(der, start + len(signed), signed):
        raise CertificateMalformed("signature algorithm")
    # The signature does not cover its own form: whoever has a certificate could alter that, and so its fingerprint.
    if _has_unused_bits(der, start + len(signed)):
        raise CertificateMalformed("unused bits of the signature")
    extensions = {extension.oid: extension for extension in certificate.extensions}
    public_key = certificate.public_key()
    spki = _spki(public_key)
    values: Mapping[x509.ObjectIdentifier, object] = {oid: e.value for oid, e in extensions.items()}
    basic = values.get(ExtensionOID.BASIC_CONSTRAINTS)
    usage = values.get(ExtensionOID.KEY_USAGE)
    policies = values.get(ExtensionOID.CERTIFICATE_POLICIES)
    constraints = values.get(ExtensionOID.POLICY_CONSTRAINTS)
    inhibit = values.get(ExtensionOID.INHIBIT_ANY_POLICY)
    subject_key = values.get(ExtensionOID.SUBJECT_KEY_IDENTIFIER)
    authority_key = values.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    return Certificate(
        der=der,
        fingerprint=hashlib.sha256(der).hexdigest(),
        signed=signed,
        parsed=certificate,
        public_key=public_key,
        key_digest=hashlib.sha256(spki).hexdigest(),
        key_id=_key_id(public_key, spki),
        subject=normal_name(certificate.subject),
        issuer=normal_name(certificate.issuer),
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        is_ca=isinstance(basic, x509.BasicConstraints) and basic.ca,
        path_length=basic.path_length if isinstance(basic, x509.BasicConstraints) else None,
        key_usage=usage if isinstance(usage, x509.KeyUsage) else None,
        policies=_policy_oids(policies) if isinstance(policies, x509.CertificatePolicies) else None,
        require_explicit_policy=(
            constraints.require_explicit_policy if isinstance(constraints, x509.PolicyConstraints) else None
        ),
        inhibit_any_policy=inhibit.skip_certs if isinstance(inhibit, x509.InhibitAnyPolicy) else None,
        subject_key_id=subject_key.digest if isinstance(subject_key, x509.SubjectKeyIdentifier) else None,
        authority_key_id=(
            authority_key.key_identifier if isinstance(authority_key, x509.AuthorityKeyIdentifier) else None
        ),
        refused_extensions=tuple(
            sorted(
                e.oid.dotted_string
                for e in extensions.values()
                if e.oid in _NEVER_ACCEPTED or (e.critical and e.oid not in UNDERSTOOD)
            )
        ),
        real_name=real_name(certificate),
    )


# Names outside permitted subtrees and mapped policies would have to be computed, not only recognised. No
# Korean CA uses them, so a path that has them is refused whatever its critical bits say.
_NEVER_ACCEPTED = frozenset({ExtensionOID.NAME_CONSTRAINTS, x509.ObjectIdentifier("2.5.29.33")})


def _algorithms_agree(der: bytes, outside: int, signed: bytes) -> bool:
    """Whether the signed part names the signature algorithm at `outside` in `der` (RFC 5280 4.1.1.2)."""
    inside, _ = _contents(signed, 0)
    for _version_and_serial in range(2):
        _, inside = _contents(signed, inside)
    return der[outside : _contents(der, outside)[1]] == signed[inside : _contents(signed, inside)[1]]


def _has_unused_bits(der: bytes, algorithm: int) -> bool:
    """Whether the BIT STRING after the algorithm ends within a byte, as no signature of RFC 5280 4.1.1.3 does."""
    _, signature = _contents(der, algorithm)
    start, _ = _contents(der, signature)
    return der[start] != 0


def _contents(der: bytes, at: int) -> tuple[int, int]:
    """Where the contents of the DER value at `at` start and end (X.690 8.1.3, checked by the parser before)."""
    length = der[at + 1]
    start = at + 2
    if length >= 0x80:
        start += length - 0x80
        length = int.from_bytes(der[at + 2 : start])
    return start, start + length


def _policy_oids(policies: x509.CertificatePolicies) -> frozenset[str]:
    oids = [policy.policy_identifier.dotted_string for policy in policies]
    if len(set(oids)) != len(oids):
        raise CertificateMalformed("a policy occurs twice")
    return frozenset(oids)


def key_strength(key: CertificatePublicKeyTypes) -> str:
    """The key's kind and size as shown to people, such as `RSA 2048` or `EC secp256r1`."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey")
