"""Opening a customer's key ÷ the bare key derivation, and compared with a peer."""

import base64
import hashlib
from collections.abc import Iterator

from bench.clock import NO_PEERS, has_peers, peer, processor, ratio, times
from bench.report import Row
from registrar.domain.files.formats import open_locked
from registrar.domain.files.kdf_budget import KdfBudget
from tests.support.builders import a_certificate
from tools.pki.npki_files import Seed, sign_pri_key

GROUP = "Opening signPri.key (SEED, 2,048 rounds, RSA-2048)"
ROUNDS = 300
PEER_ROUNDS = 15
KDF_ROUNDS = 2048
PASSWORD = "Hong!1234"


def rows(rounds: int = ROUNDS, peer_rounds: int = PEER_ROUNDS) -> Iterator[Row]:
    """Open both files: a key that matches the certificate, and R. The empty password was tried at the upload."""
    customer = a_certificate(key="rsa")
    key = sign_pri_key(customer, PASSWORD, Seed(KDF_ROUNDS))

    def opened() -> bytes | None:
        return open_locked([customer.der, key], PASSWORD, KdfBudget()).random_number

    assert opened() == customer.random_number
    ours = processor(opened)
    took = times({"bare": processor(_bare_derivation), "ours": ours}, rounds)
    name = "recognise, derive, decrypt, parse, match ÷ the bare KDF"
    yield Row(GROUP, name, ratio(took["ours"], took["bare"]), 1.25)
    beside = None
    note = NO_PEERS
    if has_peers():
        note = "it has OpenSSL prove the primes; R is taken, not parsed"
        files = {"certificate": customer.der, "key": key}
        given = {name: base64.b64encode(content).decode() for name, content in files.items()}
        with peer("pypinksign", {**given, "password": PASSWORD}) as theirs:
            took = times({"theirs": theirs, "ours": ours}, peer_rounds)
        beside = ratio(took["theirs"], took["ours"])
    yield Row(GROUP, "pypinksign 0.5.4 ÷ ours", beside, None, note=note, at_least=5)


def _bare_derivation() -> bytes:
    sha1 = hashlib.sha1
    digest = PASSWORD.encode() + b"saltsalt"
    for _ in range(KDF_ROUNDS):
        digest = sha1(digest).digest()
    return digest
