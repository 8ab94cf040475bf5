"""Puts an event on the bus for each change of the table's stream."""

import json
import os
import time
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Log each change; a batch with a young `stream-poison` fails."""
    events: Any = boto3.client("events")
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    print("batch", *keys)
    age = time.time() - event["Records"][0]["dynamodb"]["ApproximateCreationDateTime"]
    if "stream-poison" in keys and age < 2:
        raise RuntimeError("poison")
    for record in event["Records"]:
        change = record["dynamodb"]
        entry = {
            "Source": "contract",
            "DetailType": "ThingChanged",
            "EventBusName": os.environ["BUS"],
            "Detail": json.dumps({"id": record["eventID"], "change": change, "name": record["eventName"]}),
        }
        print("put", change["Keys"]["pk"]["S"], events.put_events(Entries=[entry])["FailedEntryCount"])
