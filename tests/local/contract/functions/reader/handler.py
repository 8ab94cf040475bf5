"""Reads the object that each message names."""

import json
import os
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Log each object's key and size; a key with `poison` in it fails."""
    failures = []
    s3: Any = boto3.client("s3")
    for record in event["Records"]:
        body = json.loads(record["body"])
        if body.get("Event") == "s3:TestEvent":
            print("test event")
            continue
        for told in body["Records"]:
            key = told["s3"]["object"]["key"]
            if "poison" in key:
                failures.append({"itemIdentifier": record["messageId"]})
                continue
            content = s3.get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read()
            print("read", key, len(content), json.dumps(told["s3"]["object"]))
    return {"batchItemFailures": failures}
