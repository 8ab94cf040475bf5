"""What is recorded of one invocation of a function, and under which names its calls are found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CUSTOMER = "customer-00000"
"""Who registers in the recording; a replay puts another name of this length in its place."""


@dataclass(frozen=True)
class Response:
    """What AWS sent: status, headers, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Recording:
    """One invocation of a function: event, variables, moment, result, and what each of its calls received."""

    verb: str
    event: str
    environment: Mapping[str, str]
    at: datetime
    result: Any = None
    responses: dict[str, list[Response]] = field(default_factory=dict)
    """By call (`name_of`), in their order."""


def name_of(operation: str, params: Mapping[str, Any]) -> str:
    """An operation and what it is about: a table, bucket or key."""
    about = ("TableName", "Bucket", "KeyId", "QueueUrl")
    tables = params.get("RequestItems", {})
    return " ".join([operation, *(str(params[name]) for name in about if name in params), *sorted(tables)])
