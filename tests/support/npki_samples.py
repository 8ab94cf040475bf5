"""Files of customers for the tests of the file readers: made here, or by openssl."""

import hashlib
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from registrar.domain.files.formats import LockedPair, LockedPfx, Opened, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.files.key_envelopes import open_key, read_envelope
from registrar.domain.files.password_forms import Password
from registrar.domain.files.private_keys import PrivateKey
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.builders import a_certificate, a_pki, an_rsa_key
from tools.pki.authorities import CustomerCertificate, _tlv
from tools.pki.npki_containers import as_ber, p7b, pem, pfx
from tools.pki.npki_files import (
    Pbes2,
    Pkcs12,
    Scheme,
    ScryptScheme,
    Seed,
    algorithm_identifier,
    pbkdf2_algorithm,
    sign_pri_key,
)

PASSWORD = "Hong!1234"
KOREAN = "비밀번호1!"
R = bytes(range(20))
# The OIDs of ARIA in CBC mode by the bits of the key.
ARIA_SIZES = {128: "1.2.410.200046.1.1.2", 192: "1.2.410.200046.1.1.7", 256: "1.2.410.200046.1.1.12"}

# Every envelope that is read, ARIA's aside, with the rounds that opening it takes.
SCHEMES: Sequence[tuple[Scheme, int]] = (
    (Seed(), 2048),
    (Seed(rounds=1), 1),
    (Seed(rounds=100, fixed_iv=True), 100),
    (Pbes2(), 2048),
    (Pbes2(prf="sha1", key_length=True), 2048),
    (Pbes2(prf="sha256"), 2048),
    (Pbes2("aes128", "sha384", rounds=1024), 1024),
    (Pbes2("aes192", "sha1"), 2 * 2048),
    (Pbes2("aes192", "sha512"), 2048),
    (Pbes2("aes256"), 2 * 2048),
    (Pbes2("aes256", "sha256", key_length=True), 2048),
    (Pbes2("3des", "sha224"), 2048),
    (Pbes2("3des"), 2 * 2048),
    (ScryptScheme(1024, 8, 2), 1024 * 8 * 2),
    (ScryptScheme(2, 1, 1, "seed"), 2),
    (Pkcs12(), 3 * 2048),
    (Pkcs12("pbe-2des"), 2 * 2048),
    (Pkcs12("pbe-rc2-128", 100), 2 * 100),
)
each_scheme = pytest.mark.parametrize(("scheme", "rounds"), SCHEMES, ids=lambda value: str(value)[:70])


@cache
def a_customer() -> CustomerCertificate:
    """One customer with an RSA key and a known R, the same for the whole run."""
    return a_certificate(key=an_rsa_key(), random_number=R)


@cache
def an_ec_customer() -> CustomerCertificate:
    """A customer with a key that is the same in every run."""
    return a_certificate("김영희", key=ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1()), random_number=R)


@cache
def an_issuer() -> bytes:
    """The certificate of the CA that issued the customers'."""
    return a_pki().issuers["yessign"].certificate.public_bytes(Encoding.DER)


def key_der(customer: CustomerCertificate, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    """A customer's private key as it must never be uploaded: open."""
    return customer.key.private_bytes(Encoding.DER, form, NoEncryption())


def opened(*files: bytes, password: str = PASSWORD, budget: KdfBudget | None = None) -> Opened:
    """What a password opens."""
    container = recognise(files)
    assert isinstance(container, LockedPair | LockedPfx)
    return container.open(password, KdfBudget() if budget is None else budget)


def refusal(*files: bytes, password: str = PASSWORD) -> str:
    """The code that files are refused with, be it before or after the password."""
    with pytest.raises(Refusal) as refused:
        opened(*files, password=password)
    return refused.value.code


class Sample(NamedTuple):
    """The files of one upload, small in rounds; `password` is empty where none is needed."""

    files: tuple[bytes, ...]
    password: str = ""


@cache
def samples() -> Mapping[str, Sample]:
    """One of each kind of upload."""
    customer, small = a_customer(), an_ec_customer()
    key = sign_pri_key(customer, PASSWORD, Seed(10))
    return {
        "der": Sample((customer.der,)),
        "pem": Sample((b"text before\r\n" + pem("CERTIFICATE", customer.der, newline="\r\n") + b"and after",)),
        "p7b": Sample((p7b(customer.der, an_issuer()),)),
        "p7b-pem": Sample((pem("PKCS7", p7b(small.der)),)),
        "pair": Sample((key, customer.der), PASSWORD),
        "pair-pbes2": Sample((small.der, sign_pri_key(small, PASSWORD, Pbes2(rounds=10))), PASSWORD),
        "pair-scrypt": Sample((small.der, sign_pri_key(small, PASSWORD, ScryptScheme(2, 1, 1))), PASSWORD),
        "pair-pem": Sample((pem("ENCRYPTED PRIVATE KEY", key) + pem("CERTIFICATE", customer.der),), PASSWORD),
        "pfx": Sample((pfx(customer, PASSWORD, key_scheme=Pkcs12(rounds=2), mac_rounds=2),), PASSWORD),
        "pfx-sealed": Sample(
            (
                pfx(
                    small,
                    PASSWORD,
                    key_scheme=Pbes2("aes256", "sha256", rounds=3),
                    certificate_scheme=Pkcs12("pbe-rc2-128", 1),
                    chain=[an_issuer()],
                    mac="sha256",
                    mac_rounds=1,
                ),
            ),
            PASSWORD,
        ),
        "pfx-ber": Sample((as_ber(pfx(small, PASSWORD, key_scheme=Seed(5), mac_rounds=2)),), PASSWORD),
    }


def openssl(*arguments: str, given: bytes | None = None) -> bytes:
    """What the openssl command prints; the test skips where there is none."""
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("no openssl command to compare with")
    done = subprocess.run([command, *arguments], input=given, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def aria_key(info: bytes, password: str, bits: int, scheme: Pbes2, derived: bytes | None = None) -> bytes:
    """EncryptedPrivateKeyInfo by PBES2 with ARIA, which `cryptography` lacks: encrypted by openssl.

    `derived` is the key instead of the one that the rounds lead to.
    """
    salt, iv = secrets.token_bytes(8), secrets.token_bytes(16)
    key = derived or hashlib.pbkdf2_hmac(
        scheme.prf or "sha1", password.encode(scheme.encoding), salt, scheme.rounds, bits // 8
    )
    encryption = algorithm_identifier(ARIA_SIZES[bits], _tlv(0x04, iv))
    algorithm = algorithm_identifier(
        "1.2.840.113549.1.5.13", _tlv(0x30, pbkdf2_algorithm(salt, scheme), encryption)
    )
    data = openssl("enc", f"-aria-{bits}-cbc", "-K", key.hex(), "-iv", iv.hex(), given=info)
    return _tlv(0x30, algorithm, _tlv(0x04, data))


def openssl_files(folder: Path, customer: CustomerCertificate) -> tuple[str, ...]:
    """Arguments that give openssl a customer's key and certificate, and the issuer's."""
    key, certificate, issuer = (folder / name for name in ("key.pem", "certificate.pem", "issuer.pem"))
    key.write_bytes(customer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(customer.pem)
    issuer.write_bytes(pem("CERTIFICATE", an_issuer()))
    return "-inkey", str(key), "-in", str(certificate), "-certfile", str(issuer)


def open_envelope(der: bytes, password: str, budget: KdfBudget) -> PrivateKey:
    """The key in an EncryptedPrivateKeyInfo, opened with a typed password. Raises WrongPassword and Refusal."""
    key = open_key(read_envelope(der), Password.of(password), budget)
    if key is None:
        raise WrongPassword
    return key
