"""Records of the registrations' table's stream, as Lambda hands them to a function."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.registrations.events import Change, Row
from registrar.domain.registrations.registration import Lifecycle


def change_of(record: Mapping[str, Any]) -> Change:
    """The change in a record. Raises KeyError or ValueError where it is not a registration's."""
    change = record["dynamodb"]
    return Change(
        id=record["eventID"],
        at=datetime.fromtimestamp(int(change["ApproximateCreationDateTime"]), UTC),
        old=_row(change["OldImage"]) if "OldImage" in change else None,
        new=_row(change["NewImage"]) if "NewImage" in change else None,
    )


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
