"""The revocation status of one certificate in a CRL (RFC 5280 section 6.3.3).

The CRL is used only if it is from the certificate's issuer, covers the certificate, and is current.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.crl_index import Head
from registrar.domain.revocation.crl_scope import ALL_REASONS, check_scope, directory_key
from registrar.domain.revocation.status import Status, StatusValue

SOURCE = "crl"


@dataclass(frozen=True, slots=True)
class Age:
    """How old a CRL may be: `most` since its thisUpdate, and `skew` by which clocks may differ."""

    most: timedelta
    skew: timedelta


def status_from_crl(certificate: Certificate, head: Head, entry: Entry | None, now: datetime, age: Age) -> Status:
    """What the CRL with this head says of `certificate`; `entry` is what `lookup` found. Never raises.

    A CRL for some reasons only can revoke; without an entry the status is INVALID: see `status_from_crls`.
    """
    return status_from_crls(certificate, [(head, entry)], now, age)


def status_from_crls(
    certificate: Certificate, found: Sequence[tuple[Head, Entry | None]], now: datetime, age: Age
) -> Status:
    """The status from several CRLs of one issuer: GOOD requires usable CRLs that cover every reason together."""
    covered: frozenset[str] = frozenset()
    lacking = _status(StatusValue.UNAVAILABLE, None, "no CRL")
    latest = None
    for head, entry in found:
        status = _said(certificate, head, entry, now, age)
        if status.value in (StatusValue.REVOKED, StatusValue.ON_HOLD):
            return status
        if status.value is StatusValue.GOOD:
            covered |= head.scope.reasons
            latest = latest or status
        else:
            lacking = status
    if latest is not None and covered >= ALL_REASONS:
        return latest
    if latest is not None and lacking.value is StatusValue.UNAVAILABLE:
        return _status(StatusValue.INVALID, None, "the CRL covers some reasons only")
    return lacking


def stated_by_list(certificate: Certificate, head: Head, entry: Entry | None) -> Status | None:
    """REVOKED or ON_HOLD where a list of the certificate's issuer names it, however old the list is; else None.

    The scope is not checked: an entry is the issuer's statement about this serial wherever it stands.
    """
    if entry is None or directory_key(certificate.issuer) != head.issuer:
        return None
    return _entered(head, entry)


def _said(certificate: Certificate, head: Head, entry: Entry | None, now: datetime, age: Age) -> Status:
    if directory_key(certificate.issuer) != head.issuer:
        return _status(StatusValue.INVALID, head, "the CRL is another issuer's")
    try:
        check_scope(certificate, head.scope)
    except CrlUnusable as error:
        return _status(StatusValue.INVALID, head, error.why)
    if entry is not None and entry.serial != certificate.serial:
        return _status(StatusValue.INVALID, head, "the entry is another certificate's")
    if head.this_update > now + age.skew:
        return _status(StatusValue.INVALID, head, "thisUpdate is in the future")
    if head.next_update + age.skew < now:
        return _status(StatusValue.STALE, head, "nextUpdate has passed")
    if head.this_update + age.most + age.skew < now:
        return _status(StatusValue.STALE, head, "thisUpdate is too long ago")
    if entry is None:
        return _status(StatusValue.GOOD, head)
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


def _status(value: StatusValue, head: Head | None, why: str = "") -> Status:
    if head is None:
        return Status(value, SOURCE, why=why)
    return Status(value, SOURCE, head.this_update, head.next_update, why=why)
