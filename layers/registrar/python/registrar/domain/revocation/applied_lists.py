"""Issuers' lists that were applied to every registration: as of when is a certificate good that still counts?

What such a list names has ended or is held. So a registration in use is good as of the list, if the list would name
its certificate (RFC 5280 6.3.3), for every reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.crl_index import Head
from registrar.domain.revocation.crl_scope import ALL_REASONS, Scope, covered_reasons, directory_key
from registrar.domain.times import instant, iso


@dataclass(frozen=True, slots=True)
class AppliedList:
    """A list by its thisUpdate, its issuer's name (as `directory_key` writes it), and what it covers."""

    as_of: datetime
    issuer: str
    scope: Scope

    @classmethod
    def from_head(cls, head: Head) -> "AppliedList":
        """The list that an index is of."""
        return cls(head.this_update, head.issuer, head.scope)

    def to_map(self) -> dict[str, object]:
        """The list as JSON types; a scope of everything is left out."""
        scope = {} if self.scope == Scope() else {"scope": self.scope.to_map()}
        return {"as_of": iso(self.as_of), "issuer": self.issuer, **scope}

    @classmethod
    def from_map(cls, stored: Mapping[str, Any]) -> "AppliedList":
        """The inverse of `to_map`. Raises KeyError where a value is missing."""
        scope = Scope.from_map(stored["scope"]) if "scope" in stored else Scope()
        return cls(instant(stored["as_of"]), stored["issuer"], scope)


def good_as_of(certificate: Certificate, lists: Iterable[AppliedList]) -> datetime | None:
    """The time for which lists say that the certificate is good: for each reason the newest list counts, and of
    these the oldest. None where they do not cover every reason."""
    newest: dict[str, datetime] = {}
    for each in lists:
        for reason in _reasons(certificate, each):
            newest[reason] = max(each.as_of, newest.get(reason, each.as_of))
    return min(newest.values()) if newest.keys() == ALL_REASONS else None


def _reasons(certificate: Certificate, applied: AppliedList) -> frozenset[str]:
    if directory_key(certificate.issuer) != applied.issuer:
        return frozenset()
    try:
        return covered_reasons(certificate, applied.scope)
    except CrlUnusable:
        return frozenset()
