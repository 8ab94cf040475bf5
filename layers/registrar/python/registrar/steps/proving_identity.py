"""Proving a challenge by any method: the first and the last step of all verify functions.

challenge = access.counted(challenge_id, "otp", now)   # the try is counted; nothing was compared yet
if not right: raise access.refuse_try(challenge, now).refusal
proved = access.finish(challenge, "otp", now)          # entry/access_views.py: proved_view(proved)
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from registrar.aws.tables.challenges import Challenges, from_item
from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.challenge import MAX_TRIES, Challenge, ChallengeState, Operation, Proved
from registrar.domain.access.credentials import GUESSABLE
from registrar.domain.access.throttles import step_up_locked
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.steps.locked_logins import LockedLogins
from registrar.steps.starting_sessions import SessionStarts


class FailedTry(NamedTuple):
    """The outcome of a failed try.

    `lock_notice` states whether the notice of a locked login was queued; None where none is due.
    """

    refusal: Refusal
    lock_notice: bool | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Challenges, sessions and throttles, as the verify functions use them together."""

    challenges: Challenges
    starts: SessionStarts
    throttles: Throttles
    locked_logins: LockedLogins

    def counted(self, challenge_id: str, method: str, now: datetime) -> Challenge:
        """The open challenge, with this try counted before anything is compared: a code of a step-up for the
        account too, whose tries all its challenges share. (A login's are counted with its password.)

        Raises Refusal: STEP_UP_EXPIRED (unknown, expired, proved), STEP_UP_LOCKED (no try left),
        STEP_UP_METHOD_UNAVAILABLE (not one of the challenge's methods).
        """
        try:
            challenge = self.challenges.count_try(challenge_id, now)
        except ConditionFailed as failed:
            row = failed.items[0] if failed.items else None
            known = from_item(row) if row else None
            if known and known.state is ChallengeState.OPEN and known.tries_left == 0 and now < known.expires_at:
                raise self._exhausted(known, now) from None
            raise Refusal(Code.STEP_UP_EXPIRED) from None
        if method not in challenge.methods:
            raise Refusal(Code.STEP_UP_METHOD_UNAVAILABLE, methods=list(challenge.methods))
        if challenge.starts_session or method not in GUESSABLE:
            return challenge
        attempt = self.throttles.attempt(challenge.throttle, now)
        if not attempt.allowed:
            raise step_up_locked(self.throttles.free_at(challenge.throttle, now), now)
        return replace(challenge, tries=max(challenge.tries, MAX_TRIES - attempt.tries_left))

    def refuse_try(self, challenge: Challenge, now: datetime) -> FailedTry:
        """The refusal of a failed try; the last one of a login also locks the account for a while.

        A locked login sends a notice, a locked step-up does not: it requires a session of the customer.
        """
        if challenge.tries_left:
            return FailedTry(Refusal(Code.STEP_UP_INVALID, tries_left=challenge.tries_left))
        if not challenge.starts_session:
            return FailedTry(self._exhausted(challenge, now))
        until = self.throttles.lock(challenge.throttle, now)
        queued = self.locked_logins.queue(challenge.customer_id, challenge.throttle, until)
        return FailedTry(step_up_locked(until, now), queued)

    def _exhausted(self, challenge: Challenge, now: datetime) -> Refusal:
        """The refusal where the challenge has no try left: a new one may be started at once unless codes wait."""
        until = self.throttles.free_at(challenge.throttle, now)
        if challenge.starts_session or until > now:
            return step_up_locked(until, now)
        return Refusal(Code.STEP_UP_EXPIRED)

    def finish(self, challenge: Challenge, method: str, now: datetime, *, totp_step: int | None = None) -> Proved:
        """A correct response: a login starts the session, a step-up becomes a proof; the attempts are cleared.

        The session's row uses up the code first, so no challenge is proved by a used code.
        Raises Refusal: STEP_UP_REUSED, STEP_UP_EXPIRED.
        """
        started = None
        if challenge.starts_session:
            started = self.starts.start(
                challenge.customer_id,
                challenge.customer_kind,
                method,
                now,
                asked_at=challenge.created_at,
                devices=challenge.devices,
                cleared=challenge.cleared,
                totp_step=totp_step,
            )
        elif totp_step is not None:
            self.starts.sessions.use_code(challenge.customer_id, totp_step)
        if challenge.operation is not Operation.LOGIN:
            challenge = self.challenges.prove(challenge, method, now)
        if challenge.cleared is None:  # a step-up, or a login that the release of 2026-11 began
            self.throttles.clear(challenge.throttle)
        return Proved(challenge, started)
