"""The revocation status of one certificate in CRLs (RFC 5280 section 6.3.3).

A CRL is used only if it is from the certificate's issuer, covers the certificate, and is current. CRLs of some
reasons only are combined: a certificate is good where they cover every reason together, and none names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.crl_index import Head
from registrar.domain.revocation.crl_scope import ALL_REASONS, covered_reasons, directory_key
from registrar.domain.revocation.findings import worst
from registrar.domain.revocation.status import Status, StatusValue

SOURCE = "crl"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Age:
    """How old a CRL may be: `most` since its thisUpdate, None until its nextUpdate; clocks may differ by `skew`."""

    most: timedelta | None
    skew: timedelta


class Statement(NamedTuple):
    """What one CRL says of a certificate, and for which reasons of revocation; none where it cannot be used."""

    status: Status
    reasons: frozenset[str] = frozenset()


def statement_of(certificate: Certificate, head: Head, entry: Entry | None, now: datetime, age: Age) -> Statement:
    """What the CRL with this head says of `certificate`; `entry` is what `lookup` found. Never raises."""
    if directory_key(certificate.issuer) != head.issuer:
        return Statement(_status(StatusValue.INVALID, head, "the CRL is another issuer's"))
    try:
        reasons = covered_reasons(certificate, head.scope)
    except CrlUnusable as error:
        return Statement(_status(StatusValue.INVALID, head, error.why))
    if entry is not None and entry.serial != certificate.serial:
        return Statement(_status(StatusValue.INVALID, head, "the entry is another certificate's"))
    if head.this_update > now + age.skew:
        return Statement(_status(StatusValue.INVALID, head, "thisUpdate is in the future"))
    # Nothing is added to a time of the list: 99991231235959Z, for no end, has none after it.
    if head.next_update < now - age.skew:
        return Statement(_status(StatusValue.STALE, head, "nextUpdate has passed"))
    if age.most is not None and head.this_update < now - age.most - age.skew:
        return Statement(_status(StatusValue.STALE, head, "thisUpdate is too long ago"))
    return Statement(_status(StatusValue.GOOD, head) if entry is None else _entered(head, entry), reasons)


def unusable(value: StatusValue, why: str) -> Statement:
    """The statement of a CRL that cannot be read."""
    return Statement(Status(value, SOURCE, why=why))


def is_decided(statements: Sequence[Statement]) -> bool:
    """Whether no other CRL is needed: one revokes the certificate, or they cover every reason together."""
    is_revoked = any(each.status.value is StatusValue.REVOKED for each in statements)
    covered = frozenset[str]().union(*(each.reasons for each in statements))
    return is_revoked or covered == ALL_REASONS


def combined(statements: Sequence[Statement]) -> Status:
    """The status by several CRLs of one issuer: a revocation before a hold, GOOD for the time of the oldest CRL."""
    by_value = {each.status.value: each.status for each in reversed(statements)}
    against = by_value.get(StatusValue.REVOKED) or by_value.get(StatusValue.ON_HOLD)
    if against is not None:
        return against
    good = [each.status for each in statements if each.status.value is StatusValue.GOOD]
    if is_decided(statements):
        shown_by = tuple(each for status in good for each in status.shown_by)
        return replace(min(good, key=lambda status: status.as_of or _NEVER), shown_by=shown_by)
    silent = [each.status for each in statements if each.status.value is not StatusValue.GOOD]
    return worst(silent or [Status(StatusValue.INVALID, SOURCE, why="the lists cover some reasons only")])


def stated_by_list(certificate: Certificate, head: Head, entry: Entry | None) -> Status | None:
    """REVOKED or ON_HOLD where a list of the certificate's issuer names it, however old the list is; else None.

    The scope is not checked: an entry is the issuer's statement about this serial wherever it stands.
    """
    if entry is None or directory_key(certificate.issuer) != head.issuer:
        return None
    return _entered(head, entry)


def _entered(head: Head, entry: Entry) -> Status:
    return Status(
        StatusValue.ON_HOLD if entry.on_hold else StatusValue.REVOKED,
        SOURCE,
        head.this_update,
        head.next_update,
        entry.revoked_at,
        entry.reason,
    )


def _status(value: StatusValue, head: Head, why: str = "") -> Status:
    return Status(value, SOURCE, head.this_update, head.next_update, why=why)
