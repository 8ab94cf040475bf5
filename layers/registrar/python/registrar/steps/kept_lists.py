"""Stored lists of revoked certificates, as a warm function keeps them.

Whoever writes a list begins with a fetch, which the issuers' table records (Issuers.may_fetch). So where no fetch
began since a kept list was read, and every one before had ended by then, it is the list that is stored now. That is
read strongly each time; only the list itself is not.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from registrar.aws.buckets.crl_indexes import CrlIndexes, Index
from registrar.aws.tables.issuers import FETCH_PAUSE
from registrar.domain.revocation.distribution_points import Point

LONGEST_FETCH = timedelta(minutes=17)
"""Longer than any function runs that may write a list, with a minute for each of two clocks that are wrong."""
KEPT_LIFE = timedelta(hours=1)
MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class _Kept:
    next_fetch: datetime | None
    read_at: datetime
    lists: Sequence[Index]


@dataclass(slots=True)
class KeptLists:
    """The lists at the addresses used last: of each its head, and the pages in the first 12 KB."""

    indexes: CrlIndexes
    _kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict, init=False)

    def at(self, point: Point, next_fetch: datetime | None, now: datetime) -> Sequence[Index]:
        """The lists stored at an address; `next_fetch` is what the issuers' table says of it (None: nothing).

        Raises ConditionFailed as CrlIndexes.lists does.
        """
        kept = self._kept.get(point.id)
        if kept is not None and kept.next_fetch == next_fetch and now - kept.read_at < KEPT_LIFE:
            self._kept.move_to_end(point.id)
            return kept.lists
        self.forget(point)
        lists = [index for _, index in self.indexes.lists(point)]
        # Without a fetch there is no list. One that is there all the same outlived the issuers' table: not kept.
        settled = not lists if next_fetch is None else now - (next_fetch - FETCH_PAUSE) >= LONGEST_FETCH
        if settled:
            self._kept[point.id] = _Kept(next_fetch, now, lists)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return lists

    def forget(self, point: Point) -> None:
        """Read the lists at an address again next time."""
        self._kept.pop(point.id, None)
