"""A fetched CRL of a million entries: verified and indexed ÷ the check of its signature, and a decision ÷ that.

Its entries are the worst case: unordered, random serials of two lengths, most with a reason code. A decision reads
the head and one page of the index, reports the status of the CRL, and caches nothing. Memory is the peak of a
separate process, minus its memory after loading the CRL.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from bench.clock import processor, ratio, times
from bench.report import Row
from registrar.domain.asn1 import der
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.revocation.crl import Crl, read_crl
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


def rows(entries: int = ENTRIES, rounds: int = ROUNDS, decisions: int = DECISIONS) -> Iterator[Row]:
    """Indexing, a decision, the bytes it reads, a day's difference, and memory."""
    ca = a_pki().issuers["yessign"]
    issuer = read_certificate(ca.certificate.public_bytes(Encoding.DER))
    raw = random_entries(entries, NOW)
    some = random.Random(8).sample(raw, decisions)  # noqa: S311 - the same in every run
    listed = [_certificate(int.from_bytes(octets_of(each))) for each in some]
    content = large_crl(ca, b"".join(raw), this_update=NOW)
    index = index_crl(read_crl(content, issuer))
    next_day = [*raw[CHANGES:], *(entry_der(2**62 + number, NOW, 1) for number in range(CHANGES))]
    later = index_crl(read_crl(large_crl(ca, b"".join(next_day), this_update=NOW + A_DAY, number=2), issuer))
    del raw, next_day
    changed = difference(index, later)
    assert len(changed.added) == len(changed.removed) == CHANGES
    crl = read_crl(content, issuer)
    took = times(
        {
            "floor": processor(_signature_check(content, issuer)),
            "nothing": processor(lambda: _step_over(crl)),
            "walk": processor(lambda: deque(batches(crl.der, crl.entries_at, crl.entries_end), maxlen=0)),
            "indexed": processor(lambda: index_crl(read_crl(content, issuer))),
            "decisions": processor(lambda: [_decide(index, each) for each in listed]),
            "difference": processor(lambda: difference(index, later)),
        },
        rounds,
    )
    floor = took["floor"]
    percent_of_each = 0.01 * decisions
    yield Row(GROUP, "verified and indexed ÷ its signature check", ratio(took["indexed"], floor), 12)
    name = "a loop that steps over its entries and does nothing ÷ its signature check"
    yield Row(GROUP, name, ratio(took["nothing"], floor), None, note="the floor in plain Python")
    yield Row(GROUP, "taking its entries apart ÷ its signature check", ratio(took["walk"], floor), None)
    share = ratio(took["decisions"], floor, percent_of_each)
    yield Row(GROUP, "a decision ÷ its signature check", share, None, "%")
    share = ratio(took["decisions"], took["indexed"], percent_of_each)
    yield Row(GROUP, "a decision ÷ verifying and indexing", share, 1, "%")
    most = max(_decide(index, each) for each in listed)
    yield Row(GROUP, "read by a decision, at most", most / 1000, 100, "KB")
    name = f"{CHANGES} entries more and {CHANGES} less, found ÷ its signature check"
    yield Row(GROUP, name, ratio(took["difference"], floor), None)
    memory = _memory(content, issuer)
    yield Row(GROUP, "memory beyond the CRL's own size, verified and indexed", memory, 150, "MB")


def _certificate(serial: int) -> Certificate:
    return read_certificate(a_certificate(serial_number=serial, key=an_ec_key()).der)


def _step_over(crl: Crl) -> None:
    """Find each entry by the length of the one before, in the form that all entries of this CRL have."""
    at = crl.entries_at
    while at < crl.entries_end:
        at += 2 + crl.der[at + 1]


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


def _signature_check(content: bytes, issuer: Certificate) -> Callable[[], object]:
    """One bare `verify` over the signed bytes, with all inputs loaded."""
    key = issuer.public_key
    assert isinstance(key, rsa.RSAPublicKey)
    start, end = der.expect(content, 0, len(content), der.SEQUENCE)
    _, signed_end = der.expect(content, start, end, der.SEQUENCE)
    signed = content[start:signed_end]
    signature = content[-key.key_size // 8 :]
    scheme = padding.PKCS1v15()
    digest = hashes.SHA256()
    return lambda: key.verify(signature, signed, scheme, digest)


def _memory(content: bytes, issuer: Certificate) -> float:
    """Megabytes that verifying and indexing take in a separate process, without the CRL itself."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "crl").write_bytes(content)
        (Path(folder) / "issuer").write_bytes(issuer.der)
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
