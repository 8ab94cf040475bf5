"""The upload: from announcing a file to the decided, proven, registered certificate. Standard library only.

ISSUED → VALIDATING → (NEEDS_PASSWORD →) CHECKING → (DEFERRED →) AWAITING_PROOF → REGISTERED, or REJECTED, EXPIRED.
(The arrival of the last announced file and the start of validation are one write.) CHECKING asks the issuer whether
the certificate was revoked; DEFERRED asks again later, all else being decided. Every open state ends by a deadline,
by the clock and whether or not any job ran: read `state_at`, never `state`.

A verdict on files that may hold a private key is saved first (`outcome`), then the files are purged, then the
outcome becomes the state: whoever repeats a step after a crash finds either the files or the verdict.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.reasons.findings import Finding, Level, headline
from registrar.domain.registrations.retention import RULES
from registrar.domain.times import instant

UPLOAD_LIFE = timedelta(minutes=10)
POST_LIFE = timedelta(minutes=5)
PROOF_DEADLINE = timedelta(hours=24)
TEXT_LIFE = timedelta(minutes=5)
PASSWORD_DEADLINE = timedelta(minutes=10)
VALIDATION_LEASE = timedelta(seconds=60)
# After this a delivery that found the upload leased looks again.
LEASE_PAUSE = VALIDATION_LEASE / 3
VALIDATION_DEADLINE = timedelta(hours=1)
# What a retry that is due may take until it is written down.
DEFERRAL_GRACE = timedelta(hours=1)
MAX_ATTEMPTS = 5
MAX_BAD_PROOFS = 3
MAX_PASSWORD_TRIES = 5
DAILY_UPLOADS = 20
RETENTION = RULES["uploads"]
MAX_FILES = 2
MAX_CERTIFICATE_BYTES = 16 * 1024
MAX_FILE_BYTES = 64 * 1024


class UploadState(StrEnum):
    """States as they are stored; FAILED is only ever computed."""

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


_ENDS_BY_THE_CLOCK = (
    UploadState.ISSUED,
    UploadState.NEEDS_PASSWORD,
    UploadState.DEFERRED,
    UploadState.AWAITING_PROOF,
)


@dataclass(frozen=True, slots=True)
class AnnouncedFile:
    """What the app says it will send: `size` in bytes, `sha256` as 64 lower-case hex digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """One attempt to register a certificate. `findings` and `summary` are the decision as JSON types.

    `nonce` goes into the text to sign and into what the phone seals. `opened` says that the certificate's key was
    opened from its container, which is a proof of possession and of the owner in one. `status` is what the issuer
    said of the certificate, as JSON types; `deferred_at` is when it was silent first, `due_at` when to ask again.
    """

    id: str
    customer_id: str
    customer_kind: str
    state: UploadState
    files: tuple[AnnouncedFile, ...]
    method: str
    proved_at: datetime
    created_at: datetime
    expires_at: datetime
    arrived: frozenset[int] = frozenset()
    attempts: int = 0
    lease_until: datetime | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    summary: Mapping[str, Any] | None = None
    der: bytes | None = None
    nonce: str | None = None
    nonce_expires_at: datetime | None = None
    bad_proofs: int = 0
    password_tries: int = 0
    opened: bool = False
    outcome: UploadState | None = None
    deferred_at: datetime | None = None
    due_at: datetime | None = None
    status: Mapping[str, Any] | None = None

    def state_at(self, now: datetime) -> UploadState:
        """What is true at `now`: a deadline that is over ends the upload even if nothing wrote so."""
        if self.state is UploadState.AWAITING_PROOF and self.bad_proofs >= MAX_BAD_PROOFS:
            return UploadState.REJECTED
        if self.state is UploadState.NEEDS_PASSWORD and self.outcome is not None:
            return self.state
        if self.state is UploadState.NEEDS_PASSWORD and self.password_tries >= MAX_PASSWORD_TRIES:
            return UploadState.REJECTED
        if self.state in _ENDS_BY_THE_CLOCK and now >= self.expires_at:
            return UploadState.EXPIRED
        leased = self.lease_until is not None and now < self.lease_until
        stuck = self.attempts >= MAX_ATTEMPTS or now >= self.created_at + VALIDATION_DEADLINE
        if self.state is UploadState.VALIDATING and stuck and not leased:
            return UploadState.FAILED
        if self.state is UploadState.CHECKING and now >= self.expires_at:
            return UploadState.FAILED
        return self.state

    def findings_at(self, now: datetime) -> tuple[Mapping[str, Any], ...]:
        """The findings to show at `now`: those of the decision, or why the upload ended without or after it."""
        state = self.state_at(now)
        if state is UploadState.FAILED:
            return (failure(Code.SYSTEM_RETRY, support_ref=self.id),)
        if state is UploadState.EXPIRED:
            return (failure(Code.UPLOAD_EXPIRED),)
        if state is UploadState.REJECTED and self.state is UploadState.AWAITING_PROOF:
            return (failure(Code.PROOF_ATTEMPTS_EXCEEDED),)
        if state is UploadState.REJECTED and self.state is UploadState.NEEDS_PASSWORD:
            return (failure(Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED),)
        return self.findings

    def vouched_for_at(self, now: datetime) -> bool:
        """Whether the issuer's word is fresh enough at `now` to register on."""
        return self.status is not None and now < instant(self.status["fresh_until"])

    @property
    def registration(self) -> str | None:
        """The registration this upload led to, be it a new one or the one that the customer already had."""
        if self.state is UploadState.REGISTERED:
            return registration_id(self.id)
        already = [f for f in self.findings if f["code"] == Code.ALREADY_REGISTERED]
        return already[0]["params"]["registration_id"] if already else None

    def with_outcome(self, outcome: UploadState) -> "Upload":
        """The upload as `Uploads.decide` left it."""
        return replace(self, outcome=outcome)

    def check_state(self, wanted: UploadState, now: datetime) -> None:
        """Check that the upload is in the state `wanted`. Raises Refusal: what the customer does instead."""
        state = self.state_at(now)
        if state is wanted:
            return
        if state in (UploadState.ISSUED, UploadState.VALIDATING, UploadState.CHECKING):
            raise Refusal(Code.IN_PROGRESS, retry_after=1)
        if state is UploadState.NEEDS_PASSWORD:
            raise Refusal(Code.FILE_PASSWORD_REQUIRED)
        told = (UploadState.DEFERRED, UploadState.REJECTED, UploadState.EXPIRED, UploadState.FAILED)
        refused = state in told and not self.registration
        finding = headline(self.findings_at(now)) if refused else None
        raise Refusal(finding["code"], **finding["params"]) if finding else Refusal(Code.STATE_CONFLICT)

    def check_awaiting_proof(self, now: datetime) -> None:
        """Check that a proof may be given at `now`. Raises Refusal with what the customer does instead."""
        self.check_state(UploadState.AWAITING_PROOF, now)
        if self.summary is None or self.nonce_expires_at is None:
            raise Refusal(Code.STATE_CONFLICT)
        not_after = instant(self.summary["not_after"])
        if now > not_after:
            raise Refusal(Code.CERT_EXPIRED, expired_on=not_after, issuer=self.summary["issuer"])
        if now >= self.nonce_expires_at and not self.opened:
            raise Refusal(Code.PROOF_EXPIRED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on an upload's files; `summary` and the state CHECKING go together."""

    state: UploadState
    findings: tuple[Mapping[str, Any], ...]
    trust_version: int
    summary: Mapping[str, Any] | None = None
    der: bytes | None = None
    opened: bool = False

    @property
    def headline(self) -> str | None:
        """The code of the most important finding."""
        first = headline(self.findings)
        return str(first["code"]) if first else None


def check_sizes(sizes: Sequence[int]) -> None:
    """Check the sizes of an upload's files in bytes, one by one and together, before any parser. Raises Refusal."""
    if not sizes or 0 in sizes:
        raise Refusal(Code.UPLOAD_EMPTY)
    if sum(sizes) > MAX_FILE_BYTES:
        raise Refusal(Code.UPLOAD_TOO_LARGE, max_bytes=MAX_FILE_BYTES)


def failure(code: Code, **params: object) -> dict[str, Any]:
    """A finding about the upload itself, as JSON types."""
    return Finding("upload", Level.FAIL, code, params).to_map()


def registration_id(upload_id: str) -> str:
    """The registration an upload leads to: one upload, one registration, however often it is asked for."""
    return f"r{upload_id}"


def object_key(upload_id: str, index: int) -> str:
    """Where file number `index` of an upload lies in the bucket; needs no URL encoding."""
    return f"uploads/{upload_id}/{index}"


def file_of_key(key: str) -> tuple[str, int] | None:
    """The upload and the number of the file that a bucket key belongs to, or None for any other key."""
    parts = key.split("/")
    if len(parts) != 3 or parts[0] != "uploads" or not parts[1].isalnum() or parts[2] not in ("0", "1"):
        return None
    return parts[1], int(parts[2])


def new_upload_id(customer_id: str, idempotency_key: str | None) -> str:
    """The id that a request names: the same key of the same customer always gives the same id."""
    if idempotency_key is None:
        return secrets.token_hex(16)
    return hashlib.sha256(f"{customer_id}\n{idempotency_key}".encode()).hexdigest()[:32]


def new_nonce() -> str:
    """128 random bits for one text to sign."""
    return secrets.token_hex(16)
