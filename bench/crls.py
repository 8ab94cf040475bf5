"""A fetched CRL of a million entries: verified and indexed ÷ the check of its signature, and a decision ÷ that.

Its entries are the worst case: unordered, random serials of two lengths, most with a reason code. A decision reads
the head and one page of the index, reports the status of the CRL, and caches nothing. Memory is the peak of a
separate process, minus its memory after loading the CRL.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from bench.report import Row
from registrar.domain.asn1 import der
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_entries import batches, octets_of
from registrar.domain.revocation.crl_index import difference, index_crl, lookup, read_head
from registrar.domain.revocation.crl_status import Age, combined, statement_of
from registrar.domain.revocation.status import StatusValue
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key
from tools.packaging.build import ROOT
from tools.pki.crls import A_DAY, entry_der, large_crl, random_entries

GROUP = "A CRL of 1,000,000 entries"
ENTRIES = 1_000_000
ROUNDS = 7
DECISIONS = 200
CHANGES = 100
AGE = Age(most=7 * A_DAY, skew=A_DAY)


@dataclass(frozen=True)
class Fetched:
    """A CRL as fetched, its issuer, and certificates that it lists."""

    content: bytes
    issuer: Certificate
    listed: tuple[Certificate, ...]


def rows() -> Iterator[Row]:
    """Indexing, a decision, the bytes it reads, a day's difference, and memory."""
    ca = a_pki().issuers["yessign"]
    issuer = read_certificate(ca.certificate.public_bytes(Encoding.DER))
    entries = random_entries(ENTRIES, NOW)
    some = random.Random(8).sample(entries, DECISIONS)  # noqa: S311 - the same in every run
    listed = tuple(_certificate(int.from_bytes(octets_of(raw))) for raw in some)
    fetched = Fetched(large_crl(ca, b"".join(entries), this_update=NOW), issuer, listed)
    next_day = [*entries[CHANGES:], *(entry_der(2**62 + number, NOW, 1) for number in range(CHANGES))]
    later = index_crl(read_crl(large_crl(ca, b"".join(next_day), this_update=NOW + A_DAY, number=2), issuer))
    del entries, next_day
    found = [_round(fetched, later) for _ in range(ROUNDS)]
    ratio = {name: statistics.median(times[name] / times["floor"] for times in found) for name in found[0]}
    yield Row(GROUP, "verified and indexed ÷ its signature check", ratio["indexed"], 12)
    note = "no entry kept or looked at: the floor in Python, beside the digests under the signature and of the list"
    yield Row(GROUP, "a walk over its entries alone ÷ its signature check", ratio["walk"], None, note=note)
    yield Row(GROUP, "a decision ÷ its signature check", 100 * ratio["decision"], None, "%")
    share = statistics.median(times["decision"] / times["indexed"] for times in found)
    yield Row(GROUP, "a decision ÷ verifying and indexing", 100 * share, 1, "%")
    yield Row(GROUP, "read by a decision, at most", max(times["read"] for times in found) / 1000, 100, "KB")
    yield Row(
        GROUP, f"{CHANGES} entries more and {CHANGES} less, found ÷ its signature check", ratio["difference"], None
    )
    yield Row(GROUP, "memory beyond the CRL's own size, verified and indexed", _memory(fetched), 150, "MB")


def _certificate(serial: int) -> Certificate:
    return read_certificate(a_certificate(serial_number=serial, key=an_ec_key()).der)


def _round(fetched: Fetched, later: bytes) -> dict[str, float]:
    times = {"floor": _signature_check(fetched)}
    start = time.perf_counter()
    index = index_crl(read_crl(fetched.content, fetched.issuer))
    times["indexed"] = time.perf_counter() - start
    times["walk"] = _walk(fetched)
    decisions = list[float]()
    most = 0
    for certificate in fetched.listed:
        start = time.perf_counter()
        read = _decide(index, certificate)
        decisions.append(time.perf_counter() - start)
        most = max(most, read)
    times["decision"] = statistics.median(decisions)
    times["read"] = most
    start = time.perf_counter()
    changed = difference(index, later)
    times["difference"] = time.perf_counter() - start
    assert len(changed.added) == len(changed.removed) == CHANGES
    return times


def _walk(fetched: Fetched) -> float:
    """Seconds for taking the entries apart."""
    crl = read_crl(fetched.content, fetched.issuer)
    start = time.perf_counter()
    for _ in batches(crl.der, crl.entries_at, crl.entries_end):
        pass
    return time.perf_counter() - start


def _decide(index: bytes, certificate: Certificate) -> int:
    """Decide on a listed certificate; return how many bytes the decision read."""
    lengths = list[int]()

    def read(at: int, length: int) -> bytes:
        lengths.append(length)
        return index[at : at + length]

    head = read_head(read)
    stated = statement_of(certificate, head, lookup(head, read, certificate.serial), NOW, AGE)
    assert combined([stated]).value is StatusValue.REVOKED
    return sum(lengths)


def _signature_check(fetched: Fetched) -> float:
    """Seconds for one bare `verify` over the signed bytes, with all inputs loaded."""
    content = fetched.content
    key = fetched.issuer.public_key
    assert isinstance(key, rsa.RSAPublicKey)
    start, end = der.expect(content, 0, len(content), der.SEQUENCE)
    _, signed_end = der.expect(content, start, end, der.SEQUENCE)
    signed = content[start:signed_end]
    signature = content[-key.key_size // 8 :]
    began = time.perf_counter()
    key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    return time.perf_counter() - began


def _memory(fetched: Fetched) -> float:
    """Megabytes that verifying and indexing take in a separate process, without the CRL itself."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "crl").write_bytes(fetched.content)
        (Path(folder) / "issuer").write_bytes(fetched.issuer.der)
        done = subprocess.run(
            [sys.executable, "-m", "bench.crls", folder], cwd=ROOT, capture_output=True, text=True, check=True
        )
    return float(json.loads(done.stdout))


def _peak() -> int:
    """The peak memory of this process, in KB. ru_maxrss would also count its parent's memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    content, issuer = ((Path(sys.argv[1]) / name).read_bytes() for name in ("crl", "issuer"))
    before = _peak()
    index_crl(read_crl(content, read_certificate(issuer)))
    print((_peak() - before) / 1000)
