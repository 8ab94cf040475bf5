"""What is kept of a registration outside of its row, so that a restored row gets its end and holds back.
Standard library only.

A restored row may be older than later changes. So an end counts wherever it is recorded, and for each hold the last
record counts: put on, or lifted. A hold by staff of the bank follows the person: whatever they
register of that kind while the hold is on is held too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from registrar.domain.registrations.registration import Hold, Lifecycle, Registration

_AT_THE_SAME_TIME = timedelta(minutes=1)
"""A registration that was in progress when the hold was put on did not read it; no request takes longer."""


@dataclass(frozen=True, slots=True)
class KeptState:
    """The end of a registration, or its holds: those put on last, and those lifted last."""

    lifecycle: Lifecycle | None = None
    holds: frozenset[Hold] = frozenset()
    lifted: frozenset[Hold] = frozenset()
    resume_nonce: str | None = None
    bank_hold_reason: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    revoked_at: datetime | None = None
    superseded_by: str | None = None
    held_since: Mapping[Hold, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BankHold:
    """A hold by staff of the bank on a registration of this kind."""

    registration_id: str
    kind: str
    since: datetime


def as_kept(row: Registration, kept: KeptState) -> Registration:
    """The registration of a stored row with what is kept of it."""
    holds = (row.holds - kept.lifted) | kept.holds
    held = replace(
        row,
        holds=holds,
        held_since={hold: since for hold, since in {**row.held_since, **kept.held_since}.items() if hold in holds},
        resume_nonce=kept.resume_nonce or (row.resume_nonce if Hold.CUSTOMER in holds else None),
        bank_hold_reason=kept.bank_hold_reason if Hold.BANK in kept.holds else row.bank_hold_reason,
    )
    if row.lifecycle is not Lifecycle.LIVE or kept.lifecycle is None:
        return held
    return replace(
        held,
        lifecycle=kept.lifecycle,
        ended_at=kept.ended_at,
        end_reason=kept.end_reason,
        revoked_at=kept.revoked_at,
        superseded_by=kept.superseded_by,
    )


def held_with_person(row: Registration, bank_holds: Iterable[BankHold]) -> Registration:
    """The registration, held by the bank where it was registered while staff held another one of its kind."""
    following = [
        hold.since
        for hold in of_kind(bank_holds, row.kind)
        if hold.registration_id != row.id and row.registered_at > hold.since - _AT_THE_SAME_TIME
    ]
    if not following:
        return row
    held_since = {Hold.BANK: min(following), **row.held_since}
    return replace(row, holds=row.holds | {Hold.BANK}, bank_hold_reason=None, held_since=held_since)


def of_kind(bank_holds: Iterable[BankHold], kind: str) -> list[BankHold]:
    """The holds that are on registrations of this kind."""
    return [hold for hold in bank_holds if hold.kind == kind]
