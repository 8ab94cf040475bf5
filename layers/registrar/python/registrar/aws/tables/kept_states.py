"""The table of kept states: what a restore of the registrations' or customers' table must not undo.

    REG#<registration>   its end, or the holds that were put on it (`holds`) and lifted (`lifted`) last
    CUST#<customer>      the registrations that staff of the bank hold, each with its kind and since when

Items are written in the transaction that changes a registration, and read with every live registration. The table
is not restored with the registrations' table, so an earlier row there revives nothing that ended and lifts no hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables.registration_items import held_since_name, held_since_of
from registrar.domain.registrations.kept_state import BankHold, KeptState
from registrar.domain.registrations.registration import Hold, Lifecycle
from registrar.domain.times import instant, iso

_DATES = ("ended_at", "revoked_at")
_TEXTS = ("end_reason", "superseded_by", "resume_nonce", "bank_hold_reason")
_BANK_HOLD = "hold#"
Value = Mapping[str, Any]
"""A value in DynamoDB's format."""


@dataclass(frozen=True, slots=True)
class KeptStates:
    """Writes for transactions, and the keys and contents of items."""

    table: str

    def end(
        self, customer_id: str, registration_id: str, lifecycle: Lifecycle, now: datetime, **facts: Value
    ) -> dict[str, Any]:
        """The part of a transaction that records an end; an earlier one is kept."""
        values = {"lifecycle": dynamo.text(lifecycle), "ended_at": dynamo.instant(now), **facts}
        kept = [f"{name} = if_not_exists({name}, :{name})" for name in values]
        return self._update(customer_id, registration_id, now, f", {', '.join(kept)}", values)

    def hold(
        self,
        customer_id: str,
        registration_id: str,
        hold: Hold,
        now: datetime,
        more: str = "",
        **values: Value,
    ) -> dict[str, Any]:
        """The part of a transaction that records a hold, and since when; `more` are further assignments."""
        since = held_since_name(hold)
        expression = f", {since} = if_not_exists({since}, :changed_at){more} ADD holds :hold DELETE lifted :hold"
        return self._update(
            customer_id, registration_id, now, expression, {"hold": dynamo.text_set([hold]), **values}
        )

    def lift(
        self, customer_id: str, registration_id: str, hold: Hold, now: datetime, remove: str = ""
    ) -> dict[str, Any]:
        """The part of a transaction that records that a hold was lifted, and removes the attribute `remove`."""
        removed = ", ".join(name for name in (held_since_name(hold), remove) if name)
        expression = f" REMOVE {removed} ADD lifted :hold DELETE holds :hold"
        return self._update(customer_id, registration_id, now, expression, {"hold": dynamo.text_set([hold])})

    def absence(self, registration_id: str) -> dict[str, Any]:
        """The part of a transaction that fails where the registration has ended, or is held. It counts what was
        written here, in the transaction of each end and hold, and not the registration's row, which is larger."""
        check = {
            "TableName": self.table,
            "Key": registration_key(registration_id),
            "ConditionExpression": "attribute_not_exists(lifecycle) AND attribute_not_exists(holds)",
        }
        return {"ConditionCheck": check}

    def hold_person(self, customer_id: str, registration_id: str, kind: str, now: datetime) -> dict[str, Any]:
        """The part of a transaction that records that staff hold a registration of a customer; repeating it keeps
        since when."""
        return self._person(
            customer_id,
            registration_id,
            "SET #hold = if_not_exists(#hold, :hold)",
            ExpressionAttributeValues={":hold": dynamo.text(f"{kind} {iso(now)}")},
        )

    def release_person(self, customer_id: str, registration_id: str, *, must: bool = True) -> dict[str, Any]:
        """The part of a transaction that removes that again. It fails where it `must` be there and is not."""
        there = {"ConditionExpression": "attribute_exists(#hold)"} if must else {}
        return self._person(customer_id, registration_id, "REMOVE #hold", **there)

    def _update(
        self, customer_id: str, registration_id: str, now: datetime, expression: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        fixed = {"customer_id": dynamo.text(customer_id), "changed_at": dynamo.instant(now)}
        return {
            "Update": {
                "TableName": self.table,
                "Key": registration_key(registration_id),
                "UpdateExpression": "SET customer_id = :customer_id, changed_at = :changed_at" + expression,
                "ExpressionAttributeValues": {f":{name}": value for name, value in {**fixed, **values}.items()},
            }
        }

    def _person(self, customer_id: str, registration_id: str, expression: str, **more: Any) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self.table,
                "Key": customer_key(customer_id),
                "UpdateExpression": expression,
                "ExpressionAttributeNames": {"#hold": f"{_BANK_HOLD}{registration_id}"},
                **more,
            }
        }


def registration_key(registration_id: str) -> dict[str, dict[str, str]]:
    """The key of a registration's item."""
    return {"id": dynamo.text(f"REG#{registration_id}")}


def customer_key(customer_id: str) -> dict[str, dict[str, str]]:
    """The key of a customer's item."""
    return {"id": dynamo.text(f"CUST#{customer_id}")}


def kept_state(item: dynamo.Item) -> KeptState:
    """What an item says of its registration."""
    dates = {name: dynamo.read_instant(item, name) for name in _DATES if name in item}
    texts = {name: dynamo.read_text(item, name) for name in _TEXTS if name in item}
    facts: dict[str, Any] = {**dates, **texts}
    return KeptState(
        lifecycle=Lifecycle(dynamo.read_text(item, "lifecycle")) if "lifecycle" in item else None,
        holds=frozenset(map(Hold, dynamo.read_text_set(item, "holds"))),
        lifted=frozenset(map(Hold, dynamo.read_text_set(item, "lifted"))),
        held_since=held_since_of(item),
        **facts,
    )


def bank_holds(item: dynamo.Item) -> tuple[BankHold, ...]:
    """The holds by staff that a customer's item lists."""
    found = []
    for name in item:
        if name.startswith(_BANK_HOLD):
            kind, _, since = dynamo.read_text(item, name).partition(" ")
            found.append(BankHold(name.removeprefix(_BANK_HOLD), kind, instant(since)))
    return tuple(found)
