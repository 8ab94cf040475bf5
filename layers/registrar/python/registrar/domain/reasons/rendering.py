"""Putting a reason's text together: parameters as a sentence shows them, in Korean or English."""

from collections.abc import Mapping
from datetime import datetime

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.times import last_moment, local_date, local_time

MAX_PARAM_CHARS = 300
"""Longest text a parameter may put into a sentence; names come out of uploaded files."""


def render(code: Code, language: str, params: Mapping[str, object]) -> tuple[str, str]:
    """Title and text of a reason, ready to show.

    A value may be a text, a number, `{"ko": …, "en": …}`, or a list of those. Names ending in `_on` take an
    ISO date or time and show the day in Seoul, `_at` the time too, `_bytes` a size; `methods` show in words. A
    missing parameter is a KeyError; surplus ones are ignored. A number has its thousands apart: 1,000,000.
    """
    entry = CATALOGUE[code]
    shown = {name: as_shown(name, params[name], language) for name in entry.params}
    return entry.title[language], entry.text[language].format(**shown)


def _size(count: int, language: str) -> str:
    """Rounded down: a limit is never shown larger than it is."""
    if count < 1024:
        return f"{count}바이트" if language == "ko" else f"{count} bytes"
    unit, amount = ("KB", count * 10 // 1024) if count < 1024**2 else ("MB", count * 10 // 1024**2)
    return f"{amount / 10:g} {unit}"


# The methods to prove identity, as the page and the app name them.
METHOD_NAMES: Mapping[str, Mapping[str, str]] = {
    "passkey": {"ko": "패스키", "en": "passkey"},
    "certificate": {"ko": "등록된 인증서", "en": "registered certificate"},
    "otp": {"ko": "OTP", "en": "OTP"},
    "sms": {"ko": "문자", "en": "text message"},
}

# Parameters that are the end of a certificate.
_ENDS = ("expires_on", "expired_on")


def _moment(value: str | datetime) -> datetime | None:
    """The moment that a parameter is; None for a date, which is a day already."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value) if "T" in value else None


def as_shown(name: str, value: object, language: str) -> str:
    """A parameter as a sentence shows it; see `render`."""
    if isinstance(value, Mapping):
        value = value[language]
    if name == "methods" and isinstance(value, str) and value in METHOD_NAMES:
        return METHOD_NAMES[value][language]
    if isinstance(value, list | tuple):
        return ", ".join(as_shown(name, each, language) for each in value)
    if name.endswith("_on") and isinstance(value, str | datetime):
        at = _moment(value)
        return local_date(last_moment(at) if at is not None and name in _ENDS else value, language)
    if name.endswith("_at") and isinstance(value, str | datetime):
        return local_time(value, language)
    if name.endswith("_bytes") and isinstance(value, int):
        return _size(value, language)
    if isinstance(value, int):
        return f"{value:,}"
    return one_line(str(value))


def one_line(text: str) -> str:
    """Text from outside, fit for one sentence: no control or direction characters, single spaces, bounded."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(printable.split())
    return line if len(line) <= MAX_PARAM_CHARS else line[: MAX_PARAM_CHARS - 3] + "..."
