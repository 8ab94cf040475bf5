"""Times as text: ISO 8601 in UTC for items and responses, days and times in Seoul for sentences."""

from datetime import UTC, date, datetime, timedelta, timezone

SEOUL = timezone(timedelta(hours=9), "KST")
"""Korea has had no daylight saving time since 1988, so a fixed offset is enough."""
_THE_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_A_MIDNIGHT = datetime(2000, 1, 1, tzinfo=SEOUL)


def iso(at: datetime) -> str:
    """`at` in UTC to the second, as every response and item contains it."""
    # Not strftime: certificates may name the year 1, which it writes with one digit.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def instant(text: str) -> datetime:
    """The inverse of `iso`. Raises ValueError for any other form."""
    # Not strptime: a request reads up to ten of them, and it takes three times as long.
    at = datetime.fromisoformat(text)
    if at.tzinfo is not UTC or iso(at) != text:
        raise ValueError(f"not a time in UTC to the second: {text!r}")
    return at


def has_passed(end: datetime, now: datetime) -> bool:
    """Whether `now` is after the whole second `end`, which itself belongs to the period (RFC 5280 4.1.2.5)."""
    return now > end and now.replace(microsecond=0) > end


def days_left(not_after: datetime, now: datetime) -> int:
    """Days until the last day, in Seoul: 0 today, 1 tomorrow, negative after it. See `last_moment`.

    An end at midnight has not passed in its own second, which is the first of the next day: 0 then, too.
    """
    left = (last_moment(not_after) - _A_MIDNIGHT).days - (now - _A_MIDNIGHT).days
    return left if has_passed(not_after, now) else max(left, 0)


def last_moment(not_after: datetime) -> datetime:
    """A moment of the last day that something ending at `not_after` can be used.

    An end at exactly midnight is the end of the day before, as people count: 24:00, and not 0:00 of the next.
    """
    return max(not_after, _THE_FIRST) - timedelta(seconds=1)


def local_date(iso_utc: str | datetime, language: str) -> str:
    """The day in Seoul: "2026년 12월 3일", "3 December 2026". A date without a time is already a day."""
    if isinstance(iso_utc, str) and len(iso_utc) == len("2026-12-03"):
        return _day(date.fromisoformat(iso_utc), language)
    return _day(_in_seoul(iso_utc).date(), language)


def local_time(iso_utc: str | datetime, language: str) -> str:
    """Day and time in Seoul: "2026년 12월 3일 14:05", "3 December 2026, 14:05 KST"."""
    moment = _in_seoul(iso_utc)
    clock = f"{moment.hour:02}:{moment.minute:02}"
    day = _day(moment.date(), language)
    return f"{day} {clock}" if language == "ko" else f"{day}, {clock} KST"


def short_date(at: datetime, language: str) -> str:
    """The day in Seoul where there is little room: "12/3", "3 Dec"."""
    day = _in_seoul(at)
    return f"{day.month}/{day.day}" if language == "ko" else f"{day.day} {_MONTHS[day.month - 1][:3]}"


def short_time(iso_utc: str | datetime, language: str) -> str:
    """Day and time in Seoul where there is little room: "12/3 14:05", "3 Dec 14:05"."""
    moment = _in_seoul(iso_utc)
    return f"{short_date(moment, language)} {moment.hour:02}:{moment.minute:02}"


def korean_time(at: datetime) -> str:
    """Day and time in Seoul to the second, as texts to sign state it: "2026년 11월 30일 17:05:00 (한국 시간)"."""
    moment = _in_seoul(at)
    return f"{_day(moment.date(), 'ko')} {moment:%H:%M:%S} (한국 시간)"


def _in_seoul(iso_utc: str | datetime) -> datetime:
    moment = datetime.fromisoformat(iso_utc) if isinstance(iso_utc, str) else iso_utc
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(SEOUL)
    except OverflowError:  # a certificate without an end says 99991231235959Z (RFC 5280 4.1.2.5)
        return moment


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _day(day: date, language: str) -> str:
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
