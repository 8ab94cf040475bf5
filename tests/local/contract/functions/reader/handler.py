"""Reads the object that each message names."""

import json
import os
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write each object's size to the table; a key with `poison` in it fails."""
    failures = []
    dynamodb: Any = boto3.client("dynamodb")
    s3: Any = boto3.client("s3")
    for record in event["Records"]:
        body = json.loads(record["body"])
        if body.get("Event") == "s3:TestEvent":
            print("test event")
            continue
        for notified in body["Records"]:
            key = notified["s3"]["object"]["key"]
            if "poison" in key:
                failures.append({"itemIdentifier": record["messageId"]})
                continue
            content = s3.get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read()
            item = {"pk": {"S": f"read {key}"}, "size": {"N": str(len(content))}}
            dynamodb.put_item(TableName=os.environ["TABLE"], Item=item)
    return {"batchItemFailures": failures}
