"""Records of the streams of registrations and signature requests, as Lambda hands them to a function."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import signature_requests
from registrar.domain.registrations.events import Change, Event, Row, events_of
from registrar.domain.registrations.registration import Lifecycle
from registrar.domain.signing.events import signing_events
from registrar.domain.signing.signature_request import SignatureRequest


def events_in(record: Mapping[str, Any]) -> list[Event]:
    """The events of a change of a registration or a signature request. Raises KeyError or ValueError where it is a
    change of anything else."""
    change = record["dynamodb"]
    changed_at = datetime.fromtimestamp(int(change["ApproximateCreationDateTime"]), UTC)
    old, new = (change.get(name) for name in ("OldImage", "NewImage"))
    if "request_id" in (new or old or {}):
        return signing_events(record["eventID"], changed_at, _request(old), _request(new))
    rows = (_row(image) if image else None for image in (old, new))
    return events_of(Change(record["eventID"], changed_at, *rows))


def _request(image: dynamo.Item | None) -> SignatureRequest | None:
    """In a record, bytes are base64."""
    if image is None:
        return None
    plain = {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in image.items()}
    return signature_requests.from_item(plain)


def _row(image: dynamo.Item) -> Row:
    def moment(name: str) -> datetime | None:
        return dynamo.read_instant(image, name) if name in image else None

    def text(name: str) -> str | None:
        return dynamo.read_text(image, name) if name in image else None

    return Row(
        customer_id=dynamo.read_text(image, "pk").removeprefix("CUST#"),
        registration_id=dynamo.read_text(image, "sk").removeprefix("REG#"),
        lifecycle=Lifecycle(dynamo.read_text(image, "lifecycle")),
        holds=frozenset(dynamo.read_text_set(image, "holds")),
        operator=dynamo.read_text(image, "operator"),
        kind=dynamo.read_text(image, "kind"),
        not_after=dynamo.read_instant(image, "not_after"),
        flagged_at=moment("expiry_flagged_at"),
        expiry_noted_at=moment("expiry_noted_at"),
        end_reason=text("end_reason"),
        superseded_by=text("superseded_by"),
        replaces=text("replaces"),
    )
