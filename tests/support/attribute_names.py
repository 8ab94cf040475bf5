"""The attributes that a write to DynamoDB names, as IAM's condition key `dynamodb:Attributes` counts them.

AWS counts those of the key, of a put item, and of every expression, conditions included. The local cloud and moto
count none of a write, so the tests compare each write of a function with its role here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.shape import FUNCTIONS, as_list, references, statements, verb

_WORDS = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"}) | {
    *("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"),
    *("if_not_exists", "list_append"),
}
_VERBS = {
    "PutItem": "PutItem",
    "UpdateItem": "UpdateItem",
    "DeleteItem": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_NAME = re.compile(r"(?<![:\w.])#?[A-Za-z_]\w*")


class _All(frozenset[str]):
    """Every attribute: where a statement has no condition."""

    def __contains__(self, name: object) -> bool:
        return True

    def __ge__(self, other: object) -> bool:
        return True


@cache
def writable(folder: str, action: str, table: str) -> tuple[frozenset[str], ...]:
    """The attributes that each statement of a function's role allows to name in an action on a table."""
    (name,) = (name for name in FUNCTIONS if verb(name) == folder)
    found = []
    for statement in statements(name):
        arns = [each for each in as_list(statement.get("Resource", [])) if "Fn::GetAtt" in each]
        if action in as_list(statement["Action"]) and table in references(arns):
            condition = statement.get("Condition", {}).get("ForAllValues:StringEquals", {})
            named = condition.get("dynamodb:Attributes")
            found.append(_All() if named is None else frozenset(named))
    return tuple(found)


@dataclass(frozen=True)
class Write:
    """One write, alone or of a transaction."""

    action: str
    table: str
    attributes: frozenset[str]


def writes_of(operation: str, params: Mapping[str, Any]) -> Iterator[Write]:
    """The writes that a call makes."""
    parts = [{operation: params}] if operation in _VERBS else params.get("TransactItems", [])
    for part in parts:
        ((verb, call),) = part.items()
        if verb in _VERBS:
            yield Write(f"dynamodb:{_VERBS[verb]}", call["TableName"], _attributes(call))


def _attributes(call: Mapping[str, Any]) -> frozenset[str]:
    names = call.get("ExpressionAttributeNames", {})
    named = [*call.get("Key", {}), *call.get("Item", {})]
    for expression in ("UpdateExpression", "ConditionExpression"):
        words = _NAME.findall(call.get(expression, ""))
        named += [names.get(word, word) for word in words if word not in _WORDS]
    return frozenset(named)
