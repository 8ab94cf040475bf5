"""The index of uploads whose status is to be queried again, by due time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.upload_checks import DUE


@dataclass(frozen=True, slots=True)
class DueQueries:
    """The uploads' table, by its index of due queries."""

    client: Any
    table: str

    def due(self, now: datetime) -> Iterator[tuple[str, datetime]]:
        """The uploads to query again, the longest due first: id and due time. Reads no others."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="by-due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": DUE, ":now": dynamo.instant(now)},
        )
        for page in pages:
            for item in page["Items"]:
                yield dynamo.read_text(item, "id"), dynamo.read_instant(item, "due_at")
