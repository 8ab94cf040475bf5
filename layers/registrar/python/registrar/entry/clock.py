"""The one place that reads the clock; everything below takes `now` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
