"""Named builders for test data. Each gives a good thing by default; say only what the test is about.

If you add one, name it after the thing it makes: a_<thing>().
"""

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_possession
from registrar.domain.reasons.errors import PossessionProofInvalid
from registrar.domain.registrations.upload import AwaitingProof, Upload
from registrar.domain.registrations.upload_files import AnnouncedFile
from registrar.domain.revocation.status import RecordedStatus, Status, StatusValue, recorded
from registrar.domain.times import iso
from tests.support.kept_keys import kept_rsa_key
from tools.cloud.emulator import ROOT
from tools.pki import authorities
from tools.pki.authorities import (
    ANY_POLICY,
    CustomerCertificate,
    DemoPki,
    Extensions,
    PrivateKey,
    kept_pki,
    key_usage_of,
    one_year_from,
)

# Noon in Seoul. A test that needs another moment passes its own.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
UploadOfState = TypeVar("UploadOfState", bound=Upload)


def a_pki(generation: int = 1) -> DemoPki:
    """The demo hierarchy, made once for all workers and runs: its keys take half a second."""
    return _pki(generation)


@cache
def _pki(generation: int) -> DemoPki:
    # One for each state of the code that makes them.
    code = hashlib.sha256(Path(authorities.__file__).read_bytes()).hexdigest()[:16]
    return kept_pki(ROOT / f"build/test-pki/{code}-{generation}", NOW, generation=generation)


def a_certificate(
    real_name: str = "홍길동",
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    **overrides: Any,
) -> CustomerCertificate:
    """A customer certificate issued at NOW for a year; `overrides` go to DemoPki.issue_customer."""
    first, last = one_year_from(NOW)
    return a_pki().issue_customer(
        real_name, not_before=not_before or first, not_after=not_after or last, **overrides
    )


def a_trust_document(version: int = 1, **overrides: Any) -> dict[str, Any]:
    """The trust document that accepts a_pki(); `overrides` replace top-level fields."""
    return {**a_pki().trust_document(version), **overrides}


@cache
def a_trust_store() -> TrustStore:
    """What a_trust_document() says, read and checked against the pin of its root."""
    return read_document(json.dumps(a_trust_document()).encode(), [a_pin(a_pki().root.certificate)])


def a_pin(certificate: x509.Certificate) -> str:
    """The fingerprint an anchor is pinned by."""
    return certificate.fingerprint(hashes.SHA256()).hex()


@cache
def an_ec_key(name: str = "customer") -> ec.EllipticCurvePrivateKey:
    """A P-256 key, one for each name."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def an_rsa_key(name: str = "customer", bits: int = 2048) -> rsa.RSAPrivateKey:
    """An RSA key, one for each name and size."""
    return kept_rsa_key(ROOT / f"build/test-pki/rsa-{name.replace(' ', '-')}-{bits}.pem", bits)


@dataclass(frozen=True)
class _PublicHalf:
    """A key of which only the public half is at hand, and enough to be certified."""

    modulus: int

    def public_key(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(65537, self.modulus).public_key()


def a_compromised_key(kind: str) -> Any:
    """A 2048-bit RSA key whose private half anybody can compute: `roca`, `fermat` or `small-factor`."""
    half = 3 << 1022  # half + 1037 and half + 1697 are primes
    primorial = math.prod(p for p in range(2, 702) if all(p % d for d in range(2, p)))
    least = 2**1023 // primorial
    moduli = {
        "fermat": (half + 1037) * (half + 1697),
        "roca": math.prod(
            (3 * least // 2) * primorial + pow(65537, step, primorial) for step in (2**20, 2**20 + 1)
        ),
        "small-factor": 751 * ((1 << 2040) | 1),
    }
    return _PublicHalf(moduli[kind])


@dataclass(frozen=True)
class Link:
    """A certificate of a chain with its key, so that the next one can be issued."""

    certificate: Certificate
    key: PrivateKey


def a_link(
    name: str,
    issuer: Link | None = None,
    *,
    ca: bool = True,
    path_length: int | None = None,
    usage: Sequence[str] | None = ("key_cert_sign",),
    policies: Sequence[str] | None = (ANY_POLICY,),
    extensions: Extensions = (),
    key: PrivateKey | None = None,
    signing_key: PrivateKey | None = None,
    issuer_name: str | None = None,
    authority_key_id: bytes | None = None,
    days: tuple[int, int] = (-365, 365),
) -> Link:
    """A CA certificate of any shape, self-signed or under `issuer`, valid on these `days` around NOW.

    `signing_key`, `issuer_name` and `authority_key_id` say something else than `issuer` does.
    """
    key = key or an_ec_key(name)
    values: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    ]
    key_id = authority_key_id or (issuer.certificate.subject_key_id if issuer else None)
    if key_id is not None:
        values.append((x509.AuthorityKeyIdentifier(key_id, None, None), False))
    if ca:
        values.append((x509.BasicConstraints(ca=True, path_length=path_length), True))
    if usage is not None:
        values.append((key_usage_of(usage), True))
    if policies is not None:
        infos = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in policies]
        values.append((x509.CertificatePolicies(infos), True))
    issued_by = issuer.certificate.parsed.subject if issuer else _a_name(name)
    builder = x509.CertificateBuilder(
        _a_name(issuer_name) if issuer_name else issued_by,
        _a_name(name),
        key.public_key(),
        x509.random_serial_number(),
        NOW + timedelta(days=days[0]),
        NOW + timedelta(days=days[1]),
    )
    for value, critical in (*values, *extensions):
        builder = builder.add_extension(value, critical)
    signer = signing_key or (issuer.key if issuer else key)
    certificate = builder.sign(signer, hashes.SHA256())
    return Link(read_certificate(certificate.public_bytes(Encoding.DER)), key)


def _a_name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def an_announced_file(content: bytes, name: str = "signCert.der") -> AnnouncedFile:
    """What the app says of a file before it sends it."""
    return AnnouncedFile(name, len(content), hashlib.sha256(content).hexdigest())


def a_good_status(at: datetime = NOW) -> RecordedStatus:
    """The status on which an upload is accepted: good at `at`, and fresh for a day."""
    status = Status(StatusValue.GOOD, "ocsp", as_of=at, until=at + timedelta(hours=1))
    return recorded(status, timedelta(days=1), at, ())


def an_upload(certificate: CustomerCertificate, **overrides: Any) -> AwaitingProof:
    """An upload requested at NOW whose certificate passed all checks and that awaits its proof."""
    report = decide(certificate.der, a_trust_store(), "personal", NOW)
    assert report.summary is not None, report.findings
    found = {
        "files": (an_announced_file(certificate.der),),
        "expires_at": NOW + timedelta(hours=24),
        "findings": report.findings,
        "summary": report.summary,
        "der": certificate.der,
    }
    return an_upload_in(AwaitingProof, **found | overrides)


def an_upload_in(wanted: type[UploadOfState], **overrides: Any) -> UploadOfState:
    """An upload requested at NOW in any state; `overrides` say what is known of its certificate."""
    values: dict[str, Any] = {
        "id": "0123456789abcdef0123456789abcdef",
        "customer_id": "c-1001",
        "customer_kind": "personal",
        "files": (an_announced_file(b"a certificate, when it arrives"),),
        "method": "otp",
        "proved_at": NOW,
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
        "attempts": 1,
        "lease_until": NOW + timedelta(minutes=1),
        "nonce": "00112233445566778899aabbccddeeff",
        "accepted_as": "00112233445566778899aabbccddeeff",
        "nonce_expires_at": NOW + timedelta(minutes=5),
        "status": a_good_status(),
    }
    needed = {field.name for field in fields(wanted)}
    return wanted(**{name: value for name, value in values.items() if name in needed} | overrides)


def proves(der: bytes, text: str, signature: bytes, kind: str = "signature") -> bool:
    """Whether `signature` is the proof, by the key of the certificate `der`, over `text`."""
    try:
        check_possession(der, TextToSign(text), Proof(kind, signature, None))
    except PossessionProofInvalid:
        return False
    return True


def an_entry(link: Link, name: str, days: int = 100) -> dict[str, Any]:
    return {
        "name": name,
        "certificate": base64.b64encode(link.certificate.der).decode(),
        "accepted_from": iso(NOW - timedelta(days=days)),
        "accepted_until": iso(NOW + timedelta(days=days)),
    }


def a_document_of(root: Link, *issuers: Link) -> dict[str, Any]:
    return {
        **a_trust_document(),
        "anchors": [an_entry(root, "root")],
        "issuers": [{"operator": "kica", **an_entry(link, f"CA {n}")} for n, link in enumerate(issuers)],
    }
