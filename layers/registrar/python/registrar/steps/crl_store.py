"""Querying issuers' lists of revoked certificates: each is fetched once for all queries and read from its index."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registrar.aws.buckets.crl_indexes import CrlIndexes, Index
from registrar.aws.tables.issuers import Issuers
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Operator, RevocationRules
from registrar.domain.reasons.errors import ConditionFailed, CrlUnusable, IssuerUnreachable
from registrar.domain.revocation.addresses import allowed
from registrar.domain.revocation.crl import MOST_BYTES, Crl, read_crl
from registrar.domain.revocation.crl_index import lookup
from registrar.domain.revocation.crl_status import SOURCE, Age, status_from_crl
from registrar.domain.revocation.distribution_points import Point, check_point, points_of
from registrar.domain.revocation.findings import worst
from registrar.domain.revocation.status import Status, StatusValue
from registrar.net.fetch import Limits, fetch_crl

# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class CrlQuery:
    """The issuer whose list is read, and how old and how large the list may be."""

    issuer: Certificate
    operator: Operator
    rules: RevocationRules
    now: datetime
    limits: Limits
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class CrlStore:
    """The lists of all issuers."""

    indexes: CrlIndexes
    issuers: Issuers

    def status(
        self,
        certificate: Certificate,
        issuer: Certificate,
        operator: Operator,
        rules: RevocationRules,
        now: datetime,
        max_age: timedelta | None,
        limits: Limits,
    ) -> Status:
        """The status of `certificate` by the issuer's list; for a CA's certificate `issuer` is the CA above it.

        A list whose thisUpdate is within `max_age` is fresh enough (None: until its nextUpdate); an older one is
        fetched again first, unless another caller fetches it or its server is paused.
        """
        query = CrlQuery(issuer, operator, rules, now, limits, max_age)
        points = points_of(certificate, issuer.key_digest, operator)
        if not points:
            return _no_status(StatusValue.UNAVAILABLE, "the certificate names no list at an accepted address")
        silent = []
        for point in points:
            status = self._status_at(point, certificate, query)
            if status.definite:
                return status
            silent.append(status)
        return worst(silent)

    def renew(self, point: Point, query: CrlQuery) -> int:
        """Fetch the list unless its server is paused or another caller does; returns the number of bytes fetched.

        Raises IssuerUnreachable, and CrlUnusable for a list that is not this issuer's or not this point's.
        """
        origins = query.operator.sources.crl
        issuers = self.issuers
        address = allowed(point.url, origins)
        if address is None:
            raise IssuerUnreachable("the address is not accepted")
        if not issuers.may_fetch(point, query.now):
            raise IssuerUnreachable("it is being fetched, or was a moment ago")
        server = f"{SOURCE} {address.host}:{address.port}"
        breaker = issuers.may_query(query.operator.id, server, query.now, query.rules)
        if breaker is None:
            raise IssuerUnreachable("the source rests after failures")
        try:
            contents = fetch_crl(point.url, origins, replace(query.limits, most_bytes=MOST_BYTES))
            self.indexes.keep(point, _newest(contents, point, query))
        except IssuerUnreachable as error:
            if error.server_failed:
                issuers.record_failure(breaker, query.now, query.rules)
            else:
                issuers.record_success(breaker)
            raise
        except CrlUnusable:
            issuers.record_success(breaker)  # one list is wrong; the server has others
            raise
        issuers.record_success(breaker)
        return sum(map(len, contents))

    def _status_at(self, point: Point, certificate: Certificate, query: CrlQuery) -> Status:
        kept = self._stored_status(point, certificate, query)
        if kept is not None and kept.definite:
            return kept
        try:
            self.renew(point, query)
        except IssuerUnreachable as error:
            stored = self._stored_status(point, certificate, query)
            return stored or _no_status(StatusValue.UNAVAILABLE, error.why)
        except CrlUnusable as error:
            return _no_status(StatusValue.INVALID, error.why)
        return self._stored_status(point, certificate, query) or _no_status(
            StatusValue.UNAVAILABLE, "the list is gone"
        )

    def _stored_status(self, point: Point, certificate: Certificate, query: CrlQuery) -> Status | None:
        """The status by the stored list; None where no list is stored."""
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                index = self.indexes.index(point)
                return _status_in(index, certificate, query) if index else None
        return None


def _newest(contents: Sequence[bytes], point: Point, query: CrlQuery) -> Crl:
    """Of the lists at an address, the newest that is this issuer's and this point's. Raises CrlUnusable."""
    found = []
    wrong = CrlUnusable("no list")
    for content in contents:
        try:
            crl = read_crl(content, query.issuer)
            check_point(crl.scope, point, query.issuer)
            if crl.this_update > query.now + query.rules.skew:
                raise CrlUnusable("thisUpdate is in the future")
            found.append(crl)
        except CrlUnusable as error:
            wrong = error
    if not found:
        raise wrong
    return max(found, key=lambda crl: crl.this_update)


def _no_status(answer: StatusValue, why: str) -> Status:
    return Status(answer, SOURCE, why=why)


def _status_in(index: Index, certificate: Certificate, query: CrlQuery) -> Status:
    head = index.head
    try:
        entry = lookup(head, index.read, certificate.serial)
    except CrlUnusable as error:
        return _no_status(StatusValue.INVALID, error.why)
    most = head.next_update - head.this_update if query.max_age is None else query.max_age
    return status_from_crl(certificate, head, entry, query.now, Age(most, query.rules.skew))
