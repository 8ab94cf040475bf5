"""Puts an event on the bus for each change of the table's stream."""

import json
import os
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Log each change; a key with `poison` in it fails, and stops what comes after it in its shard."""
    events: Any = boto3.client("events")
    print("record", json.dumps(event))
    for record in event["Records"]:
        change = record["dynamodb"]
        key = change["Keys"]["pk"]["S"]
        if "poison" in key:
            print("poison", key)
            return {"batchItemFailures": [{"itemIdentifier": change["SequenceNumber"]}]}
        detail = {"key": key, "id": record["eventID"], "data": {"telling": "told" in change.get("NewImage", {})}}
        entry = {
            "Source": "contract",
            "DetailType": "ThingChanged",
            "EventBusName": os.environ["BUS"],
            "Detail": json.dumps(detail),
        }
        print("put", key, record["eventName"], events.put_events(Entries=[entry])["FailedEntryCount"])
    return {"batchItemFailures": []}
