"""The expiry run on the local cloud: start it, wait for its shards, delete the record of today's run."""

import time

from tools.cloud.local_cloud import LocalCloud


def run(cloud: LocalCloud) -> None:
    """Run it, and wait until every shard is finished."""
    cloud.invoke("FlagExpiringFunction", {})
    wait(cloud)


def wait(cloud: LocalCloud, *, seconds: float = 60) -> None:
    """Wait until the started run is finished. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if "Item" in _read(cloud, "run:flag_expiring"):
            return
        time.sleep(0.1)
    raise TimeoutError("the expiry run did not finish")


def forget(cloud: LocalCloud) -> None:
    """Reset to the first day, so that a run finds what is due today."""
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
