"""Postpones a message for three seconds and fails it; accepts it the second time."""

import os
import time
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write to the table when the message arrives, and when it arrives again."""
    (record,) = event["Records"]
    arrival = "first" if record["attributes"]["ApproximateReceiveCount"] == "1" else "again"
    item = {"pk": {"S": f"{arrival} {record['body']}"}, "at": {"N": str(time.time())}}
    dynamodb: Any = boto3.client("dynamodb")
    dynamodb.put_item(TableName=os.environ["TABLE"], Item=item)
    if arrival == "again":
        return {"batchItemFailures": []}
    sqs: Any = boto3.client("sqs")
    sqs.change_message_visibility(
        QueueUrl=os.environ["QUEUE"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=3
    )
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
