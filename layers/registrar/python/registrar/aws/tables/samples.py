"""Certificates to try a new trust document on: uploads that were decided and did not become registrations, and live
registrations.

The only scans of the project, each bounded: an admin's dry run, never a customer's request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from registrar.aws import dynamo
from registrar.domain.certificates.preview import Sample
from registrar.domain.registrations.registration import Lifecycle

MOST_OF_EACH = 2000


@dataclass(frozen=True, slots=True)
class Samples:
    """Reads at most MOST_OF_EACH certificates from each of two tables."""

    client: Any
    uploads_table: str
    registrations_table: str

    def take(self) -> Iterator[Sample]:
        """Uploads first, then registrations."""
        yield from islice(self._uploads(), MOST_OF_EACH)
        yield from islice(self._registrations(), MOST_OF_EACH)

    def _uploads(self) -> Iterator[Sample]:
        for item in self._scan(self.uploads_table, "attribute_exists(der)", {}):
            yield _sample("upload", dynamo.read_text(item, "id"), item, "customer_kind")

    def _registrations(self) -> Iterator[Sample]:
        live = {":live": dynamo.text(Lifecycle.LIVE)}
        for item in self._scan(self.registrations_table, "lifecycle = :live", live):
            yield _sample("registration", dynamo.read_text(item, "sk").removeprefix("REG#"), item, "kind")

    def _scan(self, table: str, condition: str, values: dynamo.Item) -> Iterator[dynamo.Item]:
        arguments: dict[str, Any] = {"TableName": table, "FilterExpression": condition}
        if values:
            arguments["ExpressionAttributeValues"] = values
        while True:
            page = self.client.scan(**arguments)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _sample(source: str, identifier: str, item: dynamo.Item, kind: str) -> Sample:
    return Sample(source, identifier, dynamo.read_bytes(item, "der"), dynamo.read_text(item, kind))
