"""Expiry notices: which registrations are due since the last finished run.

Days are days in Seoul, as customers count them: a certificate that ends tomorrow at midnight has one day left, at
whatever hour the job runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar.domain.catalogue import SEOUL

THRESHOLD_DAYS = (0, 1, 3, 7, 14, 30)
NOTICE_LEASE = timedelta(seconds=45)
MAX_SENDS = 3
_DAY = timedelta(days=1)
_A_MIDNIGHT = datetime(2000, 1, 1, tzinfo=SEOUL)


@dataclass(frozen=True, slots=True)
class Window:
    """Registrations with `first <= not_after <= until` reached `threshold_days` since the last run."""

    threshold_days: int
    first: datetime
    until: datetime


def windows(last_run: datetime | None, now: datetime) -> Iterator[Window]:
    """The windows of a run at `now`, the most urgent threshold first; none when today's run is done.

    A window reaches back to the day after the last finished run, so a missed night is caught up.
    """
    today = _day_start(now)
    first = _day_start(last_run) + _DAY if last_run is not None else today
    if first > today:
        return
    for days in THRESHOLD_DAYS:
        ahead = timedelta(days=days)
        yield Window(days, first + ahead, today + ahead + _DAY - timedelta(seconds=1))


def days_left(not_after: datetime, now: datetime) -> int:
    """Days until the last day, in Seoul: 0 today, 1 tomorrow, negative when it is over."""
    return (not_after - _A_MIDNIGHT).days - (now - _A_MIDNIGHT).days


def _day_start(at: datetime) -> datetime:
    return at.astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
