"""Files for the SDK's tests, with what the service makes of each: `python -m tests.support.web_cases FILE`.

The SDK has to end where the service ends: with the same certificate and R, the same code, or a wrong password.
Files that openssl makes are left out where there is no openssl, published ones where they are not beside the
project.
"""

import argparse
import base64
import hashlib
import io
import json
import random
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat

from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.files.formats import Bare, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.possession.proofs import Proof
from registrar.domain.reasons.errors import Refusal, WrongPassword
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key, an_rsa_key
from tests.support.customer_folders import FOLDERS
from tests.support.npki_samples import (
    ARIA_SIZES,
    KOREAN,
    PASSWORD,
    SCHEMES,
    R,
    a_customer,
    an_ec_customer,
    an_issuer,
    aria_key,
    key_der,
    openssl,
    openssl_files,
    samples,
)
from tools.cloud.emulator import ROOT
from tools.pki.authorities import CustomerCertificate, _tlv
from tools.pki.npki_containers import (
    SAFE_CONTENTS_BAG,
    as_ber,
    bag,
    cert_bag,
    data_part,
    encrypted_part,
    p7b,
    p7b_unsorted,
    pem,
    pfx,
    pfx_of,
    pfx_with,
)
from tools.pki.npki_files import (
    Pbes2,
    Pkcs12,
    Seed,
    algorithm_identifier,
    encrypted_key,
    integer,
    private_key_info,
    random_number_attribute,
    sign_pri_key,
)

_CHANGES = 60
# Values that turn lengths, tags, counts and types into others.
_BYTES = (0x00, 0x01, 0x02, 0x04, 0x06, 0x24, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xFF)


@dataclass(frozen=True)
class Case:
    """The files of one upload and the password that is typed."""

    name: str
    files: tuple[bytes, ...]
    password: str = PASSWORD


def outcome(case: Case) -> dict[str, Any]:
    """How the service ends with these files."""
    try:
        container = recognise(case.files)
        if isinstance(container, Bare):
            return {"end": "bare", "fingerprint": hashlib.sha256(container.der).hexdigest()}
        opened = container.open(case.password, KdfBudget())
    except WrongPassword:
        return {"end": "FILE_PASSWORD_WRONG"}
    except Refusal as refusal:
        return {"end": str(refusal.code)}
    return {
        "end": "opened",
        "fingerprint": hashlib.sha256(opened.der).hexdigest(),
        "random_number": opened.random_number.hex() if opened.random_number else None,
    }


def cases() -> Iterator[Case]:
    """Every kind of file that is read, and every kind that is refused."""
    yield from _schemes()
    yield from _passwords()
    yield from _keys()
    yield from (Case(f"sample {name}", files, word or PASSWORD) for name, (files, word) in samples().items())
    yield from _padded()
    yield from _refused()
    yield from _hostile()
    for name, make in FOLDERS.items():
        folder = make()
        yield Case(f"{name} pair", (folder.certificate, folder.key), folder.password)
        yield Case(f"{name} PFX", (folder.pfx,), folder.password)
    if shutil.which("openssl"):
        yield from _made_by_openssl()
    yield from _changed()


def _schemes() -> Iterator[Case]:
    for scheme, _ in SCHEMES:
        key = sign_pri_key(a_customer(), PASSWORD, scheme)
        yield Case(f"{scheme}", (a_customer().der, key))
        yield Case(f"{scheme}, wrong password", (key, a_customer().der), PASSWORD.upper())


def _passwords() -> Iterator[Case]:
    small = an_ec_customer()
    for encoding in ("utf-8", "cp949"):
        for scheme in (Seed(10, encoding=encoding), Pbes2("aes256", "sha256", rounds=10, encoding=encoding)):
            yield Case(
                f"Korean password in {encoding}, {scheme}", (small.der, sign_pri_key(small, KOREAN, scheme)), KOREAN
            )
    yield Case("Korean password of a PFX", (pfx(small, KOREAN, mac_rounds=2),), KOREAN)
    for long in ("긴" * 40, "x" * 128):
        yield Case(f"password of {len(long)}", (small.der, sign_pri_key(small, long, Seed(10))), long)
    yield Case("astral password", (small.der, sign_pri_key(small, "a😀b", Seed(10))), "a😀b")
    yield Case(
        "declared and used PRF differ",
        (small.der, sign_pri_key(small, PASSWORD, Pbes2(prf="sha256", used_prf="sha1"))),
    )
    yield Case("empty password", (small.der, sign_pri_key(small, "", Seed(10))), "")
    yield Case("empty password of a PFX", (pfx(small, "", key_scheme=Pkcs12(rounds=2), mac_rounds=2),), "")


def _keys() -> Iterator[Case]:
    for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
        customer = a_certificate(key=ec.derive_private_key(0x1234567890ABCDEF, curve), random_number=R)
        yield Case(f"EC {curve.name}", (customer.der, sign_pri_key(customer, PASSWORD, Seed(10))))
    rsa = a_certificate(key=an_rsa_key("small", 1024), random_number=R)
    yield Case("RSA 1024", (rsa.der, sign_pri_key(rsa, PASSWORD, Seed(10))))
    small = an_ec_customer()
    without = encrypted_key(private_key_info(small.key), PASSWORD, Seed(10))
    yield Case("no R", (small.der, without))
    for name, attribute in (
        ("R of 19 bytes", random_number_attribute(R[:19])),
        ("R of 159 bits", random_number_attribute(R, unused_bits=1)),
        ("two R", random_number_attribute(R) + random_number_attribute(R)),
    ):
        info = private_key_info(small.key, None, attribute)
        yield Case(name, (small.der, encrypted_key(info, PASSWORD, Seed(10))))
    yield Case(
        "a key in BER", (small.der, encrypted_key(as_ber(private_key_info(small.key, R)), PASSWORD, Seed(10)))
    )
    unknown = _tlv(0x30, integer(0), algorithm_identifier("1.2.840.10040.4.1"), _tlv(0x04, bytes(20)))
    yield Case("a DSA key", (small.der, encrypted_key(unknown, PASSWORD, Seed(10))))
    sec1 = key_der(small, PrivateFormat.TraditionalOpenSSL)
    yield Case("no PrivateKeyInfo", (small.der, encrypted_key(sec1, PASSWORD, Seed(10))))


def _padded() -> Iterator[Case]:
    customer = a_customer()
    key = sign_pri_key(customer, PASSWORD, Seed(10))
    for padding in (b"\0" * 7, b"\xff" * 100, b"\r\n"):
        yield Case(f"padding {padding[:2]!r}", (customer.der + padding, key + padding))
    text = base64.encodebytes(customer.der)
    yield Case("base64 without lines around it", (text, base64.b64encode(key)))
    yield Case("PEM in UTF-16", (customer.pem.decode().encode("utf-16"), pem("ENCRYPTED PRIVATE KEY", key)))
    yield Case("PKCS #7 labelled as a certificate", (pem("CERTIFICATE", p7b(customer.der, an_issuer())), key))
    yield Case("PFX as text", (pem("PKCS12", pfx(an_ec_customer(), PASSWORD, mac_rounds=2)),))
    both = pem("CERTIFICATE", an_issuer()) + pem("CERTIFICATE", customer.der)
    yield Case("a chain in PEM", (both, key))
    for_encipherment = a_certificate(encipherment=True, key=an_ec_key("km"))
    yield Case("certificates for signing and for encipherment", (p7b(customer.der, for_encipherment.der), key))


def _refused() -> Iterator[Case]:
    customer, small = a_customer(), an_ec_customer()
    key = sign_pri_key(small, PASSWORD, Seed(10))
    yield Case("another's key", (customer.der, key))
    other = a_certificate(key=an_ec_key("other"))
    yield Case("another's key of the same kind", (other.der, key))
    stranger = x509.load_der_x509_certificate(other.der).public_key()
    yield Case("a key made up around a stranger's public half", (other.der, _made_up(small, stranger)))
    yield Case("a certificate alone", (customer.der,))
    yield Case("a key alone", (key,))
    yield Case("two keys", (key, sign_pri_key(customer, PASSWORD, Seed(10))))
    yield Case("two certificates", (customer.der, small.der))
    yield Case("two certificates and a key", (p7b(customer.der, small.der), key))
    yield Case("two PFX", (pfx(small, PASSWORD, mac_rounds=2), pfx(customer, PASSWORD, mac_rounds=2)))
    yield Case("a PFX and a certificate", (pfx(small, PASSWORD, mac_rounds=2), customer.der))
    for name, form in (("PKCS #8", PrivateFormat.PKCS8), ("SEC 1", PrivateFormat.TraditionalOpenSSL)):
        yield Case(f"an open key, {name}", (small.der, key_der(small, form)))
        yield Case(f"an open key in PEM, {name}", (small.der, pem("PRIVATE KEY", key_der(small, form))))
    request = x509.CertificateSigningRequestBuilder(customer.certificate.subject).sign(small.key, SHA256())
    yield Case("a request", (request.public_bytes(Encoding.DER),))
    yield Case("a request in PEM", (request.public_bytes(Encoding.PEM),))
    yield Case("a broken certificate", (customer.der[:-1], key))
    yield Case("certificates of CAs only", (p7b(an_issuer(), a_pki().root.certificate.public_bytes(Encoding.DER)),))
    yield Case("a PKCS #7 with nothing in it", (p7b_unsorted(),))
    unknown = algorithm_identifier("1.2.840.113549.1.5.3", _tlv(0x30, _tlv(0x04, bytes(8)), integer(1)))
    yield Case("PBES1 with MD5", (small.der, _tlv(0x30, unknown, _tlv(0x04, bytes(48)))))
    yield Case("a key of another length than its cipher's blocks", (small.der, key[:-3]))


def _made_up(customer: CustomerCertificate, public: Any) -> bytes:
    """A key file whose scalar is the customer's and whose point is a stranger's."""
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    scalar = customer.key.private_numbers().private_value.to_bytes(32)  # type: ignore[union-attr]
    ec_key = _tlv(0x30, integer(1), _tlv(0x04, scalar), _tlv(0xA1, _tlv(0x03, b"\0", point)))
    curve = bytes.fromhex("06082a8648ce3d030107")
    info = _tlv(0x30, integer(0), algorithm_identifier("1.2.840.10045.2.1", curve), _tlv(0x04, ec_key))
    return encrypted_key(info, PASSWORD, Seed(10))


def _hostile() -> Iterator[Case]:
    customer = an_ec_customer()
    yield Case("nothing", (b"",))
    yield Case("two files, one empty", (customer.der, b""))
    yield Case("64 KiB of zeros", (bytes(65536),))
    yield Case("a byte more than 64 KiB", (bytes(65537),))
    yield Case("64 KiB and a certificate", (bytes(65000), customer.der))
    yield Case("64 KiB of base64", (b"MIIB" * 16384,))
    yield Case("64 KiB of BEGIN lines", (b"-----BEGIN A-----" * 3855,))
    yield Case("a zip", (_zipped(customer.der),))
    yield Case("a picture", (b"\x89PNG\r\n\x1a\n" + bytes(100),))
    for name, opening in (("SEQUENCE", b"\x30\x80"), ("octet string", b"\x24\x80"), ("[0]", b"\xa0\x80")):
        yield Case(f"64 KiB of open {name}", (b"\x30\x80" + opening * 32000,))
    nested = b""
    while len(nested) < 65000:
        nested = _tlv(0x30, nested)
    yield Case("SEQUENCE in SEQUENCE, 64 KiB", (nested,))
    yield Case("a length of 2^32", (b"\x30\x84\xff\xff\xff\xff" + bytes(10),))
    for rounds in (0, 1_000_001, 2**31, 2**63, 2**20_000):
        parameters = _tlv(0x30, _tlv(0x04, bytes(8)), integer(rounds))
        for oid in ("1.2.410.200004.1.15", "1.2.840.113549.1.12.1.3"):
            envelope = _tlv(0x30, algorithm_identifier(oid, parameters), _tlv(0x04, bytes(48)))
            yield Case(f"{rounds.bit_length()} bits of rounds, {oid}", (customer.der, envelope))
        scheme = algorithm_identifier("1.2.840.113549.1.5.12", parameters)
        cipher = algorithm_identifier("2.16.840.1.101.3.4.1.42", _tlv(0x04, bytes(16)))
        pbes2 = algorithm_identifier("1.2.840.113549.1.5.13", _tlv(0x30, scheme, cipher))
        yield Case(
            f"{rounds.bit_length()} bits of PBKDF2 rounds", (customer.der, _tlv(0x30, pbes2, _tlv(0x04, bytes(48))))
        )
    for n, r, p in ((2**20, 8, 1), (2**40, 1, 1), (16, 2**30, 1), (16, 1, 5), (3, 1, 1), (1024, 8, 200)):
        numbers = (integer(each) for each in (n, r, p))
        scheme = algorithm_identifier("1.3.6.1.4.1.11591.4.11", _tlv(0x30, _tlv(0x04, bytes(8)), *numbers))
        cipher = algorithm_identifier("2.16.840.1.101.3.4.1.42", _tlv(0x04, bytes(16)))
        pbes2 = algorithm_identifier("1.2.840.113549.1.5.13", _tlv(0x30, scheme, cipher))
        yield Case(f"scrypt {n} {r} {p}", (customer.der, _tlv(0x30, pbes2, _tlv(0x04, bytes(48)))))
    yield from _hostile_pfx(customer)


def _hostile_pfx(customer: CustomerCertificate) -> Iterator[Case]:
    info = private_key_info(customer.key, R)
    sealed = bag("1.2.840.113549.1.12.10.1.2", encrypted_key(info, PASSWORD, Pkcs12(rounds=1)))
    certificate = cert_bag(customer.der)
    yield Case("a PFX without a MAC", (pfx_with(_tlv(0x30, data_part(certificate, sealed)), None),))
    yield Case(
        "a PFX with a bag in a bag", (pfx_of([data_part(bag(SAFE_CONTENTS_BAG, _tlv(0x30, sealed)))], PASSWORD),)
    )
    open_key = bag("1.2.840.113549.1.12.10.1.1", info)
    yield Case("a PFX with an open key", (pfx_of([data_part(certificate, open_key)], PASSWORD),))
    part = encrypted_part(PASSWORD, Pkcs12(rounds=1), certificate, open_key)
    yield Case("a PFX with an open key in a sealed part", (pfx_of([part], PASSWORD),))
    yield Case("a PFX without a key", (pfx_of([data_part(certificate)], PASSWORD),))
    yield Case("a PFX without a certificate", (pfx_of([data_part(sealed)], PASSWORD),))
    other = bag("1.2.840.113549.1.12.10.1.2", encrypted_key(info, "other", Pkcs12(rounds=1)))
    yield Case("a PFX whose key has another password", (pfx_of([data_part(certificate, other)], PASSWORD),))
    elsewhere = encrypted_part("other", Pkcs12(rounds=1), certificate)
    yield Case("a PFX whose part has another password", (pfx_of([elsewhere, data_part(sealed)], PASSWORD),))
    yield Case("a PFX with nine parts", (pfx_of([data_part(certificate)] * 9, PASSWORD),))
    yield Case("a PFX with 41 bags", (pfx_of([data_part(*[sealed] * 41)], PASSWORD),))
    yield Case("a PFX with 21 certificates", (pfx_of([data_part(*[certificate] * 21)], PASSWORD),))
    yield Case(
        "a PFX of a million rounds", (pfx_of([data_part(certificate, sealed)], PASSWORD, mac_rounds=1),), "x"
    )
    for_encipherment = a_certificate(encipherment=True, key=an_ec_key("km"))
    km_key = encrypted_key(private_key_info(for_encipherment.key), PASSWORD, Pkcs12(rounds=1))
    both = data_part(certificate, sealed, cert_bag(for_encipherment.der), bag("1.2.840.113549.1.12.10.1.2", km_key))
    yield Case("a PFX with both pairs", (pfx_of([both], PASSWORD, mac="sha512", mac_rounds=3),))
    yield Case("a PFX in BER", (as_ber(pfx_of([both], PASSWORD)),))


def _zipped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("signCert.der", content)
    return made.getvalue()


def _made_by_openssl() -> Iterator[Case]:
    for bits in ARIA_SIZES:
        scheme = Pbes2(prf="sha256", rounds=100)
        yield Case(
            f"ARIA {bits}",
            (a_customer().der, aria_key(private_key_info(a_customer().key, R), PASSWORD, bits, scheme)),
        )
    with tempfile.TemporaryDirectory() as name:
        files = openssl_files(Path(name), a_customer())
        export = ("pkcs12", "-export", "-legacy", *files, "-passout")
        for pbe in (
            *("PBE-SHA1-3DES", "PBE-SHA1-2DES", "PBE-SHA1-RC2-40", "PBE-SHA1-RC2-128", "AES-128-CBC"),
            *("AES-192-CBC", "AES-256-CBC", "SEED-CBC", "ARIA-256-CBC", "DES-EDE3-CBC"),
        ):
            for password in (PASSWORD, KOREAN):
                made = openssl(*export, f"pass:{password}", "-keypbe", pbe, "-certpbe", pbe)
                yield Case(f"openssl PFX {pbe} {password}", (made,), password)
        for options in (
            ("-descert",),
            ("-noiter", "-nomaciter"),
            ("-nomac",),
            ("-keypbe", "NONE"),
            ("-certpbe", "CAMELLIA-128-CBC"),
            *(("-macalg", digest) for digest in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")),
        ):
            yield Case(f"openssl PFX {options}", (openssl(*export, f"pass:{PASSWORD}", *options),))
        today = openssl("pkcs12", "-export", *files, "-passout", f"pass:{PASSWORD}")
        yield Case("openssl PFX of today", (today,))
    small = an_ec_customer()
    command = (
        "pkcs8",
        "-topk8",
        "-inform",
        "DER",
        "-outform",
        "DER",
        "-provider",
        "legacy",
        "-provider",
        "default",
    )
    for options in (
        ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"),
        ("-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA1"),
        ("-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"),
        ("-v2", "seed-cbc", "-v2prf", "hmacWithSHA384"),
        ("-v2", "aria-192-cbc", "-v2prf", "hmacWithSHA256"),
        ("-v2", "des3", "-v2prf", "hmacWithSHA224"),
        ("-v1", "PBE-SHA1-3DES"),
        ("-v1", "PBE-SHA1-RC2-40"),
        ("-v1", "PBE-MD5-DES"),
        ("-scrypt", "-scrypt_N", "1024", "-scrypt_r", "8", "-scrypt_p", "1"),
    ):
        made = openssl(*command, "-passout", f"pass:{KOREAN}", *options, given=key_der(small))
        yield Case(f"openssl key {options}", (small.der, made), KOREAN)


def _changed() -> Iterator[Case]:
    """The samples with bytes changed, the same in every run."""
    chosen = random.Random("changed")  # noqa: S311 - no secret
    for name, (files, password) in samples().items():
        for number in range(_CHANGES):
            at = chosen.randrange(len(files))
            content = bytearray(files[at])
            for _ in range(chosen.choice((1, 1, 2))):
                content[chosen.randrange(len(content))] = chosen.choice(_BYTES)
            made = (*files[:at], bytes(content), *files[at + 1 :])
            yield Case(f"{name} changed {number}", made, password or PASSWORD)


def npki_folder() -> dict[str, bytes]:
    """A customer's NPKI folder, by path: own certificates of two issuers, those of CAs, and other things."""
    hong, kim = a_customer(), an_ec_customer()
    gone = a_certificate(
        "홍길동",
        not_before=NOW - timedelta(days=800),
        not_after=NOW - timedelta(days=435),
        operator="kica",
        key=an_ec_key(),
    )
    km = a_certificate(encipherment=True, key=an_ec_key("km"))
    root = a_pki().root.certificate.public_bytes(Encoding.DER)
    home = "NPKI/yessign/USER/cn=홍길동()0020041,ou=WOORI,ou=personal4IB,o=yessign,c=kr"
    old = "NPKI/KICA/USER/cn=홍길동()0020042,ou=WOORI,ou=personal,o=KICA,c=KR"
    files = {
        f"{home}/signCert.der": hong.der,
        f"{home}/signPri.key": sign_pri_key(hong, PASSWORD),
        f"{home}/kmCert.der": km.der,
        f"{home}/kmPri.key": sign_pri_key(km, PASSWORD),
        f"{home}/CaPubs": p7b(an_issuer(), root),
        f"{old}/signCert.der": gone.der,
        f"{old}/signPri.key": sign_pri_key(gone, PASSWORD, Pbes2("aes256", "sha256")),
        "NPKI/yessign/3D1F_yessignCA.der": an_issuer(),
        "NPKI/KISA/root.der": root,
        "NPKI/yessign/logo.bmp": b"BM" + bytes(500),
        "NPKI/backup/kim.pfx": pfx(kim, PASSWORD, mac_rounds=2),
        "NPKI/backup/damaged.pfx": pfx(kim, PASSWORD, mac_rounds=2)[:-9],
        "NPKI/backup/lonely.key": sign_pri_key(kim, PASSWORD, Seed(10)),
        "NPKI/backup/kim.der": kim.der,
        "NPKI/both/one.der": kim.der,
        "NPKI/both/other.der": hong.der,
        "NPKI/both/one.key": sign_pri_key(kim, PASSWORD, Seed(10)),
        "NPKI/both/empty.key": b"",
    }
    return {f"Documents/{path}": content for path, content in files.items()}


def facts(der: bytes) -> dict[str, Any]:
    """What the service reads of a certificate, in the SDK's words."""
    certificate = read_certificate(der)
    return {
        "fingerprint": certificate.fingerprint,
        "serial": f"{certificate.serial:x}",
        "holder": certificate.real_name,
        "policies": sorted(certificate.policies or ()),
        "notBefore": int(certificate.not_before.timestamp()),
        "notAfter": int(certificate.not_after.timestamp()),
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def document() -> Mapping[str, Any]:
    """All of it, for the tests of the SDK."""
    folder = npki_folder()
    certificates: Sequence[bytes] = [
        *(content for path, content in folder.items() if path.endswith("signCert.der")),
        *(path.read_bytes() for path in sorted((ROOT.parent / "shared/vectors").glob("pypinksign/signCert.der"))),
    ]
    return {
        "cases": [
            {
                "name": case.name,
                "files": [_text(content) for content in case.files],
                "password": case.password,
                "expected": outcome(case),
            }
            for case in cases()
        ],
        "folder": {path: _text(content) for path, content in folder.items()},
        "certificates": [{"der": _text(der), "expected": facts(der)} for der in certificates],
        "password": PASSWORD,
    }


def proof_of(kind: str, made: str) -> Proof:
    """A signature that the SDK made, in base64, as the service reads it."""
    return Proof(kind, base64.b64decode(made), None)


def main() -> None:
    """Write the document."""
    parser = argparse.ArgumentParser(description="Write the files that the SDK's unit tests open.")
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document(), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
