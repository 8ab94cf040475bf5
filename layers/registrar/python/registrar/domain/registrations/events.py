"""Events for the bank's other systems: what a change of a registration's row means.

Derived from the table's stream, so an event can neither be lost nor made up. They carry ids and codes, no names and
no phone numbers; docs/events has a JSON Schema for each. The same change gives the same event id, however often it
is published: consumers drop an id that they have seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.registrations.registration import Lifecycle
from registrar.domain.times import days_left, iso

VERSION = 1
UNSPECIFIED = "unspecified"
"""The reason where none was given (RFC 5280 5.3.1)."""


@dataclass(frozen=True, slots=True)
class Row:
    """What events are made of, out of a registration's row."""

    customer_id: str
    registration_id: str
    lifecycle: Lifecycle
    holds: frozenset[str]
    operator: str
    kind: str
    not_after: datetime
    flagged_at: datetime | None = None
    expiry_noted_at: datetime | None = None
    end_reason: str | None = None
    superseded_by: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one registration; `id` is the stream's. `old` is None for a new row, `new` for a deleted one."""

    id: str
    at: datetime
    old: Row | None
    new: Row | None


@dataclass(frozen=True, slots=True)
class Event:
    """`detail` is JSON; its schema is docs/events/<type>.json."""

    type: str
    detail: Mapping[str, Any]


def events_of(change: Change) -> list[Event]:
    """What happened, in an order that never differs. A deleted row, or a change of anything else, is no event."""
    row = change.new
    if row is None:
        return []
    made = []
    for name, facts in _facts(change.old, row):
        # One change may put on several holds: each is an event of its own.
        own = f"{change.id}:{name}" + (f":{facts['hold']}" if "hold" in facts else "")
        detail = {
            "version": VERSION,
            "id": own,
            "occurred_at": iso(change.at),
            "customer_id": row.customer_id,
            "registration_id": row.registration_id,
            **facts,
        }
        made.append(Event(name, detail))
    return made


def _facts(old: Row | None, new: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    if old is None:
        facts = {"operator": new.operator, "kind": new.kind, "not_after": iso(new.not_after)}
        yield "RegistrationActivated", facts | ({"replaces": new.replaces} if new.replaces else {})
        return
    for hold in sorted(new.holds - old.holds):
        yield "HoldAdded", {"hold": str(hold)}
    # An end clears nothing: a hold that stands on an ended registration was not lifted.
    for hold in sorted(old.holds - new.holds):
        yield "HoldLifted", {"hold": str(hold)}
    if new.lifecycle is not old.lifecycle:
        yield from _end(new)
    if new.flagged_at is not None and new.flagged_at != old.flagged_at:
        left = days_left(new.not_after, new.flagged_at)
        yield "Expiring", {"not_after": iso(new.not_after), "days_left": left}
    if new.expiry_noted_at is not None and old.expiry_noted_at is None:
        yield "Expired", {"not_after": iso(new.not_after)}


def _end(row: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    if row.lifecycle is Lifecycle.REVOKED_BY_ISSUER:
        yield "RevokedByIssuer", {"reason": row.end_reason or UNSPECIFIED}
    elif row.lifecycle is Lifecycle.SUPERSEDED:
        yield "Superseded", {"by": row.superseded_by}
    elif row.lifecycle is Lifecycle.BLOCKED:
        yield "Blocked", {}
    elif row.lifecycle is Lifecycle.DEREGISTERED:
        yield "Deregistered", {}
