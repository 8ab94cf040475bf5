"""Postpones a message for three seconds and fails it; accepts it the second time."""

import os
import time
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Log when each message arrives."""
    (record,) = event["Records"]
    if record["attributes"]["ApproximateReceiveCount"] != "1":
        print("again", record["body"], time.time())
        return {"batchItemFailures": []}
    print("first", record["body"], time.time())
    sqs: Any = boto3.client("sqs")
    sqs.change_message_visibility(
        QueueUrl=os.environ["QUEUE"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=3
    )
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
