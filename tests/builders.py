"""Named builders for test data. Each gives a good thing by default; say only what the test is about.

If you add one, name it after the thing it makes: a_<thing>().
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from local.pki import CustomerCertificate, DemoPki, one_year_from

# Noon in Seoul. A test that needs another moment passes its own.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@cache
def a_pki(generation: int = 1) -> DemoPki:
    """The demo hierarchy, made once a process: its keys take half a second."""
    return DemoPki.create(NOW, generation=generation)


def a_certificate(
    real_name: str = "홍길동",
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    **overrides: Any,
) -> CustomerCertificate:
    """A customer certificate issued at NOW for a year; `overrides` go to DemoPki.issue_customer."""
    first, last = one_year_from(NOW)
    return a_pki().issue_customer(
        real_name, not_before=not_before or first, not_after=not_after or last, **overrides
    )


def a_trust_document(version: int = 1, **overrides: Any) -> dict[str, Any]:
    """The trust document that accepts a_pki(); `overrides` replace top-level fields."""
    return {**a_pki().trust_document(version), **overrides}
