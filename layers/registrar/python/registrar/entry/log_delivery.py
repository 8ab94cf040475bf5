"""What CloudWatch Logs delivers to a function: lines of one log group, gzipped in Base64."""

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any


def audit_lines(event: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The log group, and id, time (ms) and text of each of its lines that `audit` wrote.

    The filter sends no others; a test message of CloudWatch Logs has none.
    """
    delivered = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if delivered["messageType"] != "DATA_MESSAGE":
        return delivered["logGroup"], []
    lines = [
        {"id": each["id"], "at": each["timestamp"], "line": each["message"]}
        for each in delivered["logEvents"]
        if _is_audit(each["message"])
    ]
    return delivered["logGroup"], lines


def parts(lines: list[dict[str, Any]], most_bytes: int) -> Iterator[list[dict[str, Any]]]:
    """The lines in their order, in parts of at most `most_bytes` as JSON, or of one line."""
    part: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        length = len(json.dumps(line, ensure_ascii=False).encode()) + 2
        if part and size + length > most_bytes:
            yield part
            part = []
            size = 0
        part.append(line)
        size += length
    if part:
        yield part


def _is_audit(line: str) -> bool:
    try:
        return json.loads(line).get("audit") is True
    except (ValueError, AttributeError):
        return False
