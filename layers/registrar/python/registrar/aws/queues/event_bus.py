"""EventBridge: events to a bus of our own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registrar.domain.reasons.errors import StoreError
from registrar.domain.registrations.events import Event

SOURCE = "registrar"
_MOST_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class EventBus:
    """Events arrive at least once."""

    client: Any
    name: str

    def put(self, events: Sequence[Event]) -> None:
        """Publish all. Raises StoreError where the bus rejected one: the caller publishes all again."""
        for first in range(0, len(events), _MOST_AT_ONCE):
            entries = [
                {
                    "EventBusName": self.name,
                    "Source": SOURCE,
                    "DetailType": event.type,
                    "Detail": json.dumps(event.detail),
                }
                for event in events[first : first + _MOST_AT_ONCE]
            ]
            response = self.client.put_events(Entries=entries)
            if failed := response["FailedEntryCount"]:
                codes = sorted({entry["ErrorCode"] for entry in response["Entries"] if "ErrorCode" in entry})
                raise StoreError(f"the bus did not take {failed} events: {', '.join(codes)}")
