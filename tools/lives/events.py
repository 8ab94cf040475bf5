"""What the bank's other systems receive: every event of the bus, through a queue of the watcher's own."""

import json
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.cloud.local_cloud import LocalCloud

QUEUE = "lives-events"
OF_A_HOLD = ("HoldAdded", "HoldLifted")


@dataclass
class Tap:
    """All events so far, by id; `deliveries` counts each."""

    cloud: LocalCloud
    queue: str
    events: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    deliveries: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def on(cls, cloud: LocalCloud) -> "Tap":
        """Subscribe a new queue to the bus."""
        sqs = cloud.client("sqs")
        events = cloud.client("events")
        queue = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus = cloud.physical("RegistrationEvents")
        events.put_rule(Name=QUEUE, EventBusName=bus, EventPattern=json.dumps({"source": ["registrar"]}))
        events.put_targets(Rule=QUEUE, EventBusName=bus, Targets=[{"Id": "lives", "Arn": arn}])
        return cls(cloud, queue)

    def read(self) -> None:
        """Take what has arrived."""
        sqs = self.cloud.client("sqs")
        with self._lock:
            while messages := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    body = json.loads(message["Body"])
                    self.events[body["detail"]["id"]] = body["detail-type"], body["detail"]
                    self.deliveries[body["detail"]["id"]] += 1
                    sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])

    def of_registrations(self, customers: Collection[str]) -> dict[str, Counter[str]]:
        """These customers' registrations, and how often each kind of event happened to each, by the events' ids."""
        found: dict[str, Counter[str]] = {}
        with self._lock:
            for kind, detail in self.events.values():
                if detail["customer_id"] in customers and "request_id" not in detail:
                    found.setdefault(detail["registration_id"], Counter())[kind] += 1
        return found

    @property
    def repeated(self) -> int:
        """Events that were delivered more than once."""
        return sum(count > 1 for count in self.deliveries.values())
