"""Notices: what a customer is told without asking, once each, and at which hours.

A message of the notice queue is one of two things:

    {"id": "login-locked:hong:2026-11-22T03:00:00Z", "kind": "login_locked", "customer_id": "hong",
     "params": {"until_at": "2026-11-22T03:30:00Z"}}
    an event of the bus `RegistrationEvents`, as EventBridge wraps it (see events.py)

`id` makes a notice arrive once: whoever writes the message derives it from what happened, so that a repeated
write gives the same id. `kind` is a row of notice_texts.py. `params` fill the row's texts: names ending in `_on`
are days, in `_at` times, ISO in UTC. `registration_id` among them gives the texts `issuer`, `end_on`,
`registered_at` and `reference`; `code` (of the catalogue) gives `reason`.

Of the kind `expiring`, `params` are {"registrations": [{"id": …, "not_after": …, "threshold": 7}, …]}, the most
urgent first: one message for all of a customer's certificates, but a notice, claimed and sent once, for each
registration, end and threshold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.domain.notices.expiry import Due
from registrar.domain.notices.texts import KINDS
from registrar.domain.registrations.registration import Lifecycle, Registration
from registrar.domain.times import SEOUL, iso

EXPIRING = "expiring"
NOTICE_LEASE = timedelta(seconds=45)
"""Longer than send_notice may run, shorter than its queue hides a message: a retry finds the claim free."""
MOST_SENDS = 2
"""A claim whose end nobody noted may have been sent: it is sent once more, and then never again."""
TOLD = {
    "RegistrationActivated": "registered",
    "HoldAdded": "hold_added_{hold}",
    "HoldLifted": "hold_lifted_{hold}",
    "Blocked": "blocked",
    "RevokedByIssuer": "revoked",
    "Deregistered": "deregistered",
}
"""Events that their customer is told of, each with the kind of notice (one for each kind of hold)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the notice queue."""

    id: str
    kind: str
    customer_id: str
    params: Mapping[str, Any]

    @property
    def urgent(self) -> bool:
        """Whether it is sent at night, too."""
        return KINDS[self.kind].urgent

    @property
    def parts(self) -> list["Part"]:
        """What is claimed and sent once."""
        if self.kind == EXPIRING:
            return [Part(expiry_id(each), each["id"], each["not_after"]) for each in self.params["registrations"]]
        return [Part(self.id, self.params.get("registration_id"))]


@dataclass(frozen=True, slots=True)
class Part:
    """A notice id, and the registration that it is about; `ends` (ISO) where it tells of that end."""

    id: str
    registration_id: str | None
    ends: str | None = None

    def still_true_of(self, registration: Registration | None, now: datetime) -> bool:
        """Whether there is something to tell: an expiry notice is void where the registration is held or came to
        another end."""
        if registration is None:
            return self.registration_id is None
        if self.ends is None:
            return True
        runs_out = registration.lifecycle_at(now) in (Lifecycle.LIVE, Lifecycle.EXPIRED)
        return runs_out and not registration.holds and iso(registration.not_after) == self.ends


def notice_of(message: Mapping[str, Any]) -> Notice | None:
    """The notice that a message of the queue asks for; None for an event that nobody is told of.

    Raises KeyError where a member is missing or the kind is unknown.
    """
    if "detail-type" in message:
        detail = message["detail"]
        kind = TOLD.get(message["detail-type"], "").format(**detail)
        return Notice(f"event:{detail['id']}", kind, detail["customer_id"], detail) if kind in KINDS else None
    notice = Notice(message["id"], message["kind"], message["customer_id"], message["params"])
    KINDS[notice.kind]
    return notice


def expiry_message(customer_id: str, told: Sequence[tuple[Due, int]], at: datetime) -> dict[str, Any]:
    """The message that asks for one notice of all that a run at `at` found due: each with its threshold in days."""
    ending = [
        {"id": due.registration_id, "not_after": iso(due.not_after), "threshold": threshold}
        for due, threshold in told
    ]
    params = {"registrations": ending}
    return {
        "id": f"{EXPIRING}:{customer_id}:{iso(at)}",
        "kind": EXPIRING,
        "customer_id": customer_id,
        "params": params,
    }


def expiry_id(due: Mapping[str, Any]) -> str:
    """One notice per registration, end date and threshold."""
    return f"{due['id']}:{due['not_after']}:{due['threshold']}"


def quiet_until(at: datetime, hours: str) -> datetime | None:
    """When the quiet hours in Seoul that `at` lies in are over; None by day.

    `hours` are `21-8` for 21:00 to 8:00, or the same hour twice for none.
    """
    first, last = (int(hour) for hour in hours.split("-"))
    there = at.astimezone(SEOUL)
    since = (there.hour - first) % 24
    if since >= (last - first) % 24:
        return None
    begun = there.replace(minute=0, second=0, microsecond=0) - timedelta(hours=since)
    return begun + timedelta(hours=(last - first) % 24)
