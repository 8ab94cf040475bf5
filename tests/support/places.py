"""Every place of the local cloud where bytes can lie, and the forms in which they may be written down."""

import json
from collections.abc import Iterator
from typing import Any

from tools.cloud.local_cloud import LocalCloud

Place = tuple[str, bytes]


def items(cloud: LocalCloud) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item of every table, with the table's name."""
    dynamodb = cloud.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from ((table, item) for item in page["Items"])


def content(item: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The attributes of an item as bytes."""
    for name, value in item.items():
        ((kind, inner),) = value.items()
        yield name, inner if kind == "B" else json.dumps(inner).encode()


def tables(cloud: LocalCloud) -> Iterator[Place]:
    for table, item in items(cloud):
        yield from ((f"table {table} {name}", inner) for name, inner in content(item))


def buckets(cloud: LocalCloud) -> Iterator[Place]:
    s3 = cloud.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        for version in s3.list_object_versions(Bucket=name).get("Versions", []):
            if version["Key"].endswith(".zip"):
                continue  # what is deployed, made before there was a customer
            chosen = {} if version["VersionId"] == "null" else {"VersionId": version["VersionId"]}
            stored = s3.get_object(Bucket=name, Key=version["Key"], **chosen)
            yield f"bucket {name} {version['Key']}", stored["Body"].read() + json.dumps(stored["Metadata"]).encode()


def queues(cloud: LocalCloud) -> Iterator[Place]:
    sqs = cloud.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        for _ in range(20):
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=20)
            if "Messages" not in messages:
                break
            yield from ((f"queue {url}", message["Body"].encode()) for message in messages["Messages"])


def logs(cloud: LocalCloud) -> Iterator[Place]:
    client = cloud.client("logs")
    pages = client.get_paginator("describe_log_groups").paginate()  # 50 a page, and there are more functions
    for group in (group for page in pages for group in page["logGroups"]):
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            lines = "\n".join(event["message"] for event in page["events"])
            yield f"logs {group['logGroupName']}", lines.encode()
