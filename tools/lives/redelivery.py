"""Deliveries as AWS allows them: later, twice, and in another order, with the real messages and records."""

import base64
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from registrar.aws.tables.changes import events_in
from tools.cloud.local_cloud import InvocationError, LocalCloud

QUEUES = ("ValidationQueue", "QuestionsQueue", "NoticeQueue", "AuditQueue", "LossQueue")
LONGEST_HOLD = 30
"""Seconds for which a queue is held at most until a message comes, or records are waited for."""
KEPT = 200
"""Messages of each queue that are kept to be sent again much later."""
AGAIN = 4
"""Kept messages, or records, that are delivered again at a time."""


@dataclass
class Redelivery:
    """Holds a queue's messages back, and delivers each twice in another order, with some of long ago."""

    cloud: LocalCloud
    rng: random.Random
    kept: dict[str, list[str]] = field(default_factory=dict)

    def of_queue(self, name: str, seconds: float) -> int:
        """Hold back what arrives in so many seconds; if nothing ever did, wait for a message. Returns how many
        deliveries were repeats."""
        mapping = self._mapping(name)
        self._enable(mapping, on=False)
        try:
            bodies = self._taken(name, seconds)
            old = self.kept.setdefault(name, [])
            again = self.rng.sample(old, min(AGAIN, len(old)))
            sent = bodies * 2 + again
            self.rng.shuffle(sent)
            sqs = self.cloud.client("sqs")
            for body in sent:
                sqs.send_message(QueueUrl=self.cloud.physical(name), MessageBody=body)
            self.kept[name] = (old + bodies)[-KEPT:]
        finally:
            self._enable(mapping, on=True)
        return len(bodies) + len(again)

    def of_stream(self) -> int:
        """Give the publisher records of events again, in another order. Returns how many: none where there are none
        yet, or the publisher failed."""
        records = [record for record in self._records() if events_in(record)]
        chosen = self.rng.sample(records, min(AGAIN, len(records)))
        if chosen:
            try:
                self.cloud.invoke("PublishEventsFunction", {"Records": chosen})
            except (InvocationError, ClientError):
                return 0  # it was killed: Lambda would repeat it
        return len(chosen)

    def _taken(self, name: str, seconds: float) -> list[str]:
        sqs = self.cloud.client("sqs")
        queue = self.cloud.physical(name)
        bodies: list[str] = []
        began = time.monotonic()
        while (held := time.monotonic() - began) < seconds or (
            held < LONGEST_HOLD and not bodies and not self.kept.get(name)
        ):
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            time.sleep(0.1)
        return bodies

    def _mapping(self, name: str) -> str:
        queue = self.cloud.physical(name).rpartition("/")[2]
        mappings = self.cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        (found,) = [each["UUID"] for each in mappings if each["EventSourceArn"].endswith(f":{queue}")]
        return str(found)

    def _enable(self, mapping: str, *, on: bool) -> None:
        self.cloud.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=on)

    def _records(self) -> list[dict[str, Any]]:
        """The stream's records of registrations, as Lambda hands them to a function."""
        streams = self.cloud.client("dynamodbstreams")
        dynamodb = self.cloud.client("dynamodb")
        table = dynamodb.describe_table(TableName=self.cloud.physical("RegistrationsTable"))["Table"]
        arn = table["LatestStreamArn"]
        found = []
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator)
                found += page["Records"]
                iterator = page.get("NextShardIterator") if page["Records"] else None
        return [
            {**plain(record), "eventSourceARN": arn}
            for record in found
            if record["dynamodb"]["Keys"]["sk"]["S"].startswith("REG#")
        ]


def plain(value: Any) -> Any:
    """A record as JSON: boto3 made times and bytes of what Lambda passes as seconds and base64."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | set):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return int(value.timestamp())
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
