"""Units of DynamoDB from item sizes, by its rules: emulators count none.

A write costs one unit per started KB of the larger of the item before and after (twice in a transaction), and each
index entry its own units. A strong read costs one unit per started 4 KB, also for a missing item.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.shape import RESOURCES

Item = Mapping[str, Mapping[str, Any]]


def read_units(items: Sequence[Item], requested: int) -> int:
    """Units of a strong read of `requested` keys that found `items`."""
    return requested - len(items) + sum(math.ceil(size_of(item) / 4096) for item in items)


def read_requests(operation: str, params: Mapping[str, Any]) -> float:
    """Units of a read whose items have at most 4 KB each, found or not: half where it is not strong."""
    if operation == "BatchGetItem":
        return sum(
            len(each["Keys"]) * (1 if each.get("ConsistentRead") else 0.5)
            for each in params["RequestItems"].values()
        )
    if operation in ("GetItem", "Query"):
        return 1 if params.get("ConsistentRead") else 0.5
    return 0


def written(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    """Table and key of each item that a call writes."""
    if operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            ((verb, call),) = write.items()
            yield from written(f"{verb}Item", call)
    elif operation == "PutItem":
        names = [key["AttributeName"] for key in _table(params["TableName"])["KeySchema"]]
        yield params["TableName"], {name: params["Item"][name] for name in names}
    elif operation in ("UpdateItem", "DeleteItem", "ConditionCheckItem"):
        yield params["TableName"], params["Key"]


def _table(physical: str) -> Any:
    return RESOURCES[physical.removeprefix("registrar-")]["Properties"]


def units_of(table: str, before: Item, after: Item, factor: int) -> int:
    """Units of one item's write, and of each index whose entry is added, deleted or changed."""
    units = factor * math.ceil(max(size_of(before), size_of(after), 1) / 1024)
    for index in _table(table).get("GlobalSecondaryIndexes", []):
        names = [key["AttributeName"] for key in (*index["KeySchema"], *_table(table)["KeySchema"])]
        entries = [_entry(item, names) for item in (before, after)]
        if entries[0] != entries[1]:
            # A changed key is a delete and a put (each its own write); transactions do not double an index.
            units += sum(math.ceil(size_of(entry) / 1024) for entry in entries if entry)
    return units


def _entry(item: Item, names: Sequence[str]) -> Item:
    return {name: item[name] for name in names} if all(name in item for name in names) else {}


def size_of(item: Item) -> int:
    """Bytes of an item: names and values in UTF-8, numbers by their digits."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "B":
        return len(bytes(content))
    if kind == "SS":
        return sum(len(text.encode()) for text in content)
    return len(str(content).encode()) if kind == "S" else math.ceil(len(str(content)) / 2) + 1
