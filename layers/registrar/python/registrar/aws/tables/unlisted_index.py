"""The sparse, keys-only index `by-unlisted` (one partition, not_after): live registrations that no list covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.registration_items import UNLISTED


@dataclass(frozen=True, slots=True)
class UnlistedIndex:
    """Reads the index."""

    client: Any
    table: str

    def live(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Customer and registration of every one that has not expired."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="by-unlisted",
            KeyConditionExpression="unlisted = :unlisted AND not_after >= :now",
            ExpressionAttributeValues={":unlisted": UNLISTED, ":now": dynamo.instant(now)},
        )
        for page in pages:
            for item in page["Items"]:
                customer_id = dynamo.read_text(item, "pk").removeprefix("CUST#")
                yield customer_id, dynamo.read_text(item, "sk").removeprefix("REG#")
