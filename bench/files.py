"""Opening a customer's key ÷ the bare key derivation, compared with a peer; and the costliest hostile file."""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.clock import medians, peer_median, ratios
from bench.hostile import hostile_files
from bench.report import Row
from registrar.domain.files.formats import open_locked
from registrar.domain.files.kdf_budget import KdfBudget
from tests.support.builders import a_certificate, a_pin, a_pki, a_trust_document
from tools.packaging.build import ROOT
from tools.pki.npki_files import Seed, sign_pri_key

OPENING = "Opening signPri.key (SEED, 2,048 rounds, RSA-2048)"
HOSTILE = "The worst hostile file, each in a process of its own, with the right password and a wrong one"
ROUNDS = 300
PEER_ROUNDS = 15
KDF_ROUNDS = 2048
PASSWORD = "Hong!1234"


def rows() -> Iterator[Row]:
    """Both groups."""
    yield from opening_rows()
    yield from hostile_rows()


def opening_rows() -> Iterator[Row]:
    """Open both files: a key that matches the certificate, and R. The empty password was tried at the upload."""
    customer = a_certificate(key="rsa")
    key = sign_pri_key(customer, PASSWORD, Seed(KDF_ROUNDS))

    def opened() -> bytes | None:
        return open_locked([customer.der, key], PASSWORD, KdfBudget()).random_number

    assert opened() == customer.random_number
    found = ratios({"bare": _bare_derivation, "ours": opened}, "bare", ROUNDS)
    yield Row(OPENING, "recognise, derive, decrypt, parse, match ÷ the bare KDF", found["ours"], 1.3)
    files = {"certificate": customer.der, "key": key}
    given = {name: base64.b64encode(content).decode() for name, content in files.items()}
    peer = peer_median("pypinksign", {**given, "password": PASSWORD, "rounds": PEER_ROUNDS})
    ours = medians({"ours": opened}, ROUNDS)["ours"]
    note = "it has OpenSSL prove the primes; R is taken, not parsed"
    yield Row(OPENING, "pypinksign 0.5.4 ÷ ours", peer / ours, None, note=note, at_least=5)


def _bare_derivation() -> bytes:
    sha1 = hashlib.sha1
    digest = PASSWORD.encode() + b"saltsalt"
    for _ in range(KDF_ROUNDS):
        digest = sha1(digest).digest()
    return digest


def hostile_rows() -> Iterator[Row]:
    """The longest time and the largest memory, with the names of the files that cause them."""
    costs = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trust = {"document": a_trust_document(), "pin": a_pin(a_pki().root.certificate)}
        (folder / "trust.json").write_text(json.dumps(trust))
        for kind, files in hostile_files(PASSWORD).items():
            for index, content in enumerate(files):
                (folder / f"{index}.file").write_bytes(content)
            for password in (PASSWORD, "틀린 비밀번호"):
                costs[f"{kind}, {'right' if password == PASSWORD else 'wrong'} password"] = _cost(folder, password)
            for path in folder.glob("*.file"):
                path.unlink()
    slowest = max(costs, key=lambda kind: costs[kind][0])
    largest = max(costs, key=lambda kind: costs[kind][1])
    yield Row(HOSTILE, "CPU time", costs[slowest][0], 1.5, "s", slowest)
    yield Row(HOSTILE, "memory beyond that of an idle process", costs[largest][1], 64, "MB", largest)


def _cost(folder: Path, password: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.hostile", str(folder), password]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    cpu_seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return cpu_seconds, megabytes
