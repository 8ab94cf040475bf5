"""What a CRL says of one certificate (RFC 5280 section 6.3.3).

Neither a hit nor a miss counts before the CRL is known to be of the certificate's issuer, to cover it, and to be of
today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import CrlUnusable
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.crl_index import Head
from registrar.domain.revocation.crl_scope import ALL_REASONS, check_scope, directory_key
from registrar.domain.revocation.status import Answer, Status

SOURCE = "crl"


@dataclass(frozen=True, slots=True)
class Age:
    """How old a CRL may be: `most` since its thisUpdate, and `skew` by which clocks may differ."""

    most: timedelta
    skew: timedelta


def status_from_crl(certificate: Certificate, head: Head, entry: Entry | None, now: datetime, age: Age) -> Status:
    """What the CRL with this head says of `certificate`; `entry` is what `lookup` found. Never raises.

    A CRL for some reasons only can revoke; that it does not is no answer (INVALID): see `status_from_crls`.
    """
    return status_from_crls(certificate, [(head, entry)], now, age)


def status_from_crls(
    certificate: Certificate, found: Sequence[tuple[Head, Entry | None]], now: datetime, age: Age
) -> Status:
    """What several CRLs of one issuer say together: GOOD takes every reason covered by CRLs that can be used."""
    covered: frozenset[str] = frozenset()
    lacking = _status(Answer.UNAVAILABLE, None, "no CRL")
    latest = None
    for head, entry in found:
        status = _said(certificate, head, entry, now, age)
        if status.answer in (Answer.REVOKED, Answer.ON_HOLD):
            return status
        if status.answer is Answer.GOOD:
            covered |= head.scope.reasons
            latest = latest or status
        else:
            lacking = status
    if latest is not None and covered >= ALL_REASONS:
        return latest
    if latest is not None and lacking.answer is Answer.UNAVAILABLE:
        return _status(Answer.INVALID, None, "the CRL covers some reasons only")
    return lacking


def _said(certificate: Certificate, head: Head, entry: Entry | None, now: datetime, age: Age) -> Status:
    if directory_key(certificate.issuer) != head.issuer:
        return _status(Answer.INVALID, head, "the CRL is another issuer's")
    try:
        check_scope(certificate, head.scope)
    except CrlUnusable as error:
        return _status(Answer.INVALID, head, error.why)
    if entry is not None and entry.serial != certificate.serial:
        return _status(Answer.INVALID, head, "the entry is another certificate's")
    if head.this_update > now + age.skew:
        return _status(Answer.INVALID, head, "thisUpdate is in the future")
    if head.next_update + age.skew < now:
        return _status(Answer.STALE, head, "nextUpdate is over")
    if head.this_update + age.most + age.skew < now:
        return _status(Answer.STALE, head, "thisUpdate is too long ago")
    if entry is None:
        return _status(Answer.GOOD, head)
    return Status(
        Answer.ON_HOLD if entry.on_hold else Answer.REVOKED,
        SOURCE,
        head.this_update,
        head.next_update,
        entry.revoked_at,
        entry.reason,
    )


def _status(answer: Answer, head: Head | None, why: str = "") -> Status:
    if head is None:
        return Status(answer, SOURCE, why=why)
    return Status(answer, SOURCE, head.this_update, head.next_update, why=why)
