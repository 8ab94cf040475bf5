"""What the bank knows of a certificate without a query: no response for an earlier time must contradict it.

A response without a nonce can be replayed while it is fresh. A list that was read and names the certificate is
stronger than a response for an earlier time, whichever source is queried first, and however old the list is by now;
so is what the responder itself stated before.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from registrar.aws.buckets.crl_indexes import Index
from registrar.aws.tables.issuers import Issuers, Known
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import ConditionFailed, CrlUnusable
from registrar.domain.revocation.crl_index import lookup
from registrar.domain.revocation.crl_status import SOURCE, stated_by_list
from registrar.domain.revocation.distribution_points import Point, named_urls
from registrar.domain.revocation.status import Status, StatusValue, worst_known
from registrar.steps.kept_lists import KeptLists

# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class KnownStatuses:
    """The newest list of each issuer's address that was read, and what responders stated."""

    lists: KeptLists
    issuers: Issuers

    def status(
        self, certificate: Certificate, issuer_key_digest: str, now: datetime, more_urls: Collection[str] = ()
    ) -> Status | None:
        """REVOKED or ON_HOLD where a responder stated it, or a stored list at an address that the certificate names
        lists it, INVALID where its entry cannot be read; else None.

        `more_urls` are other addresses of its issuer's lists. An address that is no longer accepted counts: its
        list was accepted when it was read. Raises ConditionFailed for a list that is replaced each time it is read.
        """
        points = points_named(certificate, issuer_key_digest, more_urls)
        known = self.issuers.known(issuer_key_digest, certificate.serial, points)
        return self.judge(certificate, points, known, now)

    def judge(
        self, certificate: Certificate, points: Sequence[Point], known: Known, now: datetime
    ) -> Status | None:
        """The same by what was read of the issuers' table."""
        return worst_known(self._statuses(certificate, points, known, now))

    def _statuses(
        self, certificate: Certificate, points: Sequence[Point], known: Known, now: datetime
    ) -> Iterator[Status]:
        if known.stated is not None:
            yield known.stated
        for point in points:
            yield from self._statuses_at(point, certificate, known.next_fetches.get(point.id), now)

    def _statuses_at(
        self, point: Point, certificate: Certificate, next_fetch: datetime | None, now: datetime
    ) -> list[Status]:
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                found = (_status_in(index, certificate) for index in self.lists.at(point, next_fetch, now))
                return [status for status in found if status is not None]
            self.lists.forget(point)
        raise ConditionFailed


def points_named(certificate: Certificate, issuer_key_digest: str, more_urls: Collection[str] = ()) -> list[Point]:
    """The addresses at which lists may name the certificate."""
    urls = dict.fromkeys((*named_urls(certificate), *more_urls))
    return [Point(issuer_key_digest, url, "") for url in urls]


def _status_in(index: Index, certificate: Certificate) -> Status | None:
    try:
        entry = lookup(index.head, index.read, certificate.serial)
    except CrlUnusable as error:
        return Status(StatusValue.INVALID, SOURCE, why=error.why)
    return stated_by_list(certificate, index.head, entry)
