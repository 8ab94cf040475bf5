"""Events for relying services and the bank's other systems: how a signature request ended.

Derived from the table's stream, as those of registrations are (domain/registrations/events.py): ids, codes and
digests, nothing of what was signed. Expiry is no event: it is no write, and the service knows the time.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from registrar.domain.registrations.events import VERSION, Event
from registrar.domain.signing.signature_request import SignatureRequest, SigningState
from registrar.domain.times import iso

_TYPES: Mapping[SigningState, str] = MappingProxyType(
    {
        SigningState.COMPLETED: "SignatureCompleted",
        SigningState.DECLINED: "SignatureDeclined",
        SigningState.FAILED: "SignatureFailed",
    }
)


def signing_events(
    change_id: str, at: datetime, old: SignatureRequest | None, new: SignatureRequest | None
) -> list[Event]:
    """The event of a change that ended a request, by the stream's id; none for any other change."""
    if new is None or new.state not in _TYPES or (old is not None and old.state is new.state):
        return []
    name = _TYPES[new.state]
    detail = {
        "version": VERSION,
        "id": f"{change_id}:{name}",
        "occurred_at": iso(at),
        "customer_id": new.customer_id,
        "request_id": new.id,
        "service": new.service,
        "kind": new.kind,
        "document_sha256": new.document_sha256,
    }
    if new.completed is not None:
        detail |= {
            "registration_id": new.completed.registration_id,
            "evidence_sha256": new.completed.evidence_sha256,
        }
    if new.failure is not None:
        detail["reason"] = new.failure.code.value
    return [Event(name, detail)]
