"""What the bank knows of a certificate without a query: no response for an earlier time must contradict it.

A response without a nonce can be replayed while it is fresh. A list that was read and names the certificate is
stronger than a response for an earlier time, whichever source is queried first, and however old the list is by now;
so is what the responder itself stated before.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from registrar.aws.buckets.crl_indexes import CrlIndexes, Index
from registrar.aws.tables.issuers import Issuers
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import ConditionFailed, CrlUnusable
from registrar.domain.revocation.crl_index import lookup
from registrar.domain.revocation.crl_status import SOURCE, stated_by_list
from registrar.domain.revocation.distribution_points import Point, named_urls
from registrar.domain.revocation.status import Status, StatusValue, worst_known

# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class KnownStatuses:
    """The newest list of each issuer's address that was read, and what responders stated."""

    indexes: CrlIndexes
    issuers: Issuers

    def status(
        self, certificate: Certificate, issuer_key_digest: str, more_urls: Collection[str] = ()
    ) -> Status | None:
        """REVOKED or ON_HOLD where a responder stated it, or a stored list at an address that the certificate names
        lists it, INVALID where its entry cannot be read; else None.

        `more_urls` are other addresses of its issuer's lists. An address that is no longer accepted counts: its
        list was accepted when it was read. Raises ConditionFailed for a list that is replaced each time it is read.
        """
        return worst_known(self._statuses(certificate, issuer_key_digest, more_urls))

    def _statuses(
        self, certificate: Certificate, issuer_key_digest: str, more_urls: Collection[str]
    ) -> Iterator[Status]:
        stated = self.issuers.stated(issuer_key_digest, certificate.serial)
        if stated is not None:
            yield stated
        for url in dict.fromkeys((*named_urls(certificate), *more_urls)):
            yield from self._statuses_at(Point(issuer_key_digest, url, ""), certificate)

    def _statuses_at(self, point: Point, certificate: Certificate) -> list[Status]:
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                found = (_status_in(index, certificate) for _, index in self.indexes.lists(point))
                return [status for status in found if status is not None]
        raise ConditionFailed


def _status_in(index: Index, certificate: Certificate) -> Status | None:
    try:
        entry = lookup(index.head, index.read, certificate.serial)
    except CrlUnusable as error:
        return Status(StatusValue.INVALID, SOURCE, why=error.why)
    return stated_by_list(certificate, index.head, entry)
