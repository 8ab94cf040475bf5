"""The expiry run on the local cloud: begin it, wait for its shards, make it forget that it ran today."""

import time

from tools.cloud.local_cloud import LocalCloud


def run(cloud: LocalCloud) -> None:
    """A whole run, until every shard is done."""
    cloud.invoke("FlagExpiringFunction", {})
    wait(cloud)


def wait(cloud: LocalCloud, *, seconds: float = 60) -> None:
    """Wait until the run that began is finished. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if "Item" in _read(cloud, "run:flag_expiring"):
            return
        time.sleep(0.1)
    raise TimeoutError("the expiry run did not finish")


def wait_for_notices(cloud: LocalCloud, *, seconds: float = 120) -> None:
    """Wait until the notice queue is empty and nobody is at work on it. Raises TimeoutError."""
    sqs = cloud.client("sqs")
    queue = cloud.physical("NoticeQueue")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        if all(counts[name] == "0" for name in names):
            return
        time.sleep(0.1)
    raise TimeoutError("the notice queue did not empty")


def forget(cloud: LocalCloud) -> None:
    """As on the first day: a run finds what is due today."""
    dynamodb = cloud.client("dynamodb")
    table = cloud.physical("NoticesTable")
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    for item in (item for page in pages for item in page["Items"]):
        if item["id"]["S"].startswith("run:"):
            dynamodb.delete_item(TableName=table, Key={"id": item["id"]})


def _read(cloud: LocalCloud, row: str) -> dict[str, object]:
    key = {"id": {"S": row}}
    answer: dict[str, object] = cloud.client("dynamodb").get_item(TableName=cloud.physical("NoticesTable"), Key=key)
    return answer
