"""Certificates to try a new trust document on: uploads that were decided and did not become registrations, and live
registrations.

The only scans of the project, each bounded: an admin's dry run, never a customer's request.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.upload_items import (
    certificate_digest,
    certificate_key,
    has_certificate_apart,
    other_certificate_key,
)
from registrar.domain.certificates.preview import Sample
from registrar.domain.registrations.registration import Lifecycle
from registrar.domain.registrations.upload import UploadState

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
        decided = "attribute_exists(customer_id) AND (attribute_exists(der) OR attribute_exists(certificate))"
        others = {":registered": dynamo.text(UploadState.REGISTERED)}
        for items in self._scan(self.uploads_table, f"{decided} AND #state <> :registered", others, state="state"):
            for item in (item for item in items if not has_certificate_apart(item)):
                yield _sample("upload", dynamo.read_text(item, "id"), item, "customer_kind")
            apart = {key: item for item in items if has_certificate_apart(item) for key in _certificate_ids(item)}
            for found in dynamo.get_many(self.client, self.uploads_table, [{"id": {"S": key}} for key in apart]):
                item = {**found, **apart[dynamo.read_text(found, "id")]}
                if certificate_digest(found) == dynamo.read_text(item, "certificate"):
                    yield _sample("upload", dynamo.read_text(item, "id"), item, "customer_kind")

    def _registrations(self) -> Iterator[Sample]:
        live = {":live": dynamo.text(Lifecycle.LIVE)}
        for items in self._scan(self.registrations_table, "lifecycle = :live", live):
            for item in items:
                yield _sample("registration", dynamo.read_text(item, "sk").removeprefix("REG#"), item, "kind")

    def _scan(
        self, table: str, condition: str, values: dynamo.Item, **names: str
    ) -> Iterator[Sequence[dynamo.Item]]:
        """The items, page by page."""
        arguments: dict[str, Any] = {
            "TableName": table,
            "FilterExpression": condition,
            "ExpressionAttributeValues": values,
        }
        if names:
            arguments["ExpressionAttributeNames"] = {f"#{short}": name for short, name in names.items()}
        while True:
            page = self.client.scan(**arguments)
            yield page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _certificate_ids(item: dynamo.Item) -> list[str]:
    """Where the certificate may be that a row names."""
    upload_id = dynamo.read_text(item, "id")
    other = other_certificate_key(upload_id, dynamo.read_text(item, "certificate"))
    return [dynamo.read_text(key, "id") for key in (certificate_key(upload_id), other)]


def _sample(source: str, identifier: str, item: dynamo.Item, kind: str) -> Sample:
    return Sample(source, identifier, dynamo.read_bytes(item, "der"), dynamo.read_text(item, kind))
