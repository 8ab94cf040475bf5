"""The sparse, keys-only index `by-erasure` (shard, over_since): registrations by their end, and their erasure.

A registration enters it when it ends, or when its expiry is recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import kept_states
from registrar.aws.tables.kept_states import KeptStates
from registrar.aws.tables.registration_items import EXPIRY_SHARDS, from_item, lock_keys
from registrar.domain.registrations.registration import Registration


@dataclass(frozen=True, slots=True)
class Over:
    """A registration of the index, by the key of its row."""

    key: dynamo.Item
    since: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """Ended registrations, their locks, and what is kept of them elsewhere."""

    client: Any
    table: str
    kept_table: str

    def due(self, until: datetime) -> Iterator[Over]:
        """The registrations that ended at `until` or earlier, read from the index only."""
        for shard in EXPIRY_SHARDS:
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                IndexName="by-erasure",
                KeyConditionExpression="over_shard = :shard AND over_since <= :until",
                ExpressionAttributeValues={":shard": dynamo.text(shard), ":until": dynamo.instant(until)},
            )
            for page in pages:
                for item in page["Items"]:
                    key = {name: item[name] for name in ("pk", "sk")}
                    yield Over(key, dynamo.read_instant(item, "over_since"))

    def erase(self, over: Over) -> None:
        """Delete the item and its own locks, in one transaction, if it still exists.

        A denied key stays on the deny list, which refuses it without the locks. Raises ConditionFailed where
        item or lock changed meanwhile.
        """
        item = dynamo.get(self.client, self.table, over.key)
        if item is None:
            return
        registration = from_item(item)
        own = {":id": dynamo.text(registration.id)}
        locks = [
            self._deletion(lock, "registration_id = :id", own)
            for lock in dynamo.get_many(self.client, self.table, lock_keys(registration))
            if dynamo.read_text(lock, "registration_id") == registration.id
        ]
        row = self._deletion(over.key, "over_since = :since", {":since": dynamo.instant(over.since)})
        kept = {"Delete": {"TableName": self.kept_table, "Key": kept_states.registration_key(registration.id)}}
        dynamo.transact(self.client, [row, *locks, kept, *self._releases(registration)])

    def _releases(self, registration: Registration) -> list[dict[str, Any]]:
        """The part of the transaction that ends the hold by staff on the person, where they hold it."""
        person = dynamo.get(self.client, self.kept_table, kept_states.customer_key(registration.customer_id))
        if person is None or registration.id not in {
            each.registration_id for each in kept_states.bank_holds(person)
        }:
            return []
        return [KeptStates(self.kept_table).release_person(registration.customer_id, registration.id)]

    def _deletion(self, item: dynamo.Item, condition: str, values: dynamo.Item) -> dict[str, Any]:
        return {
            "Delete": {
                "TableName": self.table,
                "Key": {name: item[name] for name in ("pk", "sk")},
                "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            }
        }
