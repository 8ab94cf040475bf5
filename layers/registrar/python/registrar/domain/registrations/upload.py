"""The upload: from announcing a file to the decided, proven, registered certificate. Standard library only.

ISSUED → VALIDATING → (NEEDS_PASSWORD →) CHECKING → (DEFERRED →) AWAITING_PROOF → REGISTERED, or REJECTED, EXPIRED.
(The arrival of the last announced file and the start of validation are one write.) CHECKING asks the issuer whether
the certificate was revoked; DEFERRED asks again later, all else being decided. Every open state ends by a deadline,
by the clock and whether or not any job ran: read `state_at`, never `state`.

A class per stored state has what that state needs, and a function that needs a state takes its class. `state_at`
may still say that the upload ended: `check_state` checks both.

A verdict on files that may hold a private key is saved first (`outcome`), then the files are purged, then the
outcome becomes the state: a step that is repeated after a crash finds either the files or the verdict.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, TypeVar

from registrar.domain.certificates.summary import Summary
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.reasons.findings import Finding, Level, consistent, headline
from registrar.domain.registrations.retention import RULES
from registrar.domain.registrations.upload_files import AnnouncedFile
from registrar.domain.revocation.status import RecordedStatus
from registrar.domain.times import has_passed

UPLOAD_LIFE = timedelta(minutes=10)
POST_LIFE = timedelta(minutes=5)
PROOF_DEADLINE = timedelta(hours=24)
TEXT_LIFE = timedelta(minutes=5)
PASSWORD_DEADLINE = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(minutes=1)
"""By which the clocks of two functions may differ."""
VALIDATION_LEASE = timedelta(seconds=60)
# After this a delivery that found the upload leased looks again.
LEASE_PAUSE = VALIDATION_LEASE / 3
VALIDATION_DEADLINE = timedelta(hours=1)
# The time that a due retry may take until its result is stored.
DEFERRAL_GRACE = timedelta(hours=1)
MAX_ATTEMPTS = 5
MAX_BAD_PROOFS = 3
MAX_PASSWORD_TRIES = 5
DAILY_UPLOADS = 20
RETENTION = RULES["uploads"]
ANNOUNCEMENT_RETENTION = RULES["announcements"]
TEXT_RETENTION = RULES["renewed texts"]


class UploadState(StrEnum):
    """States as they are stored; EXPIRED and FAILED are only ever computed."""

    ISSUED = "ISSUED"
    VALIDATING = "VALIDATING"
    NEEDS_PASSWORD = "NEEDS_PASSWORD"  # noqa: S105 - a state
    CHECKING = "CHECKING"
    DEFERRED = "DEFERRED"
    AWAITING_PROOF = "AWAITING_PROOF"
    REGISTERED = "REGISTERED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


_AFTER_END = {
    Code.UPLOAD_EXPIRED: UploadState.EXPIRED,
    Code.SYSTEM_RETRY: UploadState.FAILED,
    Code.PROOF_ATTEMPTS_EXCEEDED: UploadState.REJECTED,
    Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED: UploadState.REJECTED,
}
_State = TypeVar("_State", bound="Upload")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One attempt to register a certificate: what it has in every state. `state` is the one that is stored.

    `findings` are those of the last decision. `opened` says that the certificate's key was opened from its
    container, which is a proof of possession and of the owner in one.
    """

    state: ClassVar[UploadState]
    id: str
    customer_id: str
    customer_kind: str
    files: tuple[AnnouncedFile, ...]
    method: str
    proved_at: datetime
    created_at: datetime
    expires_at: datetime
    findings: tuple[Finding, ...] = ()
    opened: bool = False

    def ending_at(self, now: datetime) -> Finding | None:
        """Why the upload ended by `now` although nothing wrote so, or None: the stored state holds."""
        expired = now >= self.expires_at
        match self:
            case Registered() | Rejected() | NeedsPassword(outcome=UploadState()):
                return None
            case Validating():
                stuck = self.attempts >= MAX_ATTEMPTS or now >= self.created_at + VALIDATION_DEADLINE
                failed = stuck and now >= self.lease_until
                return failure(Code.SYSTEM_RETRY, support_ref=self.id) if failed else None
            case Checking():
                return failure(Code.SYSTEM_RETRY, support_ref=self.id) if expired else None
            case NeedsPassword() if self.password_tries >= MAX_PASSWORD_TRIES:
                return failure(Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED)
            case AwaitingProof() if self.bad_proofs >= MAX_BAD_PROOFS:
                return failure(Code.PROOF_ATTEMPTS_EXCEEDED)
        return failure(Code.UPLOAD_EXPIRED) if expired else None

    def state_at(self, now: datetime) -> UploadState:
        """The state at `now`: a passed deadline ends the upload even if no write has recorded it."""
        ending = self.ending_at(now)
        return _AFTER_END[ending.code] if ending else self.state

    def findings_at(self, now: datetime) -> tuple[Finding, ...]:
        """The findings to show at `now`: those of the decision, or why the upload ended without or after it."""
        ending = self.ending_at(now)
        return (ending,) if ending else consistent(self.findings)

    @property
    def registration(self) -> str | None:
        """The registration this upload led to, be it a new one or the one that the customer already had."""
        return None

    def check_state(self, wanted: type[_State], now: datetime) -> _State:
        """The upload, if it is `wanted` at `now`. Raises Refusal: what the customer does instead."""
        state = self.state_at(now)
        if isinstance(self, wanted) and state is self.state:
            return self
        if state in (UploadState.ISSUED, UploadState.VALIDATING, UploadState.CHECKING):
            raise Refusal(Code.IN_PROGRESS, retry_after=1)
        if state is UploadState.NEEDS_PASSWORD:
            raise Refusal(Code.FILE_PASSWORD_REQUIRED)
        shown = (UploadState.DEFERRED, UploadState.REJECTED, UploadState.EXPIRED, UploadState.FAILED)
        refused = state in shown and not self.registration
        finding = headline(self.findings_at(now)) if refused else None
        raise Refusal(finding.code, **finding.params) if finding else Refusal(Code.STATE_CONFLICT)

    def check_awaiting_proof(self, now: datetime) -> "AwaitingProof":
        """The upload, if it accepts a proof of possession at `now`. Raises Refusal: the customer's next action."""
        awaiting = self.check_state(AwaitingProof, now)
        summary = awaiting.summary
        if has_passed(summary.not_after, now):
            raise Refusal(Code.CERT_EXPIRED, expired_on=summary.not_after, issuer=summary.issuer)
        if awaiting.text_expired_at(now) and not awaiting.opened:
            raise Refusal(Code.PROOF_EXPIRED)
        return awaiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued(Upload):
    """The announced files are waited for; `arrived` are the numbers of those that came, where they are several."""

    state = UploadState.ISSUED
    arrived: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided(Upload):
    """The files are there and no verdict on them shows: VALIDATING or NEEDS_PASSWORD.

    `attempts` numbers the leases; `outcome` is the state that a verdict leads to which was saved and not published.
    """

    attempts: int
    outcome: UploadState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validating(Undecided):
    """A delivery decides on the files, and no other until `lease_until`."""

    state = UploadState.VALIDATING
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPassword(Undecided):
    """The password of a container is waited for; `nonce` goes into what the phone seals."""

    state = UploadState.NEEDS_PASSWORD
    nonce: str
    password_tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(Upload):
    """The certificate passed the checks of its files: CHECKING, DEFERRED or AWAITING_PROOF.

    `deferred_at` is when its issuer gave no status for the first time.
    """

    summary: Summary
    der: bytes
    deferred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking(Passed):
    """The issuer is queried for the revocation status."""

    state = UploadState.CHECKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred(Passed):
    """The issuer gave no status; it is queried again at `due_at`."""

    state = UploadState.DEFERRED
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingProof(Passed):
    """Only the proof of possession is missing; `nonce` goes into the text to sign and into what the phone seals.

    `accepted_as` is the nonce with which the upload was accepted; `nonce` differs once the text was renewed.
    """

    state = UploadState.AWAITING_PROOF
    accepted_as: str
    status: RecordedStatus
    nonce: str
    nonce_expires_at: datetime
    bad_proofs: int = 0

    def text_expired_at(self, now: datetime) -> bool:
        """Whether the text to sign has expired at `now`."""
        return now >= self.nonce_expires_at

    def text_may_be_renewed_at(self, now: datetime) -> bool:
        """Whether a function whose clock is ahead of `now` may have renewed the text: it counts then."""
        return self.text_expired_at(now + CLOCKS_DIFFER)

    def is_status_fresh_at(self, now: datetime) -> bool:
        """Whether the revocation status is fresh enough at `now` to register on."""
        return now < self.status.fresh_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Upload):
    """The certificate was registered by this upload."""

    state = UploadState.REGISTERED
    summary: Summary

    @property
    def registration(self) -> str:
        """The new registration."""
        return registration_id(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected(Upload):
    """Refused. `der` is missing where no certificate was found, or where it is taken."""

    state = UploadState.REJECTED
    der: bytes | None = None
    deferred_at: datetime | None = None

    @property
    def registration(self) -> str | None:
        """The registration that the customer already had, where that is why the upload was refused."""
        already = (f.params["registration_id"] for f in self.findings if f.code is Code.ALREADY_REGISTERED)
        return next(already, None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on an upload's files: `summary` where the certificate passed, `der` where there is one."""

    findings: tuple[Finding, ...]
    trust_version: int
    summary: Summary | None = None
    der: bytes | None = None
    opened: bool = False

    @property
    def state(self) -> UploadState:
        """The state that it leads to."""
        return UploadState.CHECKING if self.summary else UploadState.REJECTED

    @property
    def headline(self) -> Code | None:
        """The code of the most important finding."""
        first = headline(self.findings)
        return first.code if first else None


def failure(code: Code, **params: object) -> Finding:
    """A finding about the upload itself."""
    return Finding("upload", Level.FAIL, code, params)


def registration_id(upload_id: str) -> str:
    """The registration an upload leads to: one upload, one registration, however often it is asked for."""
    return f"r{upload_id}"


def new_upload_id(customer_id: str, idempotency_key: str | None) -> str:
    """The id that a request names: the same key of the same customer always gives the same id."""
    if idempotency_key is None:
        return secrets.token_hex(16)
    return hashlib.sha256(f"{customer_id}\n{idempotency_key}".encode()).hexdigest()[:32]
