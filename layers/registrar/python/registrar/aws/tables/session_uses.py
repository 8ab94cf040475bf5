"""The session uses' table: when a session was last used, and that its customer logged out.

A table of its own: who may write it (the authorizer, logout) cannot start a session.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import sessions
from registrar.domain.access.session import USE_RETENTION, Session


@dataclass(frozen=True, slots=True)
class SessionUses:
    """What happened to a session, by the digest of its secret."""

    client: Any
    table: str

    def record(self, session: Session, now: datetime) -> None:
        """Record the session's last use."""
        self._set(session.secret_digest, "seen_at", now)

    def end(self, secret_digest: bytes, now: datetime) -> None:
        """End this session and no other. Repeating it is harmless."""
        self._set(secret_digest, "ended_at", now)

    def latest(self, session: Session) -> Session | None:
        """The session with its last use, or None where its customer logged out."""
        return _used(session, dynamo.get(self.client, self.table, _key(session.secret_digest)))

    def _set(self, secret_digest: bytes, name: str, now: datetime) -> None:
        values = {":now": dynamo.instant(now), ":ttl": dynamo.epoch(now + USE_RETENTION)}
        dynamo.change(
            self.client, self.table, _key(secret_digest), f"SET {name} = :now, #ttl = :ttl", values, ttl="ttl"
        )


@dataclass(frozen=True, slots=True)
class LiveSessions:
    """Sessions with their uses, in one read."""

    client: Any
    table: str
    uses: str

    def find(self, customer_id: str, secret_digest: bytes) -> Session | None:
        """The customer's session; None where there is none, or where its customer logged out of it."""
        keys = {self.table: sessions.key_of(customer_id), self.uses: _key(secret_digest)}
        found = dict(dynamo.get_from(self.client, list(keys.items())))
        session = sessions.from_item(found.get(self.table) or {})
        if session is None or session.secret_digest != secret_digest:
            return None
        return _used(session, found.get(self.uses))


def _used(session: Session, use: dynamo.Item | None) -> Session | None:
    if use is None:
        return session
    if "ended_at" in use:
        return None
    seen = dynamo.read_instant(use, "seen_at") if "seen_at" in use else session.seen_at
    return replace(session, seen_at=max(seen, session.seen_at))


def _key(secret_digest: bytes) -> dict[str, dict[str, str]]:
    return {"id": dynamo.text(secret_digest.hex())}
