"""Puts an event on the bus for each change of the table's stream."""

import json
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Publish each change; the first batch with `stream-poison` publishes that it failed, and fails."""
    events: Any = boto3.client("events")
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    if "stream-poison" in keys and is_first_try():
        events.put_events(Entries=[entry(record, "FAILED") for record in event["Records"]])
        raise RuntimeError("poison")
    for record in event["Records"]:
        events.put_events(Entries=[entry(record, record["eventName"])])
    print("published", *keys)


def is_first_try() -> bool:
    """Whether the poison came for the first time; the table records that it came."""
    dynamodb: Any = boto3.client("dynamodb")
    try:
        dynamodb.put_item(
            TableName=os.environ["TABLE"],
            Item={"pk": {"S": "poison came"}},
            ConditionExpression="attribute_not_exists(pk)",
        )
    except ClientError:
        return False
    return True


def entry(record: dict[str, Any], name: str) -> dict[str, str]:
    """Make the bus's entry for a change."""
    return {
        "Source": "contract",
        "DetailType": "ThingChanged",
        "EventBusName": os.environ["BUS"],
        "Detail": json.dumps({"id": record["eventID"], "change": record["dynamodb"], "name": name}),
    }
