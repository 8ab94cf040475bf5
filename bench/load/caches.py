"""What a warm function keeps of what it read: 10,000 issuers, responders and addresses of lists, in one process.

Each issuer has a certificate of its own, a responder of its own, whose response is checked, and a list at its own
address. `python -m bench.load.caches` counts the entries of every cache of our layer, and resident memory.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from bench.load.memory import COUNTS, MOST_GROWTH, run_module
from bench.load.replaying import resident
from bench.load.tables import Table
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.ocsp import check_response, request_for
from registrar.domain.revocation.status import StatusValue
from registrar.steps.kept_lists import LONGEST_FETCH, MOST_KEPT, KeptLists
from tests.support.builders import NOW, a_certificate, a_pki
from tools.pki.responders import issue_responder, sign_response

NONCE = bytes(range(16))
HEAD_BYTES = 12 * 1024
"""About what is kept of a list."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def read(issuers: int) -> Iterator[KeptLists]:
    """Check a response of each issuer's responder, and read each issuer's list; yields after each issuer.

    Raises RuntimeError where a response is not accepted.
    """
    authority = a_pki().issuers["yessign"]
    ca = authority.certificate.public_bytes(Encoding.DER)
    certificate = read_certificate(a_certificate(key="ec").der)
    root = read_certificate(a_pki().root.certificate.public_bytes(Encoding.DER))
    key = ec.generate_private_key(ec.SECP256R1())
    lists = KeptLists(cast("Any", SimpleNamespace(lists=lambda _: [("", bytes(HEAD_BYTES))])))
    for number in range(issuers):
        # Another signature makes another certificate: that of an issuer is checked with its path, elsewhere.
        issuer = read_certificate(ca[:-4] + number.to_bytes(4))
        responder = issue_responder(authority, key, not_before=NOW - DAY, not_after=NOW + DAY)
        request = request_for(certificate, issuer, NONCE, "sha256")
        status = check_response(
            sign_response(request, responder, NOW),
            certificate,
            issuer,
            nonce=NONCE,
            now=NOW,
            skew=HOUR,
            max_age=DAY,
            responders=[],
            root=root,
        )
        if status.value is not StatusValue.GOOD:
            raise RuntimeError(f"issuer {number}: {status}")
        lists.at(_point(issuer, number), NOW, NOW + LONGEST_FETCH + HOUR)
        yield lists


def _point(issuer: Certificate, number: int) -> Point:
    return Point(issuer.key_digest, f"http://lists.example/{number}.crl", "yessign")


def entries(lists: KeptLists) -> dict[str, tuple[int, int]]:
    """The caches that hold anything: their entries, and their bounds (0 where there is none)."""
    found = {
        "registrar.steps.kept_lists.KeptLists": (len(lists._kept), MOST_KEPT)  # noqa: SLF001 - what is measured
    }
    for module in [module for name, module in sys.modules.items() if name.startswith("registrar.")]:
        for name, kept in vars(module).items():
            if hasattr(kept, "cache_info") and kept.__module__ == module.__name__ and kept.cache_info().currsize:
                found[f"{module.__name__}.{name}"] = kept.cache_info().currsize, kept.cache_info().maxsize or 0
    return found


@dataclass(frozen=True)
class Kept:
    """Resident memory in KB after each count of issuers, and the caches at the end: entries and bound."""

    counts: Sequence[int]
    kilobytes: Sequence[int]
    caches: Mapping[str, Sequence[int]]

    @property
    def growth(self) -> int:
        """KB from the first count to the last."""
        return self.kilobytes[-1] - self.kilobytes[0]


def run(counts: Sequence[int] = COUNTS) -> Kept:
    """Measure in a process of its own. Raises CalledProcessError where a response is not accepted there."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        run_module("bench.load.caches", str(results), *map(str, counts))
        kilobytes, caches = json.loads(results.read_text())
    return Kept(counts, kilobytes, caches)


def wrong(found: Kept) -> list[str]:
    """What is not bounded."""
    over = [name for name, (entries, most) in found.caches.items() if entries > most]
    return [f"{name} holds more than its bound" for name in over] + (
        [f"caches: {found.growth} KB more"] if found.growth > MOST_GROWTH else []
    )


def tables(found: Kept) -> list[Table]:
    """The caches, and the memory of the process."""
    caches = [
        [f"`{name.removeprefix('registrar.')}`", *map(str, numbers)] for name, numbers in found.caches.items()
    ]
    head = [*(f"MB after {count:,}" for count in found.counts), "growth"]
    megabytes = [*(f"{each / 1024:.2f}" for each in found.kilobytes), f"{found.growth} KB"]
    return [
        Table(f"Caches after {found.counts[-1]:,} issuers", ["cache", "entries", "bound"], caches),
        Table("Memory over as many issuers", head, [megabytes]),
    ]


def main(results: Path, counts: Sequence[int]) -> None:
    """Read so many issuers, and write as JSON the memory after each count, and the caches at the end."""
    kilobytes = []
    caches: dict[str, tuple[int, int]] = {}
    for number, lists in enumerate(read(max(counts)), 1):
        if number in counts:
            kilobytes.append(resident())
            caches = entries(lists)
    results.write_text(json.dumps([kilobytes, caches]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(each) for each in sys.argv[2:]])
