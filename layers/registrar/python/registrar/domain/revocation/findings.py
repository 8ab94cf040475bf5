"""From the revocation status of a certificate to the customer's finding and the time of the next query."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from registrar.domain.certificates.trust import Text
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.revocation.status import Status, StatusValue

_AGAIN = timedelta(minutes=5)
_QUEUEING = timedelta(minutes=2)
_SILENT = {
    StatusValue.UNAVAILABLE: Code.REVOCATION_UNAVAILABLE,
    StatusValue.STALE: Code.REVOCATION_STALE,
    StatusValue.INVALID: Code.REVOCATION_ANSWER_INVALID,
}


def finding_of(
    status: Status, issuer: Text, *, of_authority: bool = False, renewed: bool = False
) -> Finding | None:
    """The finding for the customer: None if the certificate is good, FAIL if it is refused.

    WARN if the issuer gave no status: it is queried again, and the customer has nothing to do. `of_authority` says
    that the status is that of the issuing CA itself, `renewed` that the customer holds the certificate's successor.
    """
    match status.value:
        case StatusValue.GOOD:
            return None
        case StatusValue.REVOKED | StatusValue.ON_HOLD | StatusValue.UNKNOWN if of_authority:
            return _finding(Level.FAIL, Code.TRUST_CA_REVOKED, issuer=issuer)
        case StatusValue.REVOKED if renewed or status.reason == "superseded":
            return _finding(Level.FAIL, Code.REVOKED_RENEWED, issuer=issuer)
        case StatusValue.REVOKED:
            return _finding(Level.FAIL, Code.REVOKED_BY_ISSUER, issuer=issuer, revoked_on=status.revoked_at)
        case StatusValue.ON_HOLD:
            return _finding(Level.FAIL, Code.ISSUER_ON_HOLD, issuer=issuer)
        case StatusValue.UNKNOWN:
            return _finding(Level.FAIL, Code.REVOCATION_STATUS_UNKNOWN, issuer=issuer)
    return _finding(Level.WARN, _SILENT[status.value], issuer=issuer)


def finding_for_signature(
    status: Status, issuer: Text, signed_at: datetime, *, of_authority: bool = False
) -> Finding | None:
    """The finding for a signature of `signed_at`, as `finding_of`.

    WARN where the certificate was revoked or held afterwards, for a reason that says nothing against its key: who
    relies on the signature has to know by themselves that it was made before.
    """
    since = status.revoked_at
    may_be_before = status.leaves_key_safe or status.value is StatusValue.ON_HOLD
    if may_be_before and not of_authority and since is not None and since > signed_at:
        return _finding(Level.WARN, Code.REVOKED_AFTER_SIGNING, issuer=issuer, revoked_on=since)
    return finding_of(status, issuer, of_authority=of_authority)


def given_up(issuer: Text) -> Finding:
    """The finding if the issuer gave no status until the last retry."""
    return _finding(Level.FAIL, Code.REVOCATION_GIVEN_UP, issuer=issuer)


def next_try(deferred_at: datetime, now: datetime, retries: Sequence[timedelta]) -> datetime | None:
    """When to query again after the first failed query at `deferred_at`, or None after the last retry."""
    return next((at for at in (deferred_at + wait for wait in retries) if at > now), None)


def is_turn(due: datetime, now: datetime) -> bool:
    """Whether the query that is `due` is queued at `now`: in two minutes of every five while it is due."""
    return (now - due) % _AGAIN < _QUEUEING


def worst(statuses: Sequence[Status]) -> Status:
    """Of statuses that are not definite, the one to report: INVALID before STALE before UNAVAILABLE."""
    return min(statuses, key=lambda status: _RANK[status.value])


_RANK = {StatusValue.INVALID: 0, StatusValue.STALE: 1, StatusValue.UNAVAILABLE: 2}


def _finding(level: Level, code: Code, **params: object) -> Finding:
    return Finding("revocation", level, code, params)
