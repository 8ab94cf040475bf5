"""From what an issuer said of a certificate, or did not, to what the customer is told and when to ask again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from registrar.domain.certificates.trust import Text
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.revocation.status import Answer, Status

_SILENT = {
    Answer.UNAVAILABLE: Code.REVOCATION_UNAVAILABLE,
    Answer.STALE: Code.REVOCATION_STALE,
    Answer.INVALID: Code.REVOCATION_ANSWER_INVALID,
}


def finding_of(
    status: Status, issuer: Text, *, of_authority: bool = False, renewed: bool = False
) -> Finding | None:
    """What the customer is told: None where the certificate is good, FAIL where it is refused.

    WARN where the issuer did not speak: it is asked again, and the customer has nothing to do. `of_authority` says
    that the status is that of the issuing CA itself, `renewed` that the customer holds the certificate's successor.
    """
    match status.answer:
        case Answer.GOOD:
            return None
        case Answer.REVOKED | Answer.ON_HOLD | Answer.UNKNOWN if of_authority:
            return _finding(Level.FAIL, Code.TRUST_CA_REVOKED, issuer=issuer)
        case Answer.REVOKED if renewed or status.reason == "superseded":
            return _finding(Level.FAIL, Code.REVOKED_RENEWED, issuer=issuer)
        case Answer.REVOKED:
            return _finding(Level.FAIL, Code.REVOKED_BY_ISSUER, issuer=issuer, revoked_on=status.revoked_at)
        case Answer.ON_HOLD:
            return _finding(Level.FAIL, Code.ISSUER_ON_HOLD, issuer=issuer)
        case Answer.UNKNOWN:
            return _finding(Level.FAIL, Code.REVOCATION_STATUS_UNKNOWN, issuer=issuer)
    return _finding(Level.WARN, _SILENT[status.answer], issuer=issuer)


def given_up(issuer: Text) -> Finding:
    """The issuer was silent until the last retry."""
    return _finding(Level.FAIL, Code.REVOCATION_GIVEN_UP, issuer=issuer)


def next_try(deferred_at: datetime, now: datetime, retries: Sequence[timedelta]) -> datetime | None:
    """When a question first left unanswered at `deferred_at` is asked again, or None after the last retry."""
    return next((at for at in (deferred_at + wait for wait in retries) if at > now), None)


def worst(statuses: Sequence[Status]) -> Status:
    """Of answers that are none, the one to tell: a forged one before an old one before none at all."""
    return min(statuses, key=lambda status: _RANK[status.answer])


_RANK = {Answer.INVALID: 0, Answer.STALE: 1, Answer.UNAVAILABLE: 2}


def _finding(level: Level, code: Code, **params: object) -> Finding:
    return Finding("revocation", level, code, params)
