"""Findings as JSON, times as text and back, and which finding the customer reads first."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Finding, Level, headline
from registrar.domain.reasons.rendering import render
from registrar.domain.times import instant, iso

SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "2026-12-31T14:59:59Z"),
        (datetime(2027, 1, 1, 0, 0, 0, tzinfo=SEOUL), "2026-12-31T15:00:00Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 999999, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31T23:59:59Z"),
    ],
)
def test_times_are_parsed_and_formatted(at: datetime, text: str) -> None:
    assert iso(at) == text
    assert instant(text) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", ["", "2026-12-31", "2026-12-31T14:59:59", "2026-12-31T14:59:59+00:00", "2026-13-01T00:00:00Z"]
)
def test_malformed_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time in UTC to the second|isoformat|month must be"):
        instant(text)


def test_stored_finding_is_read_back() -> None:
    at = datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC)
    params = {"expired_on": at, "again_at": at, "issuer": {"ko": "가", "en": "a"}, "limit": 3, "found": "RSA 1024"}
    finding = Finding("dates", Level.FAIL, Code.CERT_EXPIRED, params)
    assert Finding.from_map(finding.to_map()) == finding


@pytest.mark.parametrize("wrong", [{"code": "NO_SUCH_CODE"}, {"level": "BAD"}, {"params": {"ends_at": "soon"}}])
def test_malformed_stored_finding_is_refused(wrong: dict[str, Any]) -> None:
    stored = Finding("dates", Level.FAIL, Code.CERT_EXPIRED).to_map()
    with pytest.raises(ValueError, match=r"NO_SUCH_CODE|BAD|soon"):
        Finding.from_map(stored | wrong)


def test_finding_is_written_as_json() -> None:
    at = datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC)
    finding = Finding("dates", Level.FAIL, Code.CERT_EXPIRED, {"expired_on": at, "issuer": {"ko": "가", "en": "a"}})
    assert finding.to_map() == {
        "check": "dates",
        "level": "FAIL",
        "code": "CERT_EXPIRED",
        "params": {"expired_on": "2026-12-31T14:59:59Z", "issuer": {"ko": "가", "en": "a"}},
    }


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_extreme_times_can_be_rendered(at: datetime) -> None:
    params = {"expired_on": iso(at), "valid_from_at": iso(at), "issuer": "x"}
    assert str(at.year) in render(Code.CERT_EXPIRED, "en", params)[1]
    assert str(at.year) in render(Code.CERT_NOT_YET_VALID, "ko", params)[1]


@pytest.mark.parametrize(
    ("levels", "first"),
    [
        ("", None),
        ("I", 0),
        ("W", 0),
        ("IW", 1),
        ("WF", 1),
        ("FW", 0),
        ("WFF", 1),
        ("IWFW", 2),
    ],
)
def test_headline_is_the_first_failure_or_else_the_first_warning(levels: str, first: int | None) -> None:
    names = {"I": Level.INFORM, "W": Level.WARN, "F": Level.FAIL}
    findings = [Finding(f"check {n}", names[level], Code.CERT_IS_CA) for n, level in enumerate(levels)]
    assert headline(findings) == (None if first is None else findings[first])
