"""CMS messages for the tests: put together by hand so that each part can be wrong, and the openssl command.

Nothing here uses the code under test.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.pki.authorities import CustomerCertificate, _oid, _tlv

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSASSA_PSS = "1.2.840.113549.1.1.10"
SHA1_WITH_RSA = "1.2.840.113549.1.1.5"
SHA256_WITH_RSA = "1.2.840.113549.1.1.11"
SHA512_WITH_RSA = "1.2.840.113549.1.1.13"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
ECDSA_WITH_SHA1 = "1.2.840.10045.4.1"
ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4"
SHA1 = "1.3.14.3.2.26"
MD5 = "1.2.840.113549.2.5"
SHA256 = "2.16.840.1.101.3.4.2.1"
SHA512 = "2.16.840.1.101.3.4.2.3"
HASHES: dict[str, hashes.HashAlgorithm] = {
    SHA1: hashes.SHA1(),  # noqa: S303 - to be refused
    MD5: hashes.MD5(),  # noqa: S303 - to be refused
    SHA256: hashes.SHA256(),
    SHA512: hashes.SHA512(),
}
NULL = _tlv(0x05)


def an_algorithm(oid: str, parameters: bytes = b"") -> bytes:
    return _tlv(0x30, _oid(oid), parameters)


def an_attribute(oid: str, *values: bytes) -> bytes:
    return _tlv(0x30, _oid(oid), _tlv(0x31, *values))


def the_attributes(content: bytes, digest: str = SHA256, content_type: str = DATA) -> list[bytes]:
    """content-type and message-digest, as they should be."""
    value = hashlib.new(HASHES[digest].name, content).digest()
    return [an_attribute(CONTENT_TYPE, _oid(content_type)), an_attribute(MESSAGE_DIGEST, _tlv(0x04, value))]


def by_issuer_and_serial(certificate: x509.Certificate, serial: int | None = None) -> bytes:
    number = certificate.serial_number if serial is None else serial
    encoded = number.to_bytes(number.bit_length() // 8 + 1)
    return _tlv(0x30, certificate.issuer.public_bytes(), _tlv(0x02, encoded))


def by_key_id(certificate: x509.Certificate) -> bytes:
    key_id = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return _tlv(0x80, key_id.digest)


@dataclass(frozen=True)
class SignerInfo:
    """One signer (RFC 5652 5.3). Every argument has a good value by default; None takes it."""

    customer: CustomerCertificate
    content: bytes
    version: int = 1
    sid: bytes | None = None
    digest: str = SHA256
    digest_parameters: bytes = NULL
    # None: no signedAttrs at all.
    attributes: Sequence[bytes] | None = ()
    in_order: bool = True
    signature_algorithm: bytes | None = None
    signed: bytes | None = None
    unsigned: Sequence[bytes] = ()

    def der(self) -> bytes:
        attributes = self.attributes
        if attributes == ():
            attributes = the_attributes(self.content, self.digest)
        if attributes is not None and self.in_order:
            attributes = sorted(attributes)
        signed = self.content if attributes is None else _tlv(0x31, *attributes)
        return _tlv(
            0x30,
            _tlv(0x02, bytes([self.version])),
            self.sid or by_issuer_and_serial(self.customer.certificate),
            an_algorithm(self.digest, self.digest_parameters),
            b"" if attributes is None else _tlv(0xA0, *attributes),
            self.signature_algorithm or self._usual_algorithm(),
            _tlv(0x04, self._signature(signed if self.signed is None else self.signed)),
            _tlv(0xA1, *self.unsigned) if self.unsigned else b"",
        )

    def _usual_algorithm(self) -> bytes:
        if isinstance(self.customer.key, rsa.RSAPrivateKey):
            return an_algorithm(RSA_ENCRYPTION, NULL)
        return an_algorithm(ECDSA_WITH_SHA512 if self.digest == SHA512 else ECDSA_WITH_SHA256)

    def _signature(self, signed: bytes) -> bytes:
        return a_raw_signature(self.customer, signed, HASHES[self.digest])


def a_raw_signature(customer: CustomerCertificate, signed: bytes, digest: hashes.HashAlgorithm) -> bytes:
    if isinstance(customer.key, rsa.RSAPrivateKey):
        return customer.key.sign(signed, padding.PKCS1v15(), digest)
    return customer.key.sign(signed, ec.ECDSA(digest))


def a_message(
    *signers: bytes,
    version: int = 1,
    digests: Sequence[bytes] = (an_algorithm(SHA256, NULL),),
    content_type: str = DATA,
    content: bytes | None = None,
    certificates: Sequence[bytes] = (),
    crls: Sequence[bytes] = (),
    outer_type: str = SIGNED_DATA,
) -> bytes:
    """ContentInfo with SignedData (RFC 5652 3, 5.1)."""
    signed_data = _tlv(
        0x30,
        _tlv(0x02, bytes([version])),
        _tlv(0x31, *digests),
        _tlv(0x30, _oid(content_type), b"" if content is None else _tlv(0xA0, _tlv(0x04, content))),
        _tlv(0xA0, *certificates) if certificates else b"",
        _tlv(0xA1, *crls) if crls else b"",
        _tlv(0x31, *signers),
    )
    return _tlv(0x30, _oid(outer_type), _tlv(0xA0, signed_data))


def signed_by(customer: CustomerCertificate, text: bytes, **overrides: Any) -> bytes:
    """A good detached message; `overrides` go to SignerInfo, and to a_message those that it knows."""
    outer = {"outer_type", "content_type", "content_in", "certificates", "crls", "digests", "signed_version"}
    given = {name: overrides.pop(name) for name in outer & set(overrides)}
    if "content_in" in given:
        given["content"] = given.pop("content_in")
    if "signed_version" in given:
        given["version"] = given.pop("signed_version")
    signer = SignerInfo(customer, text, **overrides)
    given.setdefault("digests", (an_algorithm(signer.digest, signer.digest_parameters),))
    return a_message(signer.der(), **given)


class OpenSsl:
    """`openssl cms`, as the other opinion."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("openssl")
        if program is None:
            pytest.skip("no openssl command")
        self.program, self.folder = program, folder

    def _file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def _run(self, *arguments: str) -> int:
        command = [self.program, "cms", *arguments]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell
        return done.returncode

    def sign(self, content: bytes, customers: Sequence[CustomerCertificate], *options: str) -> bytes:
        """DER, signed by all of these; detached unless `options` say -nodetach."""
        signers: list[str] = []
        for index, customer in enumerate(customers):
            key = customer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            signers += ["-signer", self._file(f"signer{index}.pem", customer.pem)]
            signers += ["-inkey", self._file(f"key{index}.pem", key)]
            if "pss" in options:
                signers += ["-keyopt", "rsa_padding_mode:pss"]
        usual = ["-sign", "-binary", "-outform", "DER", "-in", self._file("content", content)]
        target = self.folder / "message.der"
        status = self._run(*usual, *signers, "-out", str(target), *(o for o in options if o != "pss"))
        assert status == 0, (customers, options)
        return target.read_bytes()

    def accepts(self, message: bytes, customer: CustomerCertificate, content: bytes) -> bool:
        """Whether openssl verifies `message` with this certificate only, leaving its chain aside."""
        return not self._run(
            *("-verify", "-binary", "-inform", "DER", "-in", self._file("message", message)),
            *("-content", self._file("content", content), "-noverify", "-nointern"),
            *("-certfile", self._file("certificate.pem", customer.pem), "-out", str(self.folder / "out")),
        )
