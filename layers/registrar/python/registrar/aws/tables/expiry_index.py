"""The sparse, keys-only index `by-expiry` (shard, not_after): registrations by their end, for the expiry run.

It holds no status: a registration that ended in another way has left it, and the status is read from the item.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.registration_items import over, row_key
from registrar.domain.notices.expiry import Due, Window
from registrar.domain.registrations.registration import Lifecycle

_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExpiryIndex:
    """Reads the index, and writes flags and expiry to the registrations' items."""

    client: Any
    table: str

    def due(self, shard: str, window: Window) -> Iterator[Due]:
        """A shard's registrations whose end is in `window`, read from the index only."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="by-expiry",
            KeyConditionExpression="expiry_shard = :shard AND not_after BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":shard": dynamo.text(shard),
                ":first": dynamo.instant(window.first),
                ":last": dynamo.instant(window.until),
            },
        )
        for page in pages:
            for item in page["Items"]:
                yield Due(
                    dynamo.read_text(item, "pk").removeprefix("CUST#"),
                    dynamo.read_text(item, "sk").removeprefix("REG#"),
                    dynamo.read_instant(item, "not_after"),
                )

    def live(self, shard: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Customer and registration of every one in a shard that has not expired: all that can be live."""
        for due in self.due(shard, Window(0, now, _EVER)):
            yield due.customer_id, due.registration_id

    def flag(self, due: Due, at: datetime) -> None:
        """Flag a live registration without a hold with the indexed end. Raises ConditionFailed.

        With the same `at` again it changes nothing, so a repeated run makes no second event; a late repeat of an
        earlier run does not set the flag back.
        """
        unheld = "attribute_not_exists(holds)"
        forward = "(attribute_not_exists(expiry_flagged_at) OR expiry_flagged_at <= :at)"
        self._mark(due, "SET expiry_flagged_at = :at", f" AND {unheld} AND {forward}", at)

    def record_expired(self, due: Due, at: datetime) -> None:
        """Record that a live registration expired; it moves to the index of erasure. Raises ConditionFailed.

        Its lifecycle stays: that it is EXPIRED is computed when read. The note is what the event comes from.
        """
        moved = over(due.customer_id, due.not_after)
        update = "SET expiry_noted_at = :at, over_shard = :over_shard, over_since = :over_since REMOVE expiry_shard"
        self._mark(due, update, "", at, {f":{name}": value for name, value in moved.items()})

    def _mark(self, due: Due, update: str, condition: str, at: datetime, more: dynamo.Item | None = None) -> None:
        dynamo.update(
            self.client,
            self.table,
            row_key(due.customer_id, due.registration_id),
            update,
            f"lifecycle = :live AND not_after = :end{condition}",
            {
                ":at": dynamo.instant(at),
                ":live": dynamo.text(Lifecycle.LIVE),
                ":end": dynamo.instant(due.not_after),
                **(more or {}),
            },
        )
