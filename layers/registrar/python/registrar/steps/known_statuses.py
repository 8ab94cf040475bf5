"""What the bank knows of a certificate without a query: no response for an earlier time must contradict it.

A response without a nonce can be replayed while it is fresh. A list that was read and names the certificate is
stronger than a response for an earlier time, whichever source is queried first, and however old the list is by now;
so is what the responder itself stated before.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from registrar.aws.buckets.crl_indexes import Index
from registrar.aws.tables.issuers import Issuers, Known
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import ConditionFailed, CrlUnusable
from registrar.domain.revocation.crl_index import lookup
from registrar.domain.revocation.crl_status import SOURCE, stated_by_list
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.named import Named
from registrar.domain.revocation.status import Status, StatusValue, worst_known
from registrar.steps.kept_lists import KeptLists

# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class KnownStatuses:
    """The newest list of each issuer's address that was read, and what responders stated."""

    lists: KeptLists
    issuers: Issuers

    def statuses(self, named: Sequence[Named], now: datetime) -> list[Status | None]:
        """Of each: REVOKED or ON_HOLD where a responder stated it, or a stored list at one of its addresses lists
        it, INVALID where its entry cannot be read; else None. One read of the issuers' table.

        Raises ConditionFailed for a list that is replaced each time it is read.
        """
        known = self.issuers.known((each.id for each in named), (point for each in named for point in each.points))
        return [self.judge(each, known, now) for each in named]

    def status(self, certificate: Certificate, issuer_key_digest: str, now: datetime) -> Status | None:
        """The same of one certificate, by the addresses that it names."""
        (found,) = self.statuses([Named.of(certificate, issuer_key_digest)], now)
        return found

    def judge(self, named: Named, known: Known, now: datetime) -> Status | None:
        """The same of one by what was read of the issuers' table."""
        return worst_known(self._statuses(named, known, now))

    def _statuses(self, named: Named, known: Known, now: datetime) -> Iterator[Status]:
        stated = known.stated_of(*named.id)
        if stated is not None:
            yield stated
        for point in named.points:
            yield from self._statuses_at(point, named.certificate, known.next_fetches.get(point.id), now)

    def _statuses_at(
        self, point: Point, certificate: Certificate, next_fetch: datetime | None, now: datetime
    ) -> list[Status]:
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                found = (_status_in(index, certificate) for index in self.lists.at(point, next_fetch, now))
                return [status for status in found if status is not None]
            self.lists.forget(point)
        raise ConditionFailed


def _status_in(index: Index, certificate: Certificate) -> Status | None:
    try:
        entry = lookup(index.head, index.read, certificate.serial)
    except CrlUnusable as error:
        return Status(StatusValue.INVALID, SOURCE, why=error.why)
    return stated_by_list(certificate, index.head, entry)
