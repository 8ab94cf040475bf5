"""Sessions: one row per customer, a token of handle and secret, of which only a digest is stored.

Standard library only: the authorizer runs before every request.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

SESSION_LIFE = timedelta(hours=1)
PROOF_LIFE = timedelta(minutes=10)
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """The one live session of a customer. `proved_at` is when they last proved who they are, by `method`."""

    customer_id: str
    customer_kind: str
    secret_digest: bytes
    method: str
    proved_at: datetime
    expires_at: datetime


def new_session(customer_id: str, customer_kind: str, method: str, now: datetime) -> tuple[Session, str]:
    """A session that starts `now`, and its token (`handle.secret`, for the customer only)."""
    secret = secrets.token_bytes(SECRET_BYTES)
    session = Session(customer_id, customer_kind, hashlib.sha256(secret).digest(), method, now, now + SESSION_LIFE)
    return session, f"{_encode(customer_id.encode())}.{_encode(secret)}"


def read_token(token: str) -> tuple[str, bytes] | None:
    """The customer id and the secret in `token`, or None where it has not the form of one."""
    handle, dot, secret = token.partition(".")
    if not dot or len(token) > 256:
        return None
    try:
        decoded = _decode(handle).decode(), _decode(secret)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded[1]) == SECRET_BYTES and decoded[0] else None


def is_live(session: Session, secret: bytes, now: datetime) -> bool:
    """Whether `secret` opens `session` at `now`; compared in constant time."""
    digest = hashlib.sha256(secret).digest()
    return hmac.compare_digest(digest, session.secret_digest) and now < session.expires_at


def proof_is_fresh(proved_at: datetime, now: datetime) -> bool:
    """Whether a proof of identity still authorises a new operation (10 minutes)."""
    return now - proved_at <= PROOF_LIFE


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
