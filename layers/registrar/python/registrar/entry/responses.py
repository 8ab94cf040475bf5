"""Responses: JSON that nothing on the way may keep."""

import json
from collections.abc import Mapping
from typing import Any

Response = dict[str, Any]
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def respond(status: int, body: Mapping[str, Any], language: str | None = None) -> Response:
    """A JSON response, with the language of its texts (Content-Language, RFC 9110 8.5) where it has any."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if language is not None:
        headers["Content-Language"] = language
    return uncached(status, body, headers)


def uncached(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """A response that must not be cached: it belongs to one customer."""
    return {
        "statusCode": status,
        "headers": {**headers, **_HEADERS},
        "body": json.dumps(body, ensure_ascii=False),
    }
