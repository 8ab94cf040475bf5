"""Finding every path from a configured CA up to a pinned anchor, in bounded time whatever the document holds.

Each signature between two CAs is checked once. A path holds each CA (name and key) once, and is followed only where
an anchor can still be reached: CAs that certify each other in circles cost no more than others.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from registrar.domain.asn1.names import NormalName, common_name
from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Anchor
from registrar.domain.reasons.errors import PathInvalid, TrustEntryInvalid

MOST_AUTHORITIES = 4
"""The most CAs below the anchor on one path."""
MOST_PATHS = 32
"""An operator with three generations of CA and of root, each certified by each, has 9."""
MOST_OF_ONE_NAME = 16
"""The most CAs with one name: signatures are checked between CAs of which one has the other's issuer name."""


class IssuerPath(NamedTuple):
    """`authorities` runs from the CA below the anchor down to the issuing CA."""

    anchor: Anchor
    authorities: tuple[Certificate, ...]


class IssuerPaths:
    """The CAs and anchors of one document, and which of them issued which.

    Raises TrustEntryInvalid for too many of one name.
    """

    def __init__(self, authorities: Iterable[Certificate], anchors: Collection[Anchor]) -> None:
        every = list(authorities)
        _check_names([*every, *(anchor.certificate for anchor in anchors)])
        self._issuers = {ca.fingerprint: [above for above in every if _issued(ca, above)] for ca in every}
        self._anchors = {ca.fingerprint: [a for a in anchors if _issued(ca, a.certificate)] for ca in every}
        self._heights = self._measure()

    def above(self, certificate: Certificate) -> tuple[IssuerPath, ...]:
        """Every path from `certificate` to an anchor, the shortest first.

        Raises TrustEntryInvalid where there is none, or more than MOST_PATHS.
        """
        found: list[IssuerPath] = []
        too_long: PathInvalid | None = None
        for authorities in self._walk(certificate):
            for anchor in self._anchors[authorities[0].fingerprint]:
                try:
                    path.check_path_lengths(authorities)
                    found.append(IssuerPath(anchor, authorities))
                except PathInvalid as error:
                    too_long = error
        if found:
            return tuple(found)
        if too_long is not None:
            raise TrustEntryInvalid(too_long.why)
        raise TrustEntryInvalid("no pinned anchor issued it, nor a CA of this document below one")

    def _walk(self, certificate: Certificate) -> Iterator[tuple[Certificate, ...]]:
        """`certificate`, and each chain of CAs above it that can end at an anchor, the shortest first."""
        level: list[tuple[Certificate, ...]] = [(certificate,)] if certificate.fingerprint in self._heights else []
        walked = 0
        while level:
            walked += len(level)
            if walked > MOST_PATHS:
                raise TrustEntryInvalid(f"more than {MOST_PATHS} chains of CAs lead from it towards the anchors")
            yield from level
            level = [(above, *chain) for chain in level for above in self._next(chain)]

    def _next(self, chain: tuple[Certificate, ...]) -> Iterator[Certificate]:
        most = MOST_AUTHORITIES - len(chain)
        for above in self._issuers[chain[0].fingerprint]:
            within = self._heights.get(above.fingerprint, MOST_AUTHORITIES + 1) <= most
            if within and not any(_same_ca(above, below) for below in chain):
                yield above

    def _measure(self) -> dict[str, int]:
        """How many CAs the shortest path of each CA has; those without a path are left out."""
        heights = {ca: 1 for ca, anchors in self._anchors.items() if anchors}
        for height in range(2, MOST_AUTHORITIES + 1):
            for ca, issuers in self._issuers.items():
                if ca not in heights and any(heights.get(i.fingerprint) == height - 1 for i in issuers):
                    heights[ca] = height
        return heights


def _check_names(certificates: Iterable[Certificate]) -> None:
    counts: Counter[NormalName] = Counter()
    for certificate in certificates:
        counts[certificate.subject] += 1
        if counts[certificate.subject] > MOST_OF_ONE_NAME:
            name = common_name(certificate.parsed.subject)[:64]
            raise TrustEntryInvalid(f"more than {MOST_OF_ONE_NAME} CAs have the name {name}")


def _same_ca(one: Certificate, other: Certificate) -> bool:
    return (one.subject, one.key_digest) == (other.subject, other.key_digest)


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        path.check_issuance(certificate, issuer)
    except PathInvalid:
        return False
    return True
