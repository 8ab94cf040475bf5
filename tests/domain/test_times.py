"""Times as text: one form, read as it is written."""

from datetime import UTC, datetime

import pytest

from registrar.domain.times import instant, iso


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
    ids=str,
)
def test_a_written_time_is_read_as_the_same_time(at: datetime) -> None:
    assert instant(iso(at)) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-12-31",
        "2026-12-31T14:59:59",
        "2026-12-31T14:59Z",
        "2026-12-31T14:59:59.5Z",
        "2026-12-31T14:59:60Z",
        "2026-12-31T14:59:59+00:00",
        "2026-12-31T23:59:59+09:00",
        "0001-01-01T00:00:00+23:59",
        "2026-1-1T0:0:0Z",
        "2026-W01-1T00:00:00Z",
        "20261231T145959Z",
        "2026-12-31 14:59:59Z",
        "2026-12-31t14:59:59z",
    ],
)
def test_any_other_form_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        instant(text)
