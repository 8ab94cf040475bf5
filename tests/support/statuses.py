"""`StatusChecks` without AWS and network: an object store and a table in memory, and a directory of CRLs.

Certificates without addresses get them here: each name of an entry in a directory gets the entry's address, and a
certificate without distribution points that of its issuer's entry.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import quote

from cryptography import x509

from registrar.aws.buckets.bucket import StoredObject
from registrar.aws.buckets.crl_indexes import CrlIndexes
from registrar.aws.tables.issuers import Known
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import IssuerUnreachable, ObjectNotFound
from registrar.domain.revocation import distribution_points
from registrar.net.limits import Limits
from registrar.steps.crl_store import CrlStore
from registrar.steps.kept_lists import KeptLists
from registrar.steps.known_statuses import KnownStatuses
from registrar.steps.responder_checks import ResponderChecks
from registrar.steps.status_checks import StatusChecks
from tests.support.builders import NOW

DIRECTORY = "ldap://crl.example"
LIMITS = Limits(60.0, 0)
ListsAt = Callable[[str], Sequence[bytes]]
"""The CRLs at an address, none where no server responds."""


@contextmanager
def statuses_with(lists_at: ListsAt) -> Iterator[StatusChecks]:
    """The checks, with nothing stored and nothing paused."""
    issuers = cast("Any", _Issuers())
    indexes = CrlIndexes(cast("Any", _Objects()))
    store = CrlStore(indexes, issuers)
    known = KnownStatuses(KeptLists(indexes), issuers)

    def fetch(url: str, origins: object, limits: object) -> tuple[bytes, ...]:
        if not (found := tuple(lists_at(url))):
            raise IssuerUnreachable("no server is there", server_failed=True)
        return found

    with (
        patch.object(distribution_points, "announced_points", _in_the_directory),
        patch("registrar.steps.crl_store.fetch_crl", fetch),
    ):
        yield StatusChecks(issuers, store, known, ResponderChecks(store, known))


def entry_of(name: x509.Name) -> str:
    """The address of an entry in the directory."""
    return f"{DIRECTORY}/{quote(name.rfc4514_string())}"


_announced_points = distribution_points.announced_points


def _in_the_directory(certificate: Certificate) -> list[x509.DistributionPoint]:
    issuer = certificate.parsed.issuer
    own = x509.DistributionPoint([x509.DirectoryName(issuer)], None, None, None)
    return [_addressed(point, issuer) for point in _announced_points(certificate) or [own]]


def _addressed(point: x509.DistributionPoint, issuer: x509.Name) -> x509.DistributionPoint:
    names = list(point.full_name or ())
    if point.relative_name is not None:
        names.append(x509.DirectoryName(x509.Name([*issuer.rdns, point.relative_name])))
    entries = [name.value for name in names if isinstance(name, x509.DirectoryName)]
    addresses = [x509.UniformResourceIdentifier(entry_of(each)) for each in entries]
    return x509.DistributionPoint([*names, *addresses] or None, None, point.reasons, point.crl_issuer)


@dataclass
class _Objects:
    """A bucket that one caller uses."""

    contents: dict[str, bytes] = field(default_factory=dict)

    def read_part(self, key: str, start: int, length: int, etag: str | None = None) -> StoredObject:
        if key not in self.contents:
            raise ObjectNotFound(key)
        return StoredObject(self.contents[key][start : start + length], "etag", NOW)

    def write(self, key: str, content: bytes, **_: object) -> None:
        self.contents[key] = content


class _Issuers:
    """A table of issuers where nothing is paused and no responder stated anything."""

    def may_fetch(self, *_: object) -> bool:
        return True

    def may_query(self, *_: object) -> object:
        return object()

    def known(self, *_: object) -> Known:
        return Known({}, {})

    def record_success(self, *_: object) -> None:
        pass

    def record_failure(self, *_: object) -> None:
        pass

    def ensure_point(self, *_: object) -> None:
        pass
