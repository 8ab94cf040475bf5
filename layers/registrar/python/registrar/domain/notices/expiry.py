"""Expiry notices: which registrations are due since the last finished run, and the notice of each customer.

Days are days in Seoul, as customers count them: a certificate that ends tomorrow at midnight has one day left, at
whatever hour the job runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar.domain.times import SEOUL

THRESHOLD_DAYS = (0, 1, 3, 7, 14, 30)
ENDED = -1
"""The window of registrations that ended since the last run: recorded as EXPIRED, without a notice."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Registrations with `first <= not_after <= until` reached `threshold_days` since the last run."""

    threshold_days: int
    first: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A registration of the expiry index, by its keys only."""

    customer_id: str
    registration_id: str
    not_after: datetime


@dataclass(slots=True)
class Digest:
    """The registrations of one customer that are due for a notice, the most urgent first, and those that ended."""

    customer_id: str
    to_notify: list[tuple[Due, int]]
    """Each with the most urgent threshold that it crossed."""
    ended: list[Due]


def windows(last_run: datetime | None, now: datetime) -> Iterator[Window]:
    """The windows of a run at `now`, the most urgent threshold first; none when today's run is done.

    A window reaches back to the day after the last finished run, so a missed night is caught up.
    """
    today = _day_start(now)
    first = _day_start(last_run) + _DAY if last_run is not None else today
    if first > today:
        return
    for days in (ENDED, *THRESHOLD_DAYS):
        ahead = timedelta(days=days)
        # An end at midnight belongs to the day before (times.py).
        yield Window(days, first + ahead + timedelta(seconds=1), today + ahead + _DAY)


def digests(crossed: Iterable[tuple[Window, Iterable[Due]]]) -> list[Digest]:
    """One digest for each customer out of all windows of a run, in any order."""
    by_customer: dict[str, dict[str, tuple[Due, set[int]]]] = {}
    for window, found in crossed:
        for due in found:
            own = by_customer.setdefault(due.customer_id, {})
            own.setdefault(due.registration_id, (due, set()))[1].add(window.threshold_days)
    made = []
    for customer_id, own in by_customer.items():
        to_notify = [(due, min(days - {ENDED})) for due, days in own.values() if days - {ENDED}]
        ended = [due for due, days in own.values() if ENDED in days]
        to_notify.sort(key=lambda each: (each[0].not_after, each[0].registration_id))
        made.append(Digest(customer_id, to_notify, ended))
    return made


def _day_start(at: datetime) -> datetime:
    return at.astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
