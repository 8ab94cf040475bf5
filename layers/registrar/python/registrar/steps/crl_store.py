"""Asking issuers' lists of revoked certificates: each is fetched once for all and read from its index."""

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
from registrar.domain.revocation.status import Answer, Status
from registrar.net.fetch import Limits, fetch_crl

# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """On whose behalf a list is looked at, and how old and how large it may be."""

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
        """What the issuer's list says of `certificate`; for a CA's certificate `issuer` is the CA above it.

        A list whose thisUpdate is within `max_age` is fresh enough (None: until its nextUpdate); an older one is
        fetched anew first, unless somebody else is at it or its server rests.
        """
        asked = Asked(issuer, operator, rules, now, limits, max_age)
        points = points_of(certificate, issuer.key_digest, operator)
        if not points:
            return _silence(Answer.UNAVAILABLE, "the certificate names no list at an accepted address")
        silent = []
        for point in points:
            status = self._status_at(point, certificate, asked)
            if status.definite:
                return status
            silent.append(status)
        return worst(silent)

    def renew(self, point: Point, asked: Asked) -> int:
        """Fetch the list unless its server rests or somebody else does; returns how many bytes came.

        Raises IssuerUnreachable, and CrlUnusable for a list that is not this issuer's or not this point's.
        """
        origins = asked.operator.sources.crl
        issuers = self.issuers
        address = allowed(point.url, origins)
        if address is None:
            raise IssuerUnreachable("the address is not accepted")
        if not issuers.may_fetch(point, asked.now):
            raise IssuerUnreachable("it is being fetched, or was a moment ago")
        server = f"{SOURCE} {address.host}:{address.port}"
        breaker = issuers.may_ask(asked.operator.id, server, asked.now, asked.rules)
        if breaker is None:
            raise IssuerUnreachable("the source rests after failures")
        try:
            contents = fetch_crl(point.url, origins, replace(asked.limits, most_bytes=MOST_BYTES))
            self.indexes.keep(point, _newest(contents, point, asked))
        except (IssuerUnreachable, CrlUnusable):
            issuers.failed(breaker, asked.now, asked.rules)
            raise
        issuers.worked(breaker)
        return sum(map(len, contents))

    def _status_at(self, point: Point, certificate: Certificate, asked: Asked) -> Status:
        kept = self._told(point, certificate, asked)
        if kept is not None and kept.definite:
            return kept
        try:
            self.renew(point, asked)
        except IssuerUnreachable as error:
            told = self._told(point, certificate, asked)
            return told or _silence(Answer.UNAVAILABLE, error.why)
        except CrlUnusable as error:
            return _silence(Answer.INVALID, error.why)
        return self._told(point, certificate, asked) or _silence(Answer.UNAVAILABLE, "the list is gone")

    def _told(self, point: Point, certificate: Certificate, asked: Asked) -> Status | None:
        """What the list that is kept says; None where none is."""
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                index = self.indexes.index(point)
                return _status_in(index, certificate, asked) if index else None
        return None


def _newest(contents: Sequence[bytes], point: Point, asked: Asked) -> Crl:
    """Of the lists at an address, the newest that is this issuer's and this point's. Raises CrlUnusable."""
    found = []
    wrong = CrlUnusable("no list")
    for content in contents:
        try:
            crl = read_crl(content, asked.issuer)
            check_point(crl.scope, point, asked.issuer)
            if crl.this_update > asked.now + asked.rules.skew:
                raise CrlUnusable("thisUpdate is in the future")
            found.append(crl)
        except CrlUnusable as error:
            wrong = error
    if not found:
        raise wrong
    return max(found, key=lambda crl: crl.this_update)


def _silence(answer: Answer, why: str) -> Status:
    return Status(answer, SOURCE, why=why)


def _status_in(index: Index, certificate: Certificate, asked: Asked) -> Status:
    head = index.head
    try:
        entry = lookup(head, index.read, certificate.serial)
    except CrlUnusable as error:
        return _silence(Answer.INVALID, error.why)
    most = head.next_update - head.this_update if asked.max_age is None else asked.max_age
    return status_from_crl(certificate, head, entry, asked.now, Age(most, asked.rules.skew))
