"""Indexes of issuers' lists of revoked certificates (domain/revocation/crl_index.py), in the revocation bucket.

    crl/<sha256 of CA SPKI>/<url digest>/current   the newest list; a decision reads its head and one page
    crl/<sha256 of CA SPKI>/<url digest>/watched   the list up to which watch_crl looked for registrations

Where an address has several lists, each for some reasons, the others are below it: `1/current` and `1/watched` to
`7/current` and `7/watched`. A list stays at its place: a newer one replaces the one with which it shares a reason.

An index is written whole in one request, and only over the one that was compared with it: no reader sees half a
list, and none ever goes back to an older one.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from registrar.aws.buckets.bucket import Bucket, StoredObject
from registrar.domain.reasons.errors import ConditionFailed, CrlUnusable, ObjectNotFound
from registrar.domain.revocation.crl import MOST_BYTES, Crl, newest_of_each_reason
from registrar.domain.revocation.crl_index import HEAD_BYTES, Head, Read, index_crl, read_head
from registrar.domain.revocation.crl_scope import ALL_REASONS
from registrar.domain.revocation.distribution_points import Point

CURRENT = "current"
WATCHED = "watched"
_MEDIA_TYPE = "application/octet-stream"
_MOST_INDEX_BYTES = 2 * MOST_BYTES
# Eight lists for a reason each.
_PLACES = ("", *(f"{number}/" for number in range(1, len(ALL_REASONS))))
# A list that was replaced while it was read is read again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Index:
    """One version of an index, read piece by piece; `etag` names the version.

    `read(start, length)` raises ConditionFailed where it was replaced since its head was read.
    """

    etag: str
    head: Head
    read: Read


@dataclass(frozen=True, slots=True)
class CrlIndexes:
    """The indexes of all issuers' lists."""

    bucket: Bucket

    def index(self, point: Point, name: str = CURRENT) -> Index | None:
        """The index of a point, of which only the head is read; None where there is none that can be read.

        Raises ConditionFailed where it is replaced each time it is read.
        """
        try:
            return self._index(point, name)
        except CrlUnusable:
            return None

    def lists(self, point: Point) -> Iterator[tuple[str, Index]]:
        """The lists at an address until every reason is covered: the place of each, and its index.

        Mostly that is one. Raises ConditionFailed as `index` does.
        """
        covered: frozenset[str] = frozenset()
        for place in _PLACES:
            index = None if covered >= ALL_REASONS else self.index(point, place + CURRENT)
            if index is None:
                return
            yield place, index
            covered |= index.head.scope.reasons

    def whole(self, point: Point, name: str = CURRENT) -> StoredObject | None:
        """All of an index."""
        try:
            return self.bucket.read(_key(point, name), _MOST_INDEX_BYTES)
        except ObjectNotFound:
            return None

    def watched(self, point: Point, place: str, content: bytes, before: StoredObject | None) -> None:
        """Record that registrations were checked up to this index.

        Raises ConditionFailed where what was recorded `before` is no longer recorded.
        """
        self._replace(point, place + WATCHED, content, before.etag if before else None)

    def keep(self, point: Point, lists: Sequence[Crl]) -> None:
        """Replace the current indexes of an address by those of `lists` that are newer.

        Raises CrlUnusable for a list that contradicts the current one.
        """
        for crl in newest_of_each_reason(lists):
            for place in _PLACES:
                if self._kept_at(point, place + CURRENT, crl):
                    break

    def _kept_at(self, point: Point, name: str, crl: Crl) -> bool:
        """Whether this is the place of `crl`: then that list is there now, or a newer one."""
        for _ in range(_TRIES):
            try:
                current = self._index(point, name)
            except CrlUnusable:
                # An index of a format that is no longer read must be replaced.
                self.bucket.write(_key(point, name), index_crl(crl), media_type=_MEDIA_TYPE)
                return True
            if current is not None and not current.head.scope.reasons & crl.scope.reasons:
                return False
            if current is not None and not _is_newer(crl, current.head):
                return True
            with suppress(ConditionFailed):  # another fetched at the same time, perhaps an older list
                self._replace(point, name, index_crl(crl), current.etag if current else None)
                return True
        return True

    def _replace(self, point: Point, name: str, content: bytes, etag: str | None) -> None:
        """Write an index over the one with this ETag, or where there is none. Raises ConditionFailed."""
        create = etag is None
        self.bucket.write(_key(point, name), content, replacing=etag, create=create, media_type=_MEDIA_TYPE)

    def _index(self, point: Point, name: str) -> Index | None:
        for _ in range(_TRIES):
            with suppress(ConditionFailed):
                return self._read_index(point, name)
        raise ConditionFailed

    def _read_index(self, point: Point, name: str) -> Index | None:
        key = _key(point, name)
        try:
            first = self.bucket.read_part(key, 0, HEAD_BYTES)
        except ObjectNotFound:
            return None

        def read(start: int, length: int) -> bytes:
            # What the first read brought is not requested again; S3 refuses to read nothing (an empty page).
            if start == 0 or length == 0 or start + length <= len(first.content):
                return first.content[start : start + length]
            return self.bucket.read_part(key, start, length, first.etag).content

        return Index(first.etag, read_head(read), read)


def _key(point: Point, name: str) -> str:
    return f"crl/{point.id.replace('#', '/')}/{name}"


def _is_newer(crl: Crl, kept: Head) -> bool:
    """Whether `crl` was issued after the stored list. Raises CrlUnusable where its number contradicts that.

    Numbers count the lists of one scope (RFC 5280 5.2.3).
    """
    if crl.number is not None and kept.number is not None and crl.scope.reasons == kept.scope.reasons:
        if crl.this_update > kept.this_update and crl.number < kept.number:
            raise CrlUnusable("a later list with a lower number")
        return (crl.this_update, crl.number) > (kept.this_update, kept.number)
    return crl.this_update > kept.this_update
