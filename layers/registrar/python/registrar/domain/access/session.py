"""Sessions: one row per customer, a token of handle and secret, of which only a digest is stored.

Standard library only: the authorizer runs before every request.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from registrar.domain.access.cleared_budgets import Cleared
from registrar.domain.registrations.retention import RULES

SESSION_LIFE = timedelta(hours=1)
SESSION_IDLE = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
SECRET_BYTES = 32
USE_RETENTION = RULES["session uses"]


@dataclass(frozen=True, slots=True)
class Session:
    """The one live session of a customer, who logged in at `proved_at` by `method` and was last seen at `seen_at`.

    `seen_at` may be SEEN_EVERY late.
    """

    customer_id: str
    customer_kind: str
    secret_digest: bytes
    method: str
    proved_at: datetime
    expires_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """A session that a login started: its token, and what else the login response contains."""

    session: Session
    token: str
    ended_other_session: bool
    device_id: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored for a customer beside a session: whether the bank locked them out, known devices, when budgets
    of attempts were cleared, and when the last session was started."""

    locked: bool = False
    devices: bytes = b""
    cleared: Cleared = field(default_factory=dict)
    started_at: datetime | None = None


def new_session(customer_id: str, customer_kind: str, method: str, now: datetime) -> tuple[Session, str]:
    """A session that starts `now`, and its token (`handle.secret`, for the customer only)."""
    secret = secrets.token_bytes(SECRET_BYTES)
    session = Session(
        customer_id, customer_kind, secret_digest(secret), method, now, expires_at=now + SESSION_LIFE, seen_at=now
    )
    return session, f"{_encode(customer_id.encode())}.{_encode(secret)}"


def bearer_token(headers: Mapping[str, str]) -> str:
    """The token in `Authorization: Bearer …` (RFC 6750 section 2.1), or nothing. Header names are lower-case."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def read_token(token: str) -> tuple[str, bytes] | None:
    """The customer id and the secret in `token`, or None if it is malformed."""
    handle, dot, secret = token.partition(".")
    if not dot or len(token) > 256:
        return None
    try:
        decoded = _decode(handle).decode(), _decode(secret)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded[1]) == SECRET_BYTES and decoded[0] else None


def is_live(session: Session, secret: bytes, now: datetime) -> bool:
    """Whether `secret` is the secret of `session`, and the session is open at `now`; compared in constant time."""
    return hmac.compare_digest(secret_digest(secret), session.secret_digest) and is_open(session, now)


def is_open(session: Session, now: datetime) -> bool:
    """Whether the session has neither expired (1 hour) nor been idle too long (10 minutes)."""
    return now < session.expires_at and now - session.seen_at < SESSION_IDLE


def is_last_use_due(session: Session, now: datetime) -> bool:
    """Whether the time of last use is due to be stored: at most once a minute."""
    return now - session.seen_at >= SEEN_EVERY


def secret_digest(secret: bytes) -> bytes:
    """The digest of a token's secret: it is stored and identifies the session."""
    return hashlib.sha256(secret).digest()


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
