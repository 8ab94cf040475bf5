"""CRLs of the demo CAs, shaped like the real ones: partitioned, with number, key identifier and a critical scope.

For the local cloud and the tests only. A CRL can have every defect that a reader has to find: see the
arguments of `make_crl`. `large_crl` writes one of a million entries in seconds.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.asn1.ber import der_value
from tools.pki.authorities import Authority, Extensions, PrivateKey

# The default of a CA: one CRL a day.
A_DAY = timedelta(days=1)
_SHA256_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
_SHA1_WITH_RSA = bytes.fromhex("300d06092a864886f70d0101050500")
_REASON_BEFORE_ITS_CODE = bytes.fromhex("300c300a0603551d1504030a01")


@dataclass(frozen=True)
class Revoked:
    """One entry of a CRL. `extensions` replace the reason if given."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags | None = None
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ()


def scope(
    *,
    uris: Sequence[str] = (),
    directory_name: x509.Name | None = None,
    relative_name: x509.RelativeDistinguishedName | None = None,
    only_some_reasons: frozenset[x509.ReasonFlags] | None = None,
    only_user: bool = False,
    only_ca: bool = False,
    only_attribute: bool = False,
    indirect: bool = False,
) -> x509.IssuingDistributionPoint:
    """issuingDistributionPoint (RFC 5280 section 5.2.5); by default with the CRL's address in `uris`."""
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri) for uri in uris]
    if directory_name is not None:
        names.append(x509.DirectoryName(directory_name))
    return x509.IssuingDistributionPoint(
        names or None, relative_name, only_user, only_ca, only_some_reasons, indirect, only_attribute
    )


def make_crl(
    issuer: Authority,
    entries: Iterable[Revoked] = (),
    *,
    this_update: datetime,
    next_update: datetime | None = None,
    number: int | None = 1,
    idp: x509.IssuingDistributionPoint | None = None,
    idp_critical: bool = True,
    issuer_name: x509.Name | None = None,
    key_identifier: bytes | None = None,
    extra_extensions: Extensions = (),
    signing_key: PrivateKey | None = None,
    sha1_signature: bool = False,
) -> bytes:
    """A CRL as DER; by default a good one, valid for a day.

    Defects: `issuer_name` and `key_identifier` of another CA, `signing_key` (not the issuer's),
    `sha1_signature`, `extra_extensions` (extension, critical), an `idp` for others (see `scope`).
    """
    own = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer_name or issuer.certificate.subject)
        .last_update(this_update)
        .next_update(next_update or this_update + A_DAY)
        .add_extension(x509.AuthorityKeyIdentifier(key_identifier or own.digest, None, None), False)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), False)
    if idp is not None:
        builder = builder.add_extension(idp, idp_critical)
    for extension, critical in extra_extensions:
        builder = builder.add_extension(extension, critical)
    for entry in entries:
        builder = builder.add_revoked_certificate(_revoked(entry))
    made = builder.sign(signing_key or issuer.key, hashes.SHA256())
    if sha1_signature:
        return signed_again(issuer, made.tbs_certlist_bytes, sha1=True)
    return made.public_bytes(Encoding.DER)


def signed_again(issuer: Authority, to_be_signed: bytes, *, sha1: bool = False) -> bytes:
    """A CRL of arbitrary bytes, signed by `issuer`; `sha1` changes the algorithm in them."""
    algorithm = _SHA256_WITH_RSA
    digest: hashes.HashAlgorithm = hashes.SHA256()
    if sha1:
        algorithm = _SHA1_WITH_RSA
        digest = hashes.SHA1()  # noqa: S303 - on purpose
        to_be_signed = to_be_signed.replace(_SHA256_WITH_RSA, algorithm, 1)
    signature = issuer.key.sign(to_be_signed, padding.PKCS1v15(), digest)
    return der_value(0x30, to_be_signed + algorithm + der_value(0x03, b"\0" + signature))


def large_crl(issuer: Authority, entries: bytes, *, this_update: datetime, number: int = 1) -> bytes:
    """A CRL of DER entries: the builder would take a minute for a million."""
    one = make_crl(issuer, [Revoked(1, this_update)], this_update=this_update, number=number)
    to_be_signed = x509.load_der_x509_crl(one).tbs_certlist_bytes
    (alone,) = x509.load_der_x509_crl(one)
    placeholder = der_value(0x30, entry_der(alone.serial_number, this_update, None))
    before, after = to_be_signed.split(placeholder)
    contents = before[4 if before[1] == 0x82 else 3 :] + der_value(0x30, entries) + after
    return signed_again(issuer, der_value(0x30, contents))


def entry_der(serial: int, at: datetime, reason_code: int | None) -> bytes:
    """One entry of a CRL: serial, UTCTime, and a reason code if any (RFC 5280 section 5.1)."""
    contents = asn1.encode_der(serial) + der_value(0x17, f"{at:%y%m%d%H%M%SZ}".encode())
    if reason_code is not None:
        contents += _REASON_BEFORE_ITS_CODE + bytes([reason_code])
    return der_value(0x30, contents)


def random_entries(count: int, at: datetime, serial_bytes: Sequence[int] = (8, 16), seed: int = 1) -> list[bytes]:
    """Unordered DER entries, the same for the same seed: two lengths of serial, five in six with a reason."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    made = []
    for _ in range(count):
        length = chance.choice(serial_bytes)
        serial = chance.randrange(1 << 8 * length - 8, 1 << 8 * length - 1)
        made.append(entry_der(serial, at, chance.choice((0, 1, 3, 4, 5, None))))
    return made


def _revoked(entry: Revoked) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.at)
    extensions = entry.extensions or (((x509.CRLReason(entry.reason), False),) if entry.reason else ())
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.build()
