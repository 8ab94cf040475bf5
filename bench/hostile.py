"""The costliest hostile file; `python -m bench.hostile FOLDER PASSWORD` is the cost of one, in a new process.

Memory is the peak of the process's own address space (VmHWM): ru_maxrss would count the parent's, which Linux
passes on when it starts a program. If you find a costlier file, add it to `hostile_files`.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from bench.report import Row
from registrar.domain.certificates.decision import decide_certificate
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.files.formats import Bare, recognise
from registrar.domain.files.kdf_budget import MAX_ROUNDS, KdfBudget
from registrar.domain.reasons.errors import RegistrarError
from tests.support.builders import NOW, a_certificate, a_pin, a_pki, a_trust_document, an_ec_key
from tools.packaging.build import ROOT
from tools.pki.authorities import _tlv as tlv
from tools.pki.npki_containers import as_ber, bag, cert_bag, data_part, p7b_unsorted, pem, pfx, pfx_of
from tools.pki.npki_files import Pbes2, Pkcs12, Scheme, ScryptScheme, Seed, private_key_info, sign_pri_key

GROUP = "The worst hostile file, each in a process of its own, with the right password and a wrong one"
PASSWORDS = {"right": "Hong!1234", "wrong": "틀린 비밀번호"}
MOST_BYTES = 64 * 1024
SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6"


def rows(files: int | None = None) -> Iterator[Row]:
    """The longest time and the largest memory, and which file causes them, of all or of the first `files`."""
    costs = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trust = {"document": a_trust_document(), "pin": a_pin(a_pki().root.certificate)}
        (folder / "trust.json").write_text(json.dumps(trust))
        for kind, upload in islice(hostile_files(PASSWORDS["right"]), files):
            for index, content in enumerate(upload):
                (folder / f"{index}.file").write_bytes(content)
            for which, password in PASSWORDS.items():
                costs[f"{kind}, {which} password"] = _cost(folder, password)
            for path in folder.glob("*.file"):
                path.unlink()
    slowest = max(costs, key=lambda kind: costs[kind][0])
    largest = max(costs, key=lambda kind: costs[kind][1])
    yield Row(GROUP, "CPU time", costs[slowest][0], 1.5, "s", slowest)
    yield Row(GROUP, "memory beyond that of an idle process", costs[largest][1], 64, "MB", largest)


def _cost(folder: Path, password: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.hostile", str(folder), password]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    cpu_seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return cpu_seconds, megabytes


def hostile_files(password: str) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Uploads and their defect: all within the limits that are checked first."""
    small = a_certificate(key=an_ec_key())
    costly: dict[str, Scheme] = {
        "SEED, all rounds": Seed(MAX_ROUNDS),
        "SEED, half of the rounds": Seed(MAX_ROUNDS // 2),
        "PBKDF2 SHA-512, all rounds": Pbes2("aes256", "sha512", rounds=MAX_ROUNDS),
        "PBKDF2 SHA-1 for 3DES, all rounds": Pbes2("3des", rounds=MAX_ROUNDS // 2),
        "scrypt, 32 MiB and 3 lanes": ScryptScheme(32768, 8, 3),
    }
    for name, scheme in costly.items():
        yield name, [small.der, sign_pri_key(small, password, scheme)]
    yield (
        "PFX, all rounds in its MAC",
        [pfx(small, password, key_scheme=Seed(1), mac="sha512", mac_rounds=999_999)],
    )
    yield (
        "PFX, all rounds in its key",
        [pfx(small, password, key_scheme=Pkcs12(rounds=333_000), mac_rounds=1)],
    )
    large = a_certificate(key=rsa.generate_private_key(65537, 8192))
    yield "RSA-8192 key", [large.der, sign_pri_key(large, password)]
    yield "RSA-8192 certificate", [large.der]
    crowd = [a_certificate(f"홍길동 {number}", key=an_ec_key()).der for number in range(20)]
    yield "20 certificates in PKCS #7", [p7b_unsorted(*crowd)]
    yield "20 certificates in PEM", [b"".join(pem("CERTIFICATE", der) for der in crowd)]
    yield "thousands of empty PEM blocks", [(b"-----BEGIN X-----\n-----END X-----\n" * 2000)[:MOST_BYTES]]
    nested = tlv(0x30, tlv(0x02, b"\3"))
    for _ in range(14_000):
        nested = tlv(0x30, nested) if len(nested) < MOST_BYTES - 8 else nested
    yield "14,000 values in each other", [nested[:MOST_BYTES]]
    yield "indefinite lengths in each other", [b"\x30\x80" * (MOST_BYTES // 2)]
    yield "BER in small pieces", [as_ber(pfx(small, password, key_scheme=Seed(1), mac_rounds=1), piece=1)]
    bags = cert_bag(small.der)
    for _ in range(300):
        bags = bag(SAFE_CONTENTS_BAG, tlv(0x30, bags)) if len(bags) < MOST_BYTES - 200 else bags
    yield "bags in bags", [pfx_of([data_part(bags)], password, mac_rounds=1)]
    yield "a key info of zeros", [private_key_info(small.key, bytes(20)) + bytes(MOST_BYTES // 2)]


def decide_upload(files: Sequence[bytes], password: str, store: TrustStore) -> bool:
    """What the service does with an upload, up to the report."""
    try:
        container = recognise(files)
        der = container.der if isinstance(container, Bare) else container.open(password, KdfBudget()).der
    except RegistrarError:
        return False
    return decide_certificate(der, store, "personal", NOW, bank="JBB").accepted


def main() -> None:
    """Print CPU seconds and the extra megabytes of the files in a folder, as JSON."""
    folder = Path(sys.argv[1])
    trust = json.loads((folder / "trust.json").read_text())
    store = read_document(json.dumps(trust["document"]).encode(), [trust["pin"]])
    files = [path.read_bytes() for path in sorted(folder.glob("*.file"))]
    memory = _peak_megabytes()
    cpu = time.process_time()
    decide_upload(files, sys.argv[2], store)
    print(json.dumps([time.process_time() - cpu, _peak_megabytes() - memory]))


def _peak_megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(kilobytes) / 1000


if __name__ == "__main__":
    main()
