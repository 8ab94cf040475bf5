"""A demo NPKI: root, issuing CAs of several operators, and customer certificates, shaped like the real ones.

For the local cloud and the tests only. Every demo CA has "Demo" in its name, and every address in a certificate
ends in `.example` (RFC 2606), so no certificate leads to a real responder. The shape is that of the
production hierarchy (KCAC.TS.CERTPROF; RFC 5280 section 4.2): which extensions, in which order, which of them
critical.

A customer certificate can have every defect that a check has to find: see the arguments of
`DemoPki.issue_customer`. To add an operator, change `_DEMO_CAS` here and npki_policies.json.
"""

import contextlib
import hashlib
import secrets
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID, ObjectIdentifier

from tools.admin.trust_document import build_document, load_operators

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Extensions = Sequence[tuple[x509.ExtensionType, bool]]

ID_KISA_IDENTIFY_DATA: Final = ObjectIdentifier("1.2.410.200004.10.1.1")
ID_VID: Final = ObjectIdentifier("1.2.410.200004.10.1.1.1")
ANY_POLICY: Final = "2.5.29.32.0"

SIGNING_USAGE: Final = ("digital_signature", "content_commitment")
ENCIPHERMENT_USAGE: Final = ("key_encipherment",)

_RANDOM_NUMBER_BYTES: Final = 20
_SERIAL_NUMBER_BITS: Final = 40
_SEOUL: Final = timezone(timedelta(hours=9))
_HASH_OIDS: Final = {"sha256": "2.16.840.1.101.3.4.2.1", "sha1": "1.3.14.3.2.26"}
_KEY_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class _DemoCa(NamedTuple):
    country: str
    organization: str
    common_name: str
    real_name: str
    customer_unit: str
    default_policy: str


_DEMO_CAS: Final[Mapping[str, _DemoCa]] = {
    "yessign": _DemoCa(
        "kr", "yessign", "yessignCA-Demo Class", "금융결제원", "personal4IB", "1.2.410.200005.1.1.4"
    ),
    "kica": _DemoCa("KR", "KICA", "signGATE Demo CA", "한국정보인증", "personal", "1.2.410.200004.5.2.1.7.1"),
    "signkorea": _DemoCa(
        "KR", "SignKorea", "SignKorea Demo CA", "(주)코스콤", "personal", "1.2.410.200004.5.1.1.5"
    ),
    "crosscert": _DemoCa(
        "KR", "CrossCert", "CrossCert Demo CA", "한국전자인증", "personal", "1.2.410.200004.5.4.1.101"
    ),
    "tradesign": _DemoCa(
        "KR", "TradeSign", "TradeSign Demo CA", "한국무역정보통신", "personal", "1.2.410.200012.1.1.101"
    ),
}


@dataclass(frozen=True)
class CustomerCertificate:
    """A customer's certificate with its private key and R (randomNum, RFC 4683)."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    random_number: bytes = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate as in signCert.der."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as text (RFC 7468 section 5)."""
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class Authority:
    """A CA that can sign."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)

    def key_identifiers(self, public_key: CertificatePublicKeyTypes) -> Extensions:
        """AKI (with key id, issuer and serial) and SKI: RFC 5280 sections 4.2.1.1 and 4.2.1.2."""
        own = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        authority = x509.AuthorityKeyIdentifier(
            own.digest, [x509.DirectoryName(self.certificate.issuer)], self.certificate.serial_number
        )
        return [(authority, False), (x509.SubjectKeyIdentifier.from_public_key(public_key), False)]

    def issue(
        self,
        subject: x509.Name,
        public_key: CertificatePublicKeyTypes,
        extensions: Extensions,
        *,
        not_before: datetime,
        not_after: datetime,
        serial_number: int | None = None,
        signing_key: PrivateKey | None = None,
        sha1_signature: bool = False,
    ) -> x509.Certificate:
        """A certificate with exactly these extensions, in this order.

        With `signing_key` it names this CA as its issuer but is signed by that key: a forgery.
        """
        return _sign(
            subject,
            public_key,
            extensions,
            issuer=self.certificate.subject,
            signing_key=signing_key or self.key,
            not_before=not_before,
            not_after=not_after,
            serial_number=serial_number or secrets.randbits(_SERIAL_NUMBER_BITS) + 1,
            sha1_signature=sha1_signature,
        )


@dataclass(frozen=True)
class DemoPki:
    """One generation of the demo hierarchy: a root and one issuing CA for each operator id."""

    root: Authority
    issuers: Mapping[str, Authority]

    @classmethod
    def create(cls, now: datetime, *, generation: int = 1) -> "DemoPki":
        """Create all CAs: the root is 8 years old and valid for 20, the issuing CAs are 5 and valid for 10."""
        now = now.astimezone(UTC).replace(microsecond=0)
        root = _create_root(f"KISA Demo RootCA {generation}", now)
        issuers = {
            operator: _create_issuer(root, operator, ca, f"{ca.common_name} {generation}", 4096 + index, now)
            for index, (operator, ca) in enumerate(_DEMO_CAS.items())
        }
        return cls(root, issuers)

    def issue_customer(
        self,
        real_name: str = "홍길동",
        *,
        not_before: datetime,
        not_after: datetime,
        operator: str = "yessign",
        policy_oid: str | None = None,
        policy_oids: Sequence[str] | None = None,
        key: PrivateKey | Literal["rsa", "ec"] | None = None,
        rsa_bits: int = 2048,
        idn: str = "9001011234567",
        random_number: bytes | None = None,
        vid: bool = True,
        vid_hash: Literal["sha256", "sha1"] = "sha256",
        bank_ou: str = "WOORI",
        subject: x509.Name | None = None,
        serial_number: int | None = None,
        encipherment: bool = False,
        key_usage: Sequence[str] | None = None,
        is_ca: bool = False,
        extra_extensions: Extensions = (),
        omit: Collection[ObjectIdentifier] = (),
        crl_url: str | None = None,
        ocsp_url: str | None = None,
        signing_key: PrivateKey | None = None,
        sha1_signature: bool = False,
    ) -> CustomerCertificate:
        """A customer's signing certificate; by default a good one, under a personal policy.

        `idn` is the resident (13 digits) or business number (10 digits) in the VID. `encipherment` makes a
        kmCert: for key encipherment, without VID. Defects: `vid=False` (SAN with the name only),
        `policy_oids` (several; for none, `omit` the extension), `key_usage`, `rsa_bits=1024`, `is_ca`,
        `extra_extensions` (extension, critical), `omit` (OIDs of extensions left out), `serial_number` (a
        used one), `signing_key` (not the issuer's), `sha1_signature`.
        """
        ca = _DEMO_CAS[operator]
        issuer = self.issuers[operator]
        random_number = secrets.token_bytes(_RANDOM_NUMBER_BYTES) if random_number is None else random_number
        private_key = _create_key(key or "rsa", rsa_bits) if key is None or isinstance(key, str) else key
        host = f"{operator}.example"
        usual_usage = ENCIPHERMENT_USAGE if encipherment else SIGNING_USAGE
        identity = virtual_id(idn, random_number, vid_hash) if vid and not encipherment else None
        extensions = [
            *issuer.key_identifiers(private_key.public_key()),
            (key_usage_of(usual_usage if key_usage is None else key_usage), True),
            (
                certificate_policies(
                    [policy_oid or ca.default_policy] if policy_oids is None else policy_oids,
                    cps=f"http://www.{host}/cps.htm",
                    notice="이 인증서는 시연용 인증서입니다",
                    notice_first=True,
                ),
                True,
            ),
            (identify_data(real_name, identity, vid_hash), False),
            (_crl_distribution_points(crl_url or _customer_crl_url(host, ca)), False),
            (_ocsp_access(ocsp_url or f"http://ocsp.{host}:4612"), False),
            *([(x509.BasicConstraints(ca=True, path_length=None), True)] if is_ca else []),
            *extra_extensions,
        ]
        certificate = issuer.issue(
            subject or _customer_name(ca, real_name, bank_ou, not_before),
            private_key.public_key(),
            [(value, critical) for value, critical in extensions if value.oid not in omit],
            not_before=not_before,
            not_after=not_after,
            serial_number=serial_number,
            signing_key=signing_key,
            sha1_signature=sha1_signature,
        )
        return CustomerCertificate(certificate, private_key, random_number)

    def trust_document(
        self, version: int = 1, *, ocsp: str | None = None, crl: Sequence[str] = (), check_authorities: bool = False
    ) -> dict[str, Any]:
        """The trust document that accepts this hierarchy, with the policy table of npki_policies.json.

        Every operator has the sources `ocsp` and `crl`, by default unreachable addresses.
        """
        issuers = [issuer.certificate for issuer in self.issuers.values()]
        document = build_document(version, [self.root.certificate], issuers, load_operators())
        for name, operator in document["operators"].items():
            sources = {
                "ocsp": ocsp or f"http://ocsp.{name}.example:4612",
                "crl": list(crl) or [f"ldap://ds.{name}.example:389"],
            }
            operator["revocation"] = {**operator["revocation"], **sources}
        document["rules"] = {
            **document["rules"],
            "revocation": {**document["rules"]["revocation"], "check_authorities": check_authorities},
        }
        return document

    def save(self, folder: Path) -> None:
        """Write anchors/, issuers/ (DER) and keys/ (PEM, unencrypted: these keys protect nothing)."""
        _save_authority(self.root, folder, "anchors", "root")
        for operator, issuer in self.issuers.items():
            _save_authority(issuer, folder, "issuers", operator)

    @classmethod
    def load(cls, folder: Path) -> "DemoPki":
        """Read what `save` wrote. Raises FileNotFoundError if it is missing."""
        issuers = {operator: _load_authority(folder, "issuers", operator) for operator in _DEMO_CAS}
        return cls(_load_authority(folder, "anchors", "root"), issuers)


def kept_pki(folder: Path, now: datetime, *, generation: int = 1) -> DemoPki:
    """Load the authorities kept in `folder`; make them where there are none."""
    with contextlib.suppress(FileNotFoundError):
        return DemoPki.load(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        made = Path(beside) / folder.name
        DemoPki.create(now, generation=generation).save(made)
        # In one step: two runs that begin at once must not mix their keys. The later one takes the earlier one's.
        with contextlib.suppress(OSError):
            made.rename(folder)
    return DemoPki.load(folder)


def end_of_day_in_seoul(at: datetime) -> datetime:
    """The last second of the day of `at` in Seoul, in UTC (14:59:59Z): when Korean certificates end."""
    return at.astimezone(_SEOUL).replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)


def one_year_from(now: datetime) -> tuple[datetime, datetime]:
    """notBefore and notAfter of a certificate issued at `now`: whole days in Seoul, ending at 14:59:59Z."""
    today = now.astimezone(_SEOUL).date()
    first = datetime.combine(today, time.min, _SEOUL).astimezone(UTC)
    return first, first + timedelta(days=365) - timedelta(seconds=1)


def virtual_id(idn: str, random_number: bytes, hash_name: Literal["sha256", "sha1"] = "sha256") -> bytes:
    """virtualID = h(h(DER(HashContent))) (KCAC.TS.SIVID).

    HashContent ::= SEQUENCE { idn PrintableString, randomNum BIT STRING }
    """
    content = _tlv(0x30, asn1.encode_der(asn1.PrintableString(idn)), _tlv(0x03, b"\0", random_number))
    return hashlib.new(hash_name, hashlib.new(hash_name, content).digest()).digest()


def identify_data(
    real_name: str, identity: bytes | None = None, hash_name: Literal["sha256", "sha1"] = "sha256"
) -> x509.SubjectAlternativeName:
    """SAN otherName id-kisa-identifyData: the real name, and the virtual id if any (KCAC.TS.SIVID)."""
    parts = [asn1.encode_der(real_name)]
    if identity is not None:
        hash_algorithm = _tlv(0x30, _oid(_HASH_OIDS[hash_name]))
        vid = _tlv(0x30, hash_algorithm, _tlv(0xA0, _tlv(0x04, identity)))
        parts.append(_tlv(0x30, _tlv(0x30, _oid(ID_VID.dotted_string), vid)))
    return x509.SubjectAlternativeName([x509.OtherName(ID_KISA_IDENTIFY_DATA, _tlv(0x30, *parts))])


def certificate_policies(
    oids: Sequence[str], *, cps: str, notice: str, notice_first: bool = False
) -> x509.UnrecognizedExtension:
    """certificatePolicies with a CPS address and a user notice in BMPString (RFC 5280 section 4.2.1.4).

    Encoded here because CertificateBuilder writes every notice as UTF8String.
    """
    qualifiers = [
        _tlv(0x30, _oid("1.3.6.1.5.5.7.2.1"), _tlv(0x16, cps.encode("ascii"))),
        _tlv(0x30, _oid("1.3.6.1.5.5.7.2.2"), _tlv(0x30, _tlv(0x1E, notice.encode("utf-16-be")))),
    ]
    if notice_first:
        qualifiers.reverse()
    policies = [_tlv(0x30, _oid(oid), _tlv(0x30, *qualifiers)) for oid in oids]
    return x509.UnrecognizedExtension(ExtensionOID.CERTIFICATE_POLICIES, _tlv(0x30, *policies))


def key_usage_of(names: Collection[str]) -> x509.KeyUsage:
    """keyUsage with these bits, by the names of x509.KeyUsage (RFC 5280 section 4.2.1.3)."""
    if unknown := set(names) - set(_KEY_USAGES):
        raise ValueError(f"no such key usage: {sorted(unknown)}")
    return x509.KeyUsage(**{name: name in names for name in _KEY_USAGES})


def _create_root(common_name: str, now: datetime) -> Authority:
    key = rsa.generate_private_key(65537, 2048)
    name = _name("KR", "KISA", ["Korea Certification Authority Central"], common_name)
    certificate = _sign(
        name,
        key.public_key(),
        [
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.BasicConstraints(ca=True, path_length=None), True),
        ],
        issuer=name,
        signing_key=key,
        not_before=now - timedelta(days=8 * 365),
        not_after=now + timedelta(days=12 * 365),
        serial_number=1,
    )
    return Authority(certificate, key)


def _create_issuer(
    root: Authority, operator: str, ca: _DemoCa, common_name: str, serial_number: int, now: datetime
) -> Authority:
    key = rsa.generate_private_key(65537, 2048)
    root_entry = "CN=KISA-Demo-RootCA,OU=Korea-Certification-Authority-Central,O=KISA,C=KR"
    arl_url = f"ldap://ds.{operator}.example:389/{root_entry}?authorityRevocationList"
    certificate = root.issue(
        _name(ca.country, ca.organization, ["AccreditedCA"], common_name),
        key.public_key(),
        [
            *root.key_identifiers(key.public_key()),
            (key_usage_of(("key_cert_sign", "crl_sign")), True),
            (
                certificate_policies(
                    [ANY_POLICY],
                    cps="http://www.rootca.example/rca/cps.html",
                    notice="이 인증서는 시연용 인증서입니다(This certificate is for demonstration only)",
                ),
                True,
            ),
            (identify_data(ca.real_name), False),
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True),
            (_crl_distribution_points(arl_url), False),
        ],
        not_before=now - timedelta(days=5 * 365),
        not_after=now + timedelta(days=5 * 365),
        serial_number=serial_number,
    )
    return Authority(certificate, key)


def _create_key(kind: str, rsa_bits: int) -> PrivateKey:
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, rsa_bits)


def _sign(
    subject: x509.Name,
    public_key: CertificatePublicKeyTypes,
    extensions: Extensions,
    *,
    issuer: x509.Name,
    signing_key: PrivateKey,
    not_before: datetime,
    not_after: datetime,
    serial_number: int,
    sha1_signature: bool = False,
) -> x509.Certificate:
    builder = x509.CertificateBuilder(
        issuer, subject, public_key, serial_number, not_before.astimezone(UTC), not_after.astimezone(UTC)
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    certificate = builder.sign(signing_key, hashes.SHA256())
    return _signed_with_sha1(certificate, signing_key) if sha1_signature else certificate


def _signed_with_sha1(certificate: x509.Certificate, signing_key: PrivateKey) -> x509.Certificate:
    # CertificateBuilder refuses SHA-1, so the algorithm is changed in the bytes; both OIDs have one length.
    if not isinstance(signing_key, rsa.RSAPrivateKey):
        raise ValueError("a SHA-1 signature is made with an RSA key only")
    sha256_algorithm, sha1_algorithm = (
        _tlv(0x30, _oid(oid), _tlv(0x05)) for oid in ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.5")
    )
    to_be_signed = certificate.tbs_certificate_bytes.replace(sha256_algorithm, sha1_algorithm, 1)
    signature = signing_key.sign(to_be_signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - on purpose
    return x509.load_der_x509_certificate(_tlv(0x30, to_be_signed, sha1_algorithm, _tlv(0x03, b"\0", signature)))


def _name(country: str, organization: str, units: Sequence[str], common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _customer_name(ca: _DemoCa, real_name: str, bank_ou: str, issued: datetime) -> x509.Name:
    # The digits are an issue number: bank code, day of issue, running number.
    number = f"0020041{issued.astimezone(_SEOUL):%Y%m%d}{secrets.randbelow(10**9):09d}"
    return _name(ca.country, ca.organization, [ca.customer_unit, bank_ou], f"{real_name}(){number}")


def _customer_crl_url(host: str, ca: _DemoCa) -> str:
    return f"ldap://ds.{host}:389/ou=dp5p22874,ou=AccreditedCA,o={ca.organization},c=kr?certificateRevocationList"


def _crl_distribution_points(url: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)]
    )


def _ocsp_access(url: str) -> x509.AuthorityInformationAccess:
    location = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)])


def _save_authority(authority: Authority, folder: Path, kind: str, name: str) -> None:
    certificate, key = _authority_files(folder, kind, name)
    certificate.parent.mkdir(parents=True, exist_ok=True)
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate.write_bytes(authority.certificate.public_bytes(Encoding.DER))
    key.touch(mode=0o600)
    key.write_bytes(authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _load_authority(folder: Path, kind: str, name: str) -> Authority:
    certificate, key_file = _authority_files(folder, kind, name)
    key = load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{key_file} holds no RSA key")
    return Authority(x509.load_der_x509_certificate(certificate.read_bytes()), key)


def _authority_files(folder: Path, kind: str, name: str) -> tuple[Path, Path]:
    return folder / kind / f"{name}.der", folder / "keys" / f"{name}.pem"


def _oid(dotted: str) -> bytes:
    return asn1.encode_der(ObjectIdentifier(dotted))


def _tlv(tag: int, *parts: bytes) -> bytes:
    """One DER value (X.690 section 8.1): tag, length, contents."""
    contents = b"".join(parts)
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    length_bytes = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length_bytes)]) + length_bytes + contents
