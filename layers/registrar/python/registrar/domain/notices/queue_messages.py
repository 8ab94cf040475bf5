"""Messages of the notice queue: notices that functions ask for, and events of the bus `RegistrationEvents`.

EventBridge wraps an event (see `registrations/events.py`); some become notices, each of one kind.
"""

from collections.abc import Mapping
from typing import Any

from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.notice import NO_ADDRESSEE, Notice
from registrar.domain.notices.texts import TEXTS
from registrar.domain.registrations.registration import Hold

HOLDS_ADDED: Mapping[Hold, Kind] = {
    Hold.CUSTOMER: Kind.HOLD_ADDED_CUSTOMER,
    Hold.BANK: Kind.HOLD_ADDED_BANK,
    Hold.ISSUER: Kind.HOLD_ADDED_ISSUER,
}
HOLDS_LIFTED: Mapping[Hold, Kind] = {
    Hold.CUSTOMER: Kind.HOLD_LIFTED_CUSTOMER,
    Hold.BANK: Kind.HOLD_LIFTED_BANK,
    Hold.ISSUER: Kind.HOLD_LIFTED_ISSUER,
}
KIND_OF_EVENT: Mapping[str, Kind | Mapping[Hold, Kind]] = {
    "RegistrationActivated": Kind.REGISTERED,
    "HoldAdded": HOLDS_ADDED,
    "HoldLifted": HOLDS_LIFTED,
    "Blocked": Kind.BLOCKED,
    "RevokedByIssuer": Kind.REVOKED,
    "Deregistered": Kind.DEREGISTERED,
}
"""Events that become a notice, each with its kind of notice (one for each hold)."""


def notice_of(message: Mapping[str, Any]) -> Notice | None:
    """The notice that a message of the queue requests; None if it has no recipient.

    Raises KeyError where a member is missing, ValueError where the kind or hold is unknown or is not one that goes
    through the queue.
    """
    if "detail-type" in message:
        return _of_event(message["detail-type"], message["detail"])
    notice = Notice(message["id"], Kind(message["kind"]), message["customer_id"], message["params"])
    if TEXTS[notice.kind].sending is not Sending.QUEUED:
        raise ValueError(f"{notice.kind} is sent at once")
    return None if notice.customer_id == NO_ADDRESSEE else notice


def _of_event(name: str, detail: Mapping[str, Any]) -> Notice | None:
    kind_or_kinds = KIND_OF_EVENT.get(name)
    if kind_or_kinds is None:
        return None
    kind = kind_or_kinds if isinstance(kind_or_kinds, Kind) else kind_or_kinds[Hold(detail["hold"])]
    return Notice(f"event:{detail['id']}", kind, detail["customer_id"], detail)
