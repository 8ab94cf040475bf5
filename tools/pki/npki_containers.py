"""Files with certificates in them, for the demo and the tests: PFX with R in the key bag, .p7b, PEM, BER.

Written against the specifications and checked with the openssl command; nothing of `registrar` is used here.
"""

import base64
import secrets
import textwrap
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates

from tools.pki.authorities import CustomerCertificate
from tools.pki.authorities import _oid as oid
from tools.pki.authorities import _tlv as tlv
from tools.pki.npki_files import (
    HashName,
    Pkcs12,
    Scheme,
    algorithm_identifier,
    encrypt,
    encrypted_key,
    integer,
    pkcs12_derive,
    private_key_info,
)

DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
ENCRYPTED_DATA: Final = "1.2.840.113549.1.7.6"
KEY_BAG: Final = "1.2.840.113549.1.12.10.1.1"
SHROUDED_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.2"
CERT_BAG: Final = "1.2.840.113549.1.12.10.1.3"
CRL_BAG: Final = "1.2.840.113549.1.12.10.1.4"
SECRET_BAG: Final = "1.2.840.113549.1.12.10.1.5"  # noqa: S105 - an object identifier
SAFE_CONTENTS_BAG: Final = "1.2.840.113549.1.12.10.1.6"
_DIGESTS: Final[dict[HashName, tuple[str, type[hashes.HashAlgorithm]]]] = {
    "sha1": ("1.3.14.3.2.26", hashes.SHA1),
    "sha224": ("2.16.840.1.101.3.4.2.4", hashes.SHA224),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256),
    "sha384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512),
}


def pfx(
    customer: CustomerCertificate,
    password: str,
    *,
    key_scheme: Scheme | None = None,
    certificate_scheme: Scheme | None = None,
    chain: Sequence[bytes] = (),
    mac: HashName = "sha1",
    mac_rounds: int = 1024,
) -> bytes:
    """A customer's PFX (RFC 7292), by default as Korean sites write it: R in the key bag, certificates in clear."""
    certificates = [cert_bag(der) for der in (customer.der, *chain)]
    info = private_key_info(customer.key, customer.random_number)
    key = bag(SHROUDED_KEY_BAG, encrypted_key(info, password, key_scheme or Pkcs12()))
    if certificate_scheme is None:
        parts = [data_part(*certificates, key)]
    else:
        parts = [encrypted_part(password, certificate_scheme, *certificates), data_part(key)]
    return pfx_of(parts, password, mac=mac, mac_rounds=mac_rounds)


def pfx_of(parts: Sequence[bytes], password: str, *, mac: HashName = "sha1", mac_rounds: int = 1024) -> bytes:
    """A PFX of these parts with a MAC (RFC 7292 section 4)."""
    content = tlv(0x30, *parts)
    digest_oid, digest = _DIGESTS[mac]
    salt = secrets.token_bytes(8)
    key = pkcs12_derive(password, salt, mac_rounds, 3, digest().digest_size, mac)
    made = hmac.HMAC(key, digest())
    made.update(content)
    return pfx_with(content, mac_data(digest_oid, made.finalize(), salt, mac_rounds))


def mac_data(digest_oid: str, value: bytes, salt: bytes, rounds: int) -> bytes:
    """MacData (RFC 7292 section 4); one round is the default and left out."""
    digest_info = tlv(0x30, algorithm_identifier(digest_oid, tlv(0x05)), tlv(0x04, value))
    return tlv(0x30, digest_info, tlv(0x04, salt), *([integer(rounds)] if rounds != 1 else []))


def pfx_with(content: bytes, mac: bytes | None, *, version: int = 3, content_type: str = DATA) -> bytes:
    """A PFX around an AuthenticatedSafe, with MacData or none."""
    return tlv(0x30, integer(version), content_info(content_type, tlv(0x04, content)), mac or b"")


def content_info(content_type: str, value: bytes) -> bytes:
    """ContentInfo (RFC 5652 section 3)."""
    return tlv(0x30, oid(content_type), tlv(0xA0, value))


def data_part(*bags: bytes) -> bytes:
    """An unencrypted part of a PFX."""
    return content_info(DATA, tlv(0x04, tlv(0x30, *bags)))


def encrypted_part(password: str, scheme: Scheme, *bags: bytes) -> bytes:
    """A part of a PFX under a password: EncryptedData (RFC 5652 section 8)."""
    algorithm, data = encrypt(tlv(0x30, *bags), password, scheme)
    content = tlv(0x30, oid(DATA), algorithm, tlv(0x80, data))
    return content_info(ENCRYPTED_DATA, tlv(0x30, integer(0), content))


def bag(bag_type: str, value: bytes) -> bytes:
    """SafeBag (RFC 7292 section 4.2) with a friendlyName and a localKeyID, in an order that DER does not allow."""
    name = tlv(0x30, oid("1.2.840.113549.1.9.20"), tlv(0x31, tlv(0x1E, "인증서 하나".encode("utf-16-be"))))
    key_id = tlv(0x30, oid("1.2.840.113549.1.9.21"), tlv(0x31, tlv(0x04, b"\x01\x02\x03\x04")))
    return tlv(0x30, oid(bag_type), tlv(0xA0, value), tlv(0x31, name, key_id))


def cert_bag(der: bytes) -> bytes:
    """CertBag (RFC 7292 section 4.2.3)."""
    return bag(CERT_BAG, tlv(0x30, oid("1.2.840.113549.1.9.22.1"), tlv(0xA0, tlv(0x04, der))))


def p7b(*certificates: bytes) -> bytes:
    """A .p7b as `cryptography` writes it."""
    return serialize_certificates([x509.load_der_x509_certificate(der) for der in certificates], Encoding.DER)


def p7b_unsorted(*certificates: bytes) -> bytes:
    """A .p7b with these certificates in this order, unchecked (RFC 5652 section 5.1)."""
    signed = tlv(
        0x30,
        integer(1),
        tlv(0x31),
        tlv(0x30, oid(DATA)),
        tlv(0xA0, *certificates) if certificates else b"",
        tlv(0x31),
    )
    return content_info(SIGNED_DATA, signed)


def pem(label: str, der: bytes, *, newline: str = "\n") -> bytes:
    """One PEM block (RFC 7468)."""
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def as_ber(der: bytes, *, piece: int = 1000) -> bytes:
    """The same value with indefinite lengths and constructed octet strings (X.690 sections 8.1.3.6 and 8.7)."""
    tag = der[0]
    contents = _contents(der)
    if tag & 0x20:
        parts = []
        at = 0
        while at < len(contents):
            end = at + _size(contents[at:])
            parts.append(as_ber(contents[at:end], piece=piece))
            at = end
        return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"
    if tag == 0x04 and len(contents) > piece:
        pieces = (tlv(0x04, contents[at : at + piece]) for at in range(0, len(contents), piece))
        return b"\x24\x80" + b"".join(pieces) + b"\0\0"
    return der


def _size(der: bytes) -> int:
    return _start(der) + len(_contents(der))


def _start(der: bytes) -> int:
    return 2 if der[1] < 0x80 else 2 + der[1] - 0x80


def _contents(der: bytes) -> bytes:
    start = _start(der)
    length = der[1] if start == 2 else int.from_bytes(der[2:start])
    return der[start : start + length]
