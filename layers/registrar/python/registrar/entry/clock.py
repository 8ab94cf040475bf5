"""The one place that reads the clock; everything below takes `now` as an argument."""

import time
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def pause(wait: timedelta) -> None:
    """Let `wait` pass."""
    time.sleep(wait.total_seconds())


def deadline(seconds: float) -> float:
    """The time of the monotonic clock `seconds` from now."""
    return time.monotonic() + seconds
