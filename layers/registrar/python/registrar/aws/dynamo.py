"""DynamoDB's wire format and its errors, in one place.

Items hold few types: text, whole numbers, bytes, instants (`2026-12-31T14:59:59Z`, sortable) and JSON text for
what is only ever read whole. Instants that are compared in a condition to the millisecond are numbers.
"""

import json
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.reasons.errors import ConditionFailed, ReadThrottled
from registrar.domain.times import instant as parse_instant
from registrar.domain.times import iso

Item = Mapping[str, Mapping[str, Any]]
TRANSACTION_TRIES = 3
NOT_NOW = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Why DynamoDB cancels a transaction that may succeed a moment later."""
BATCH = 100
BATCH_TRIES = 5
PAUSE = 0.05
"""Seconds before a batch is read on, or a transaction is tried again, at most; doubled with each further try."""
_ANOTHER = "(attribute_not_exists(last_call) OR last_call <> :call)"


def text(value: str) -> dict[str, str]:
    return {"S": value}


def text_set(values: Iterable[str]) -> dict[str, Any]:
    """A set of at least one text."""
    return {"SS": sorted(values)}


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def binary(value: bytes) -> dict[str, bytes]:
    return {"B": value}


def instant(value: datetime) -> dict[str, str]:
    return {"S": iso(value)}


def as_json(value: object) -> dict[str, str]:
    return {"S": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}


def epoch(value: datetime) -> dict[str, str]:
    """Seconds since 1970, the form that DynamoDB's TTL reads."""
    return number(int(value.timestamp()))


def millis(value: datetime) -> dict[str, str]:
    return number(int(value.timestamp() * 1000))


def read_text(item: Item, name: str) -> str:
    return str(item[name]["S"])


def read_text_set(item: Item, name: str) -> frozenset[str]:
    """The texts of a set, none where it is absent: DynamoDB keeps no empty sets."""
    return frozenset(item[name]["SS"]) if name in item else frozenset()


def read_number(item: Item, name: str) -> int:
    return int(item[name]["N"])


def read_bytes(item: Item, name: str) -> bytes:
    value = item[name]["B"]
    return bytes(value)


def read_instant(item: Item, name: str) -> datetime:
    return parse_instant(item[name]["S"])


def read_millis(item: Item, name: str) -> datetime:
    return datetime.fromtimestamp(int(item[name]["N"]) / 1000, UTC)


def read_json(item: Item, name: str) -> Any:
    return json.loads(item[name]["S"])


def get(client: Any, table: str, key: Item) -> Item | None:
    """The item, strongly consistent, or None."""
    item: Item | None = client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    return item


def get_many(client: Any, table: str, keys: Sequence[Item]) -> Iterator[Item]:
    """The items of these (different) keys that exist, strongly consistent, in no order; 100 keys a call."""
    for _, item in get_from(client, [(table, key) for key in keys]):
        yield item


def get_from(
    client: Any, keys: Sequence[tuple[str, Item]], pause: Callable[[float], None] = time.sleep
) -> Iterator[tuple[str, Item]]:
    """The items of these (different) tables and keys that exist, with their tables, as `get_many` reads them.

    Raises ReadThrottled where DynamoDB leaves out keys again and again, which it does when it throttles a table.
    """
    for first in range(0, len(keys), BATCH):
        asked: dict[str, Any] = {}
        for table, key in keys[first : first + BATCH]:
            asked.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
        for tries in range(BATCH_TRIES):
            if tries:
                pause(_spread(tries))
            response = client.batch_get_item(RequestItems=asked)
            yield from ((table, item) for table, items in response["Responses"].items() for item in items)
            asked = response.get("UnprocessedKeys") or {}
            if not asked:
                break
        else:
            raise ReadThrottled(f"keys of {', '.join(asked)} were not read")


def put(client: Any, table: str, item: Item, **condition: Any) -> None:
    """Put an item; with a condition, raises ConditionFailed where it does not hold."""
    _guarded(client.put_item, TableName=table, Item=item, **condition)


def update(
    client: Any,
    table: str,
    key: Item,
    expression: str,
    condition: str,
    values: Item,
    *,
    returns: str = "ALL_NEW",
    **names: str,
) -> Item:
    """Update an item under a condition and return it whole as it is now (`returns` ALL_OLD: as it was).

    Raises ConditionFailed with the item that stood in the way.
    """
    call = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ReturnValues": returns,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **_names(names),
    }
    response: Item = _guarded(client.update_item, **call).get("Attributes", {})
    return response


def update_once(
    client: Any,
    table: str,
    key: Item,
    condition: str,
    values: Item,
    *,
    adds: str = "",
    sets: str = "",
    returns: str = "ALL_NEW",
    **names: str,
) -> Item:
    """Update an item as `update` does (`adds`: "tries :one", `sets`: "ttl = :ttl"), and know a repeat as its own.

    The client library repeats a call whose response was lost. The item names the call that wrote it last, so that
    the repeat neither counts again nor is refused by what the first one wrote: it returns the item as it is now. It
    does count or is refused where another call wrote in between. Raises ConditionFailed with the item that stood
    in the way.
    """
    own = secrets.token_hex(8)
    more = {**values, ":call": text(own)}
    try:
        return update(
            client,
            table,
            key,
            _naming(adds, sets),
            f"({condition}) AND {_ANOTHER}",
            more,
            returns=returns,
            **names,
        )
    except ConditionFailed as failed:
        if stood := _own(failed, own):
            return stood
        raise


def put_once(client: Any, table: str, item: Item, condition: str) -> None:
    """Put an item under a condition, and know a repeat as its own as `update_once` does. Raises ConditionFailed."""
    own = secrets.token_hex(8)
    try:
        put(
            client,
            table,
            {**item, "last_call": text(own)},
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ConditionFailed as failed:
        if not _own(failed, own):
            raise


def _own(failed: ConditionFailed, call: str) -> Item | None:
    """The item that stood in the way, where this call wrote it last."""
    stood = failed.items[0] if failed.items else None
    return stood if stood and "last_call" in stood and read_text(stood, "last_call") == call else None


def add_once(client: Any, table: str, key: Item, values: Item, *, adds: str, sets: str, **names: str) -> Item:
    """Update or create an item as `update_once` does, without a condition."""
    more = {**values, ":call": text(secrets.token_hex(8))}
    try:
        return update(client, table, key, _naming(adds, sets), _ANOTHER, more, **names)
    except ConditionFailed as failed:
        return failed.items[0] or {}  # only a repeat fails, and the item names its call


def _naming(adds: str, sets: str) -> str:
    """The expression of an update that names its call."""
    return (f"ADD {adds} " if adds else "") + "SET last_call = :call" + (f", {sets}" if sets else "")


def change(client: Any, table: str, key: Item, expression: str, values: Item, **names: str) -> Item:
    """Update or create an item unconditionally, and return all of it as it is now."""
    call = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": expression,
        "ExpressionAttributeValues": values,
        "ReturnValues": "ALL_NEW",
        **_names(names),
    }
    response: Item = client.update_item(**call)["Attributes"]
    return response


def _names(names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {"ExpressionAttributeNames": {f"#{short}": name for short, name in names.items()}} if names else {}


def transact(
    client: Any,
    writes: Sequence[Mapping[str, Mapping[str, Any]]],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """All writes or none. Raises ConditionFailed with the items that made them fail, in the order of `writes`.

    Where another transaction is at the same items (a repeated tap), what it leaves decides. boto3 does not try such
    a conflict again by itself, nor a transaction that was throttled: DynamoDB says both as a cancellation. All
    tries have one token, so that one that took effect unnoticed is not written again.
    """
    token = secrets.token_hex(16)
    prepared = []
    for write in writes:
        ((verb, call),) = write.items()
        prepared.append({verb: {**call, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}})
    for tries in range(1, TRANSACTION_TRIES + 1):
        try:
            client.transact_write_items(TransactItems=prepared, ClientRequestToken=token)
        except client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            codes = [reason.get("Code") for reason in reasons]
            not_now = not NOT_NOW.isdisjoint(codes)
            if not_now and tries < TRANSACTION_TRIES:
                pause(_spread(tries))
                continue
            if not_now or "ConditionalCheckFailed" not in codes:
                raise
            raise ConditionFailed(
                [(r.get("Item") or {}) if r.get("Code") == "ConditionalCheckFailed" else None for r in reasons]
            ) from None
        return


def _spread(tries: int) -> float:
    """A pause after so many tries, in seconds: of another length for each caller, so that they meet no more."""
    return random.uniform(0, PAUSE * 2 ** (tries - 1))  # noqa: S311 - no secret


def _guarded(call: Any, **arguments: Any) -> Any:
    """The call's response. Raises ConditionFailed; retries while a transaction is at the item, as `transact`."""
    tries_left = TRANSACTION_TRIES
    while True:
        tries_left -= 1
        try:
            return call(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                stood = error.response.get("Item")
                raise ConditionFailed([stood] if isinstance(stood, dict) else []) from None
            if code != "TransactionConflictException" or not tries_left:
                raise
