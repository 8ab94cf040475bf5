"""A customer's files with all that is known of them: made here always, and made by others where these are at hand.

A test that takes the fixture `folder` runs once for each. Made here, all comes from tools/pki, so reader and writer
could share an error of understanding; the published files, which other programs wrote, would show it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.builders import a_certificate, a_pki, an_rsa_key
from tests.support.others import OTHERS, a_vector
from tools.pki.authorities import _oid
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import Pkcs12, Seed, sign_pri_key


@dataclass(frozen=True)
class CustomerFolder:
    """The certificate, key and PFX of one customer of yessign named HKD, and of the CAs above.

    The certificate has the serial number 4562037 and the policy 1.2.410.200005.1.1.4, and is valid for 30 days;
    the key file takes 2048 rounds, MAC and key of the PFX 1024 each.
    """

    certificate: bytes
    key: bytes = field(repr=False)
    pfx: bytes = field(repr=False)
    password: str = field(repr=False)
    random_number: bytes = field(repr=False)
    seed_key: bytes = field(repr=False)  # what the key file's encryption derives from the password
    seed_iv: bytes = field(repr=False)
    fingerprint: str
    not_before: datetime
    root: bytes
    issuer: bytes
    issuer_name: str
    issuing_bank: str | None
    other_root: bytes  # another hierarchy, with an issuing CA of the same operator
    other_issuer: bytes

    @property
    def not_after(self) -> datetime:
        """The last second of the certificate."""
        return self.not_before + timedelta(days=30, seconds=-1)

    @property
    def at(self) -> datetime:
        """A moment when 15 days are left."""
        return self.not_before + timedelta(days=14, hours=9)


@cache
def generated() -> CustomerFolder:
    """A folder that tools/pki writes, the same for the whole run."""
    first = datetime(2026, 11, 8, 15, tzinfo=UTC)
    password = "hong!1234"
    customer = a_certificate(
        "HKD",
        not_before=first,
        not_after=first + timedelta(days=30, seconds=-1),
        key=an_rsa_key("folder"),
        idn="8503151234567",
        serial_number=4562037,
    )
    key = sign_pri_key(customer, password, Seed(2048))
    seed_key, seed_iv = _derived(key, password, 2048)
    root, issuer, other_root, other_issuer = (
        authority.certificate.public_bytes(Encoding.DER)
        for pki in (a_pki(), a_pki(2))
        for authority in (pki.root, pki.issuers["yessign"])
    )
    return CustomerFolder(
        certificate=customer.der,
        key=key,
        pfx=pfx(customer, password, key_scheme=Pkcs12(rounds=1024), mac_rounds=1024),
        password=password,
        random_number=customer.random_number,
        seed_key=seed_key,
        seed_iv=seed_iv,
        fingerprint=hashlib.sha256(customer.der).hexdigest(),
        not_before=first,
        root=root,
        issuer=issuer,
        issuer_name="yessignCA-Demo Class 1",
        issuing_bank="020",
        other_root=other_root,
        other_issuer=other_issuer,
    )


def _derived(key_file: bytes, password: str, rounds: int) -> tuple[bytes, bytes]:
    """The SEED key and IV of a key file: PBKDF1 (RFC 8018 section 5.1), and the IV from the rest of its output."""
    before_the_salt = _oid("1.2.410.200004.1.15") + b"\x30\x0e\x04\x08"
    at = key_file.index(before_the_salt) + len(before_the_salt)
    digest = password.encode() + key_file[at : at + 8]
    for _ in range(rounds):
        digest = hashlib.sha1(digest, usedforsecurity=False).digest()
    return digest[:16], hashlib.sha1(digest[16:], usedforsecurity=False).digest()[:16]


@cache
def published() -> CustomerFolder:
    """The folder that the PyPinkSign project publishes for its own tests, under the CAs' public test hierarchy."""
    return CustomerFolder(
        certificate=a_vector("pypinksign/signCert.der"),
        key=a_vector("pypinksign/signPri.key"),
        pfx=a_vector("pypinksign/test.pfx"),
        password=a_vector("pypinksign/password.txt").decode().strip(),
        random_number=bytes.fromhex("7858b4328390805129f01c97fe6ca4a520cbd479"),
        seed_key=bytes.fromhex("6240e2686a6abbc48c922ccba906bb91"),
        seed_iv=bytes.fromhex("4471a1fd154167f22848770d578a5b73"),
        fingerprint="31b59a1213eeac635d7c7abdb388137db1374157443722e5df6a0f21277fa9bd",
        not_before=datetime(2020, 2, 24, 15, tzinfo=UTC),
        root=a_vector("ca/Kisa-Test-RootCA-7.der"),
        issuer=a_vector("ca/yessignCA-Test-Class-4.der"),
        issuer_name="yessignCA-Test Class 4",
        issuing_bank=None,
        other_root=a_vector("ca/KISA-RootCA-4.der"),
        other_issuer=a_vector("ca/yessignCA-Class-3.der"),
    )


# Without the files of others the second is left out rather than skipped: the same test ran with the first.
FOLDERS: Mapping[str, Callable[[], CustomerFolder]] = {
    "generated": generated,
    **({"published": published} if (OTHERS / "vectors/pypinksign").exists() else {}),
}
