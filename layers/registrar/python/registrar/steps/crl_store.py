"""Querying issuers' lists of revoked certificates: each is fetched once for all queries and read from its index.

Lists of some reasons each are read until every reason is covered (RFC 5280 6.3.3), those of one address together,
then those of the next; where some reason stays uncovered there is no status.
"""

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
from registrar.domain.revocation.crl_index import Head, lookup
from registrar.domain.revocation.crl_status import (
    SOURCE,
    Age,
    Statement,
    combined,
    is_decided,
    statement_of,
    unusable,
)
from registrar.domain.revocation.distribution_points import Point, check_point, points_of
from registrar.domain.revocation.status import ListIdentity, Status, StatusValue
from registrar.net.fetch import Limits, fetch_crl

# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class CrlQuery:
    """Who may sign the list (Issuer.list_signers), and how old and how large it may be."""

    signers: Sequence[Certificate]
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
        signers: Sequence[Certificate],
        operator: Operator,
        rules: RevocationRules,
        now: datetime,
        max_age: timedelta | None,
        limits: Limits,
    ) -> Status:
        """The status of `certificate` by the lists of its issuer, the first of `signers`.

        A list whose thisUpdate is within `max_age` is fresh enough (None: until its nextUpdate); an older one is
        fetched again first, unless another caller fetches it or its server is paused.
        """
        query = CrlQuery(signers, operator, rules, now, limits, max_age)
        points = points_of(certificate, signers[0].key_digest, operator)
        if not points:
            why = "the certificate names no list at an accepted address"
            return Status(StatusValue.UNAVAILABLE, SOURCE, why=why)
        statements: list[Statement] = []
        for point in points:
            statements += self._statements_at(point, certificate, query)
            if is_decided(statements):
                break
        return combined(statements)

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
            self.indexes.keep(point, _usable(contents, point, query))
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

    def _statements_at(self, point: Point, certificate: Certificate, query: CrlQuery) -> list[Statement]:
        stored = self._stored(point, certificate, query)
        if stored and all(each.status.definite for each in stored):
            return stored
        try:
            self.renew(point, query)
        except IssuerUnreachable as error:
            why = error.why
        except CrlUnusable as error:
            return [*stored, unusable(StatusValue.INVALID, error.why)]
        else:
            why = "the list is gone"
        return self._stored(point, certificate, query) or [unusable(StatusValue.UNAVAILABLE, why)]

    def _stored(self, point: Point, certificate: Certificate, query: CrlQuery) -> list[Statement]:
        """What the stored lists of these signers say; nothing where none is stored."""
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                indexes = [index for _, index in self.indexes.lists(point)]
                signers = {signer.key_digest for signer in query.signers}
                own = (index for index in indexes if index.head.issuer_key_digest in signers)
                return [_statement_in(index, certificate, query) for index in own]
        return []


def _usable(contents: Sequence[bytes], point: Point, query: CrlQuery) -> list[Crl]:
    """Of the lists at an address, those that are this issuer's and this point's. Raises CrlUnusable for none."""
    found = []
    # Only why: an error that its own frame keeps would keep the bytes of its list until garbage is searched for.
    why = "no list"
    for content in contents:
        try:
            crl = _read(content, query.signers)
            check_point(crl.scope, point, query.signers[0])
            if crl.this_update > query.now + query.rules.skew:
                raise CrlUnusable("thisUpdate is in the future")
            found.append(crl)
        except CrlUnusable as error:
            why = error.why
    if not found:
        raise CrlUnusable(why)
    return found


def _read(content: bytes, signers: Sequence[Certificate]) -> Crl:
    """The CRL, if one of `signers` signed it. Raises CrlUnusable."""
    wrong = []
    for signer in signers:
        try:
            return read_crl(content, signer)
        except CrlUnusable as error:
            wrong.append(error.why)
    raise CrlUnusable(wrong[0])


def _statement_in(index: Index, certificate: Certificate, query: CrlQuery) -> Statement:
    try:
        entry = lookup(index.head, index.read, certificate.serial)
    except CrlUnusable as error:
        return unusable(StatusValue.INVALID, error.why)
    statement = statement_of(certificate, index.head, entry, query.now, Age(query.max_age, query.rules.skew))
    status = replace(statement.status, shown_by=(_identity(index.head, certificate),))
    return statement._replace(status=status) if status.definite else statement


def _identity(head: Head, certificate: Certificate) -> ListIdentity:
    return ListIdentity(
        about=certificate.fingerprint,
        issuer_key_digest=head.issuer_key_digest,
        number=head.number,
        this_update=head.this_update,
        next_update=head.next_update,
        sha256=head.sha256,
    )
