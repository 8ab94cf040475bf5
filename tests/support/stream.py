"""Records of the tables' streams, and what the function makes of them."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.support.account import Account
from tests.support.builders import NOW
from tools.cloud.emulator import ROOT

SCHEMAS = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "docs/events").glob("*.json"))}


def a_record(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, number: int = 0) -> dict[str, Any]:
    """A record as Lambda hands it to a function: bytes come as base64."""
    images = {name: _as_json(image) for name, image in (("OldImage", old), ("NewImage", new)) if image}
    return {
        "eventID": f"c4ca4238a0b923820dcc509a6f75849{number}",
        "eventName": "MODIFY" if old and new else "INSERT" if new else "REMOVE",
        "eventSource": "aws:dynamodb",
        "awsRegion": "ap-northeast-2",
        "dynamodb": {
            "ApproximateCreationDateTime": int(NOW.timestamp()),
            "SequenceNumber": str(4421584500000000017450439091 + number),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **images,
        },
    }


def _as_json(image: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in image.items()
    }


def row(account: Account) -> dict[str, Any]:
    return next(item for item in account.items("RegistrationsTable") if item["sk"]["S"].startswith("REG#"))


def published(account: Account, *records: Mapping[str, Any]) -> list[dict[str, Any]]:
    calls = account.recorded(lambda: account.invoke("publish_events", {"Records": list(records)}))
    return [entry for call in calls if call.operation == "PutEvents" for entry in call.params["Entries"]]
