"""The signature request: what a relying service wants a customer to sign, until a result that never changes.

    PENDING → COMPLETED   signed by a certificate that may be used now, with evidence and receipt
    PENDING → DECLINED    by the customer
    PENDING → FAILED      the certificate may not be used, too many wrong signatures, or a silent issuer
    PENDING → EXPIRED     by the clock alone; never stored

Standard library only. Certificates' keys also sign contracts, so the text says in words what it is for, and binds
bank, service, request, the service's own document, a nonce and the end of validity.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from registrar.domain.access.relying_service import RelyingService
from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import (
    LATEST,
    Bound,
    Heading,
    Label,
    TextToSign,
    Version,
    compose,
    labelled,
)
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.reasons.rendering import one_line
from registrar.domain.registrations.retention import RULES
from registrar.domain.signing.kinds import KINDS, Value

TRANSACTION = "거래 / Transaction"
REQUESTED_BY = "요청 / Requested by"
DEFAULT_SECONDS = 300
LEAST_SECONDS = 60
MOST_SECONDS = 3600
ANSWERING = timedelta(seconds=30)
"""How long after its end a request still counts as pending: an answer that came in time may be in work, and what a
service saw as EXPIRED must never become COMPLETED. Longer than the function's time-out."""
MAX_TRIES = 3
"""Wrong signatures, the last of which ends the request."""
MAX_SILENCES = 10
"""Right signatures for which the issuer gave no status, the last of which ends the request."""
MOST_SHOWN = 10
"""Pending requests of one service that a customer sees at once, the first to end first: a service that asks too
much does not hide what others ask."""
RETENTION = RULES["signature requests"]


class SigningState(StrEnum):
    """PENDING, or a final state; EXPIRED is never stored."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class Hint(StrEnum):
    """How far a pending request is."""

    OUTSTANDING = "OUTSTANDING"
    SEEN_BY_APP = "SEEN_BY_APP"
    SIGNED_WRONGLY = "SIGNED_WRONGLY"
    ISSUER_SILENT = "ISSUER_SILENT"


@dataclass(frozen=True, slots=True)
class Completed:
    """By which registration and certificate (SHA-256, hex) a request was signed, the SHA-256 of its evidence (hex),
    and the bank's signature over the receipt (ES256, RFC 7518 3.4: R and S) with its key's id."""

    registration_id: str
    fingerprint: str
    evidence_sha256: str
    receipt_key_id: str
    receipt_signature: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request failed; `params` fill the reason's texts, as JSON types."""

    code: Code
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignatureRequest:
    """`service_title` is the service's name for customers in ko and en; `asked_sha256` is the digest of what the
    service asked for, by which a repeat is recognised."""

    id: str
    customer_id: str
    service: str
    service_title: Mapping[str, str]
    kind: str
    values: Mapping[str, Value]
    document_sha256: str
    nonce: str
    asked_sha256: bytes
    created_at: datetime
    expires_at: datetime
    state: SigningState = SigningState.PENDING
    tries: int = 0
    silences: int = 0
    seen_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    completed: Completed | None = None

    def state_at(self, now: datetime) -> SigningState:
        """The state at `now`."""
        if self.state is SigningState.PENDING and now >= self.expires_at + ANSWERING:
            return SigningState.EXPIRED
        return self.state

    def answerable_at(self, now: datetime) -> bool:
        """Whether the customer may still sign or decline. The write of an answer repeats this."""
        return self.state is SigningState.PENDING and now < self.expires_at

    @property
    def evidence_key(self) -> str | None:
        """The key of the evidence in its bucket; None while nothing is completed."""
        return f"evidence/{self.id}/{self.completed.evidence_sha256}.zip" if self.completed else None

    @property
    def hint(self) -> Hint:
        """What is known of a pending request: the last that happened to it."""
        if self.silences:
            return Hint.ISSUER_SILENT
        if self.tries:
            return Hint.SIGNED_WRONGLY
        return Hint.SEEN_BY_APP if self.seen_at else Hint.OUTSTANDING

    def text(self, bank: SigningBank, version: Version = LATEST) -> TextToSign:
        """The text to sign: a heading, the kind's labelled lines, then what binds them. LF between lines and none
        at the end, as UTF-8.

        Its heading differs from those of all other texts, so no signature is valid for two of them; no value holds
        an end of line, so none can forge a line.
        """
        kind = KINDS[self.kind]
        lines = {
            TRANSACTION: kind.title,
            **kind.shown(self.values),
            REQUESTED_BY: f"{self.service_title['ko']} / {self.service_title['en']}",
        }
        binding: Bound = {
            Label.BANK: bank,
            Label.SERVICE: self.service,
            Label.REQUEST: self.id,
            Label.DOCUMENT: self.document_sha256,
            Label.NONCE: self.nonce,
            Label.UNTIL: self.expires_at,
        }
        return compose(Heading.SIGN, lines | labelled(version, binding))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service asks for, `expires_in` seconds from now: `new_request` checks it."""

    customer_id: str
    kind: str
    values: Mapping[str, object]
    document_sha256: str
    expires_in: int

    @property
    def digest(self) -> bytes:
        """By what a repeat is recognised."""
        members = [self.customer_id, self.kind, self.values, self.document_sha256, self.expires_in]
        return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).digest()


def shown(pending: Iterable[SignatureRequest]) -> list[SignatureRequest]:
    """What the customer sees of their pending requests, the first to end first."""
    found: list[SignatureRequest] = []
    counted: Counter[str] = Counter()
    for request in sorted(pending, key=lambda each: (each.expires_at, each.id)):
        counted[request.service] += 1
        if counted[request.service] <= MOST_SHOWN:
            found.append(request)
    return found


def request_id(service: str, idempotency_key: str, customer_id: str) -> str:
    """The id of a request: the same key of the same service for the same customer names the same request."""
    named = f"{service}\n{idempotency_key}\n{customer_id}"
    return "s" + hashlib.sha256(named.encode()).hexdigest()[:32]


def new_request(service: RelyingService, asked: Asked, idempotency_key: str, now: datetime) -> SignatureRequest:
    """A pending request. Raises Refusal: SIGNING_KIND_NOT_ALLOWED for a kind that the service may not ask for,
    MALFORMED_REQUEST for values that the kind does not have."""
    kind = KINDS.get(asked.kind)
    if kind is None:
        raise Refusal(Code.MALFORMED_REQUEST, field="kind")
    if asked.kind not in service.kinds:
        raise Refusal(Code.SIGNING_KIND_NOT_ALLOWED)
    if not LEAST_SECONDS <= asked.expires_in <= MOST_SECONDS:
        raise Refusal(Code.MALFORMED_REQUEST, field="expires_in")
    created_at = now.replace(microsecond=0)
    return SignatureRequest(
        id=request_id(service.name, idempotency_key, asked.customer_id),
        customer_id=asked.customer_id,
        service=service.name,
        service_title={language: one_line(title) for language, title in service.title.items()},
        kind=asked.kind,
        values=kind.check(asked.values),
        document_sha256=asked.document_sha256,
        nonce=secrets.token_urlsafe(16),
        asked_sha256=asked.digest,
        created_at=created_at,
        expires_at=created_at + timedelta(seconds=asked.expires_in),
    )
