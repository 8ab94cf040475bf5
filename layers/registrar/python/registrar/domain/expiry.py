"""Expiry notices: which registrations are due since the last finished run (states and thresholds in days)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

THRESHOLD_DAYS = (0, 1, 3, 7, 14, 30)
FIRST_WINDOW = timedelta(days=1)
NOTICE_LEASE = timedelta(minutes=5)
MAX_SENDS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Registrations with `first <= not_after <= until` crossed `threshold_days` since the last run."""

    threshold_days: int
    first: datetime
    until: datetime


def windows(last_run: datetime | None, now: datetime) -> Iterator[Window]:
    """The windows of a run at `now` (whole seconds), the most urgent threshold first.

    A window reaches back to the last finished run, so a missed night is caught up. Threshold 0 is the end itself.
    """
    since = (last_run if last_run is not None else now - FIRST_WINDOW) + timedelta(seconds=1)
    for days in THRESHOLD_DAYS:
        yield Window(days, since + timedelta(days=days), now + timedelta(days=days))
