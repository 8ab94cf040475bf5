"""A notice that goes through the queue: it is sent once, whatever happens in between.

Its message, as JSON:

    {"id": "upload_ready:0123", "kind": "upload_ready", "customer_id": "hong",
     "params": {"until_at": "2026-11-22T03:30:00Z"}}

`id` makes a notice arrive once: the sender derives it from the event, so that a repeated
write gives the same id. `kind` is a row of `texts.py`, and `params` fill the row's texts, times as ISO in UTC.

Of the kind `expiring`, `params` are {"registrations": [{"id": …, "not_after": …, "threshold": 7}, …]}, the most
urgent first: one message for all of a customer's certificates, but a notice, claimed and sent once, for each
registration, end and threshold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.domain.notices.expiry import Due
from registrar.domain.notices.kinds import Kind
from registrar.domain.registrations.registration import Lifecycle, Registration
from registrar.domain.times import SEOUL, iso

NOTICE_LEASE = timedelta(seconds=45)
"""Longer than send_notice may run, shorter than its queue hides a message: a retry finds the claim free."""
CLAIM_PAUSE = NOTICE_LEASE / 3
"""After this the loser of a claim looks again: whether the holder sent it, or its lease ended."""
MOST_SENDS = 2
"""A notice whose claim was never completed may have been sent: it is sent once more, and then never again."""
NO_ADDRESSEE = ""
"""The customer id of a notice for a login name that no customer has. It is queued, so that the request takes the
same time as for a customer, and dropped unread; what was typed may be a password and stays out of the queue."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of the queue."""

    id: str
    kind: Kind
    customer_id: str
    params: Mapping[str, Any]

    @property
    def message(self) -> dict[str, Any]:
        """The message that requests it."""
        return {"id": self.id, "kind": self.kind, "customer_id": self.customer_id, "params": dict(self.params)}

    @property
    def parts(self) -> list["Part"]:
        """What is claimed and sent once."""
        if self.kind is Kind.EXPIRING:
            return [Part(expiry_id(each), each["id"], each["not_after"]) for each in self.params["registrations"]]
        return [Part(self.id, self.params.get("registration_id"))]


@dataclass(frozen=True, slots=True)
class Part:
    """A notice id, and its registration; `ends` (ISO) is the end that the notice announces, if any."""

    id: str
    registration_id: str | None
    ends: str | None = None

    def still_applies_to(self, registration: Registration | None, now: datetime) -> bool:
        """Whether there is something to tell: an expiry notice is void where the registration is held or came to
        another end."""
        if registration is None:
            return self.registration_id is None
        if self.ends is None:
            return True
        runs_out = registration.lifecycle_at(now) in (Lifecycle.LIVE, Lifecycle.EXPIRED)
        return runs_out and not registration.holds and iso(registration.not_after) == self.ends


def upload_notice(kind: Kind, upload_id: str, customer_id: str, **params: str) -> Notice:
    """How the check of an upload ended, for a customer who had to wait for it."""
    return Notice(f"{kind}:{upload_id}", kind, customer_id, params)


def lock_notice(customer_id: str | None, budget: str, until: datetime) -> Notice:
    """Logins are locked until `until`: `budget` is the throttle's key, `customer_id` None for an unknown name."""
    params = {"until_at": iso(until)}
    return Notice(
        f"{Kind.LOGIN_LOCKED}:{budget}:{iso(until)}", Kind.LOGIN_LOCKED, customer_id or NO_ADDRESSEE, params
    )


def delayed_change_notice(customer_id: str, proof_id: str, until: datetime) -> Notice:
    """A change of credentials under this proof of identity has to wait until `until`: one notice for each proof."""
    kind = Kind.CREDENTIAL_CHANGE_DELAYED
    return Notice(f"{kind}:{proof_id}", kind, customer_id, {"until_at": iso(until)})


def expiry_notice(customer_id: str, due_registrations: Sequence[tuple[Due, int]], at: datetime) -> Notice:
    """One notice of all that a run at `at` found due: each with its threshold in days."""
    ending = [
        {"id": due.registration_id, "not_after": iso(due.not_after), "threshold": threshold}
        for due, threshold in due_registrations
    ]
    return Notice(f"{Kind.EXPIRING}:{customer_id}:{iso(at)}", Kind.EXPIRING, customer_id, {"registrations": ending})


def expiry_id(due: Mapping[str, Any]) -> str:
    """One notice per registration, end date and threshold."""
    return f"{due['id']}:{due['not_after']}:{due['threshold']}"


def quiet_until(at: datetime, hours: str) -> datetime | None:
    """When the quiet hours in Seoul that contain `at` end; None by day.

    `hours` are `21-8` for 21:00 to 8:00, or the same hour twice for none.
    """
    first, last = (int(hour) for hour in hours.split("-"))
    there = at.astimezone(SEOUL)
    since = (there.hour - first) % 24
    if since >= (last - first) % 24:
        return None
    begun = there.replace(minute=0, second=0, microsecond=0) - timedelta(hours=since)
    return begun + timedelta(hours=(last - first) % 24)
