"""Files for every code that a decision on a file can give."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtensionOID

from registrar.domain.registrations.upload_files import MAX_FILE_BYTES
from tests.support.builders import (
    NOW,
    a_certificate,
    a_compromised_key,
    a_link,
    a_pki,
    an_ec_key,
    an_rsa_key,
)
from tools.pki.npki_containers import pem as pem_block
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import sign_pri_key

UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\5\0")
MAPPINGS = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), b"\x30\0")
ANY_POLICY = "2.5.29.32.0"
PASSWORD = "Hong!1234"


def good(**overrides: Any) -> bytes:
    return a_certificate(**{"key": an_ec_key(), **overrides}).der


def under_another_pki() -> bytes:
    first, last = NOW, NOW + timedelta(days=365)
    return a_pki(2).issue_customer(not_before=first, not_after=last, key=an_ec_key()).der


def under_an_announced_ca() -> bytes:
    root = a_link("KISA RootCA 5")
    ca = a_link("yessignCA Class 4", root)
    return a_link("홍길동", ca, ca=False, usage=("digital_signature", "content_commitment")).certificate.der


def good_pem() -> bytes:
    return pem_block("CERTIFICATE", good())


def an_envelope() -> bytes:
    return sign_pri_key(a_certificate(key=an_ec_key()), PASSWORD)


def a_private_key() -> bytes:
    return an_ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


CASES: dict[str, list[Callable[[], bytes]]] = {
    "UPLOAD_EMPTY": [lambda: b""],
    "UPLOAD_TOO_LARGE": [lambda: good().ljust(MAX_FILE_BYTES + 1, b"\0")],
    "FILE_UNREADABLE": [lambda: b"hello", lambda: good()[:-1]],
    "FILE_NO_CERTIFICATE": [lambda: pem_block("CERTIFICATE REQUEST", b"x"), an_envelope],
    "FILE_PASSWORD_REQUIRED": [
        lambda: pfx(a_certificate(key=an_ec_key()), PASSWORD),
        lambda: pem_block("CERTIFICATE", good()) + pem_block("ENCRYPTED PRIVATE KEY", an_envelope()),
    ],
    "FILE_ENCRYPTION_UNSUPPORTED": [a_private_key, lambda: good_pem() + a_private_key()],
    "OWN_BANK_CERTIFICATE": [lambda: good(bank_ou="JBB"), lambda: good(bank_ou="jbb ")],
    "FILE_SEVERAL_CERTIFICATES": [lambda: a_certificate().pem + a_certificate(key=an_ec_key()).pem],
    "CERT_MALFORMED": [
        lambda: good(policy_oids=["1.2.410.200005.1.1.4", "1.2.410.200005.1.1.4"]),
        lambda: good(extra_extensions=[(x509.UnrecognizedExtension(ExtensionOID.FRESHEST_CRL, b"\xff"), False)]),
    ],
    "CERT_IS_CA": [
        lambda: good(is_ca=True),
        lambda: good(key_usage=("digital_signature", "content_commitment", "key_cert_sign")),
        lambda: good(key_usage=("crl_sign",)),
        lambda: good(is_ca=True, omit=[ExtensionOID.KEY_USAGE]),
    ],
    "CERT_USAGE_NOT_ALLOWED": [
        lambda: good(encipherment=True),
        lambda: good(omit=[ExtensionOID.KEY_USAGE]),
        lambda: good(key_usage=("digital_signature",)),
        lambda: good(key_usage=("content_commitment",)),
    ],
    "TRUST_ISSUER_UNKNOWN": [under_another_pki],
    "TRUST_GENERATION_NOT_YET": [under_an_announced_ca],
    "TRUST_SIGNATURE_INVALID": [lambda: good(signing_key=an_rsa_key("A forger"))],
    "TRUST_ISSUER_NOT_ACCEPTED_NOW": [
        lambda: good(not_before=NOW - timedelta(days=1), not_after=NOW + timedelta(days=9000))
    ],
    "CERT_POLICY_NOT_ACCEPTED": [
        lambda: good(omit=[ExtensionOID.CERTIFICATE_POLICIES]),
        lambda: good(policy_oid=ANY_POLICY),
        lambda: good(policy_oid="1.2.410.100001.2.1.1"),
        lambda: good(policy_oid="1.2.410.200005.1.1.6.2"),
        lambda: good(policy_oids=["1.2.410.200005.1.1.4", ANY_POLICY]),
        lambda: good(policy_oids=["1.2.410.200005.1.1.4", "1.2.410.200005.1.1.1"]),
    ],
    "CERT_FINANCIAL_NOT_ACCEPTED": [lambda: good(policy_oid="1.2.410.200005.1.1.1.10")],
    "CERT_PERSONAL_REQUIRED": [lambda: good(policy_oid="1.2.410.200005.1.1.5")],
    "CERT_EXPIRED": [lambda: good(not_before=NOW - timedelta(days=365), not_after=NOW - timedelta(seconds=1))],
    "CERT_NOT_YET_VALID": [lambda: good(not_before=NOW + timedelta(seconds=1))],
    "CERT_EXPIRES_SOON": [lambda: good(not_after=NOW + timedelta(days=29))],
    "CERT_KEY_TOO_WEAK": [
        lambda: good(key=an_rsa_key(bits=1024)),
        lambda: good(key=rsa.generate_private_key(3, 2048)),
        lambda: good(key=ec.derive_private_key(7, ec.SECP256K1())),
        lambda: good(key=ec.derive_private_key(7, ec.SECP224R1())),
        lambda: good(key=ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),
    ],
    "CERT_KEY_KNOWN_COMPROMISED": [
        lambda: good(key=a_compromised_key("roca")),
        lambda: good(key=a_compromised_key("fermat")),
        lambda: good(key=a_compromised_key("small-factor")),
    ],
    "CERT_ALGORITHM_WEAK": [lambda: good(sha1_signature=True)],
    "CERT_CRITICAL_EXTENSION_UNKNOWN": [
        lambda: good(extra_extensions=[(UNKNOWN, True)]),
        lambda: good(extra_extensions=[(MAPPINGS, False)]),
        lambda: good(extra_extensions=[(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.3")]), True)]),
    ],
}
