"""Issuers' lists of revoked certificates, fetched once for all, kept as indexes (domain/revocation/crl_index.py).

    crl/<sha256 of CA SPKI>/<url digest>/current   the newest list; a decision reads its head and one page
    crl/<sha256 of CA SPKI>/<url digest>/watched   the list up to which watch_crl looked for registrations

An index is written whole in one request, and only over the one that was compared with it: no reader sees half a
list, and none ever goes back to an older one.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.tables.issuers import Issuers
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Operator, RevocationRules
from registrar.domain.reasons.errors import ConditionFailed, NotThere, Unreachable
from registrar.domain.revocation.addresses import allowed
from registrar.domain.revocation.crl import MOST_BYTES, Crl, read_crl
from registrar.domain.revocation.crl_entries import CrlUnusable
from registrar.domain.revocation.crl_index import HEAD_BYTES, Head, Read, index_crl, lookup, read_head
from registrar.domain.revocation.crl_status import SOURCE, Age, status_from_crl
from registrar.domain.revocation.distribution_points import Point, check_point, points_of
from registrar.domain.revocation.findings import worst
from registrar.domain.revocation.status import Answer, Status
from registrar.net.fetch import Limits, fetch_crl

CURRENT = "current"
WATCHED = "watched"
_MEDIA_TYPE = "application/octet-stream"
_MOST_INDEX_BYTES = 2 * MOST_BYTES
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
class Index:
    """One version of an index, read piece by piece; `etag` names the version.

    `read(start, length)` raises ConditionFailed where it was replaced since its head was read.
    """

    etag: str
    head: Head
    read: Read


@dataclass(frozen=True, slots=True)
class CrlStore:
    """The lists of all issuers."""

    bucket: Bucket
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

        Raises Unreachable, and CrlUnusable for a list that is not this issuer's or not this point's.
        """
        origins = asked.operator.sources.crl
        issuers = self.issuers
        address = allowed(point.url, origins)
        if address is None:
            raise Unreachable("the address is not accepted")
        if not issuers.may_fetch(point, asked.now):
            raise Unreachable("it is being fetched, or was a moment ago")
        server = f"{SOURCE} {address.host}:{address.port}"
        breaker = issuers.may_ask(asked.operator.id, server, asked.now, asked.rules)
        if breaker is None:
            raise Unreachable("the source rests after failures")
        try:
            contents = fetch_crl(point.url, origins, replace(asked.limits, most_bytes=MOST_BYTES))
            self._keep(point, _newest(contents, point, asked))
        except (Unreachable, CrlUnusable):
            issuers.failed(breaker, asked.now, asked.rules)
            raise
        issuers.worked(breaker)
        return sum(map(len, contents))

    def index(self, point: Point, name: str = CURRENT) -> Index | None:
        """The index of a point, of which only the head is read; None where there is none that can be read."""
        try:
            return self._index(point, name)
        except CrlUnusable:
            return None

    def whole(self, point: Point, name: str = CURRENT) -> bytes | None:
        """All of an index."""
        try:
            return self.bucket.read(_key(point, name), _MOST_INDEX_BYTES).content
        except NotThere:
            return None

    def watched(self, point: Point, content: bytes) -> None:
        """Note that registrations were looked for up to this index."""
        self.bucket.write(_key(point, WATCHED), content, media_type=_MEDIA_TYPE)

    def _status_at(self, point: Point, certificate: Certificate, asked: Asked) -> Status:
        kept = self._told(point, certificate, asked)
        if kept is not None and kept.definite:
            return kept
        try:
            self.renew(point, asked)
        except Unreachable as error:
            told = self._told(point, certificate, asked)
            return told or _silence(Answer.UNAVAILABLE, error.why)
        except CrlUnusable as error:
            return _silence(Answer.INVALID, error.why)
        return self._told(point, certificate, asked) or _silence(Answer.UNAVAILABLE, "the list is gone")

    def _told(self, point: Point, certificate: Certificate, asked: Asked) -> Status | None:
        """What the list that is kept says; None where none is."""
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                index = self.index(point)
                return _status_in(index, certificate, asked) if index else None
        return None

    def _keep(self, point: Point, crl: Crl) -> None:
        """Replace the current index where `crl` is newer. Raises CrlUnusable for one that contradicts it."""
        condition: dict[str, Any] = {"create": True}
        try:
            current = self._index(point, CURRENT)
        except CrlUnusable:
            # An index of a format that is no longer read must not stay for ever.
            current = None
            condition = {}
        if current is not None:
            if not _is_newer(crl, current.head):
                return
            condition = {"replacing": current.etag}
        with suppress(ConditionFailed):  # another who fetched it at the same time
            self.bucket.write(_key(point, CURRENT), index_crl(crl), media_type=_MEDIA_TYPE, **condition)

    def _index(self, point: Point, name: str) -> Index | None:
        key = _key(point, name)
        try:
            first = self.bucket.read_part(key, 0, HEAD_BYTES)
        except NotThere:
            return None

        def read(start: int, length: int) -> bytes:
            # What the first read brought is not asked for again; S3 refuses to read nothing (an empty page).
            if start == 0 or length == 0 or start + length <= len(first.content):
                return first.content[start : start + length]
            return self.bucket.read_part(key, start, length, first.etag).content

        return Index(first.etag, read_head(read), read)


def _key(point: Point, name: str) -> str:
    return f"crl/{point.id.replace('#', '/')}/{name}"


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


def _is_newer(crl: Crl, kept: Head) -> bool:
    """Whether `crl` was issued after the list that is kept. Raises CrlUnusable where its number says otherwise."""
    if crl.number is not None and kept.number is not None:
        if crl.this_update > kept.this_update and crl.number < kept.number:
            raise CrlUnusable("a later list with a lower number")
        return (crl.this_update, crl.number) > (kept.this_update, kept.number)
    return crl.this_update > kept.this_update


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
