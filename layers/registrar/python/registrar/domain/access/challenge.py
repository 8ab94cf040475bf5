"""Challenges: requests to prove identity, to log in or for one operation on one object.

A challenge is OPEN, then PROVED by one method, then USED for one thing; none of it is ever undone. A proved
challenge is the proof: `proof_id` is its id. (NIST SP 800-63B section 3.2.5 and OWASP ASVS 5.0 section 6.5: random,
short-lived, single use, bound to its operation.)
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from registrar.domain.access.cleared_budgets import Cleared
from registrar.domain.access.sms_codes import sms_code_matches
from registrar.domain.registrations.retention import RULES

if TYPE_CHECKING:  # a step-up starts no session
    from registrar.domain.access.session import Started

CHALLENGE_LIFE = timedelta(minutes=5)
PROOF_LIFE = timedelta(minutes=10)
RETENTION = RULES["challenges"]
"""How long the row is stored: longer than anything in it is valid."""
MAX_TRIES = 5


class Operation(StrEnum):
    """The operation that a proof of identity authorises."""

    LOGIN = "login"
    REGISTER = "register"
    RESUME = "resume"
    DEREGISTER = "deregister"
    ENROL = "enrol"
    REMOVE = "remove"


class ChallengeState(StrEnum):
    """OPEN accepts responses, PROVED may be used once, USED is final."""

    OPEN = "OPEN"
    PROVED = "PROVED"
    USED = "USED"


@dataclass(frozen=True, slots=True)
class Challenge:
    """One customer has to prove who they are, for `operation` on `object_id` ("" where it has no object).

    `methods` are those this customer had when it was opened: otp, sms, passkey, certificate. A response is compared
    with what the customer has when it comes: a method that was replaced or removed meanwhile proves nothing.
    `tries` counts the responses compared, for all methods together. `starts_session` marks a login; a step-up
    starts no session. `throttle` names the account's budget. `devices` are the digests of
    devices to keep where the login comes from an unknown one, which will be known from then on; None where there
    is nothing to add. `cleared` are the budgets as this login clears them; None for a step-up, whose success clears
    `throttle` itself. `strong_lost_at` is when the customer last lost a passkey or certificate, which counts for
    changes of credentials for a while.
    """

    id: str
    customer_id: str
    customer_kind: str
    operation: Operation
    object_id: str
    methods: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    starts_session: bool
    throttle: str
    nonce: str
    tries: int = 0
    state: ChallengeState = ChallengeState.OPEN
    sms_digest: bytes | None = None
    sms_expires_at: datetime | None = None
    devices: bytes | None = None
    cleared: Cleared | None = None
    strong_lost_at: datetime | None = None
    method: str | None = None
    proved_at: datetime | None = None
    used_for: str | None = None

    @property
    def tries_left(self) -> int:
        """How many responses may still be tried."""
        return max(MAX_TRIES - self.tries, 0)

    def is_open(self, now: datetime) -> bool:
        """Whether a response would be compared. Every write of `Challenges` repeats these conditions."""
        return self.state is ChallengeState.OPEN and now < self.expires_at and self.tries < MAX_TRIES

    def sms_code_bound_to(self, phone: str) -> str:
        """What a code sent to `phone` (E.164) is bound to: once another phone replaced this one, it is refused."""
        return f"{self.id}:{phone}"

    def sms_code_matches(self, phone: str, code: str, now: datetime) -> bool:
        """Whether `code` is the last one sent for this challenge, went to `phone`, and has not expired."""
        return sms_code_matches(self.sms_digest, self.sms_expires_at, self.sms_code_bound_to(phone), code, now)

    @property
    def proof_expires_at(self) -> datetime | None:
        """When the proof of identity expires; None before the challenge is proved."""
        return self.proved_at + PROOF_LIFE if self.proved_at else None

    @property
    def ends_at(self) -> datetime:
        """When the challenge expires, or the proof of identity that it became."""
        return self.proof_expires_at or self.expires_at

    def authorises(self, customer_id: str, operation: Operation, object_id: str, now: datetime) -> bool:
        """Whether this is a fresh, unused proof of identity of this customer for exactly this operation and object.

        `Challenges.use` repeats these conditions in the write that marks it as used.
        """
        return (
            self.state is ChallengeState.PROVED
            and (self.customer_id, self.operation, self.object_id) == (customer_id, operation, object_id)
            and self.proof_expires_at is not None
            and now <= self.proof_expires_at
        )


@dataclass(frozen=True, slots=True)
class Proved:
    """A proved challenge; `started` is the session if it was a login."""

    challenge: Challenge
    started: "Started | None"


def new_challenge(
    customer_id: str,
    customer_kind: str,
    methods: tuple[str, ...],
    now: datetime,
    *,
    operation: Operation = Operation.LOGIN,
    object_id: str = "",
    starts_session: bool = False,
    throttle: str = "",
    devices: bytes | None = None,
    cleared: Cleared | None = None,
    strong_lost_at: datetime | None = None,
) -> Challenge:
    """An open challenge with an id and a nonce that cannot be guessed (128 and 256 bits)."""
    return Challenge(
        id=secrets.token_urlsafe(16),
        customer_id=customer_id,
        customer_kind=customer_kind,
        operation=operation,
        object_id=object_id,
        methods=methods,
        created_at=now,
        expires_at=now + CHALLENGE_LIFE,
        starts_session=starts_session,
        throttle=throttle,
        nonce=secrets.token_urlsafe(32),
        devices=devices,
        cleared=cleared,
        strong_lost_at=strong_lost_at,
    )
