"""A queue that our functions write to: its messages are JSON.

Not in batches: IAM knows one action for both, the local cloud asks for one of its own for a batch.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages to it arrive at least once."""

    client: Any
    url: str

    def send(self, messages: Iterable[Mapping[str, Any]]) -> int:
        """Send all, one by one; returns how many. Killed in between, the caller sends all again."""
        count = 0
        for message in messages:
            self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(message, ensure_ascii=False))
            count += 1
        return count

    def try_send(self, message: Mapping[str, Any]) -> bool:
        """Send a message that may be lost: whether SQS took it."""
        try:
            self.send([message])
        except (BotoCoreError, ClientError):
            return False
        return True

    @property
    def name(self) -> str:
        """Its name, with which its address and its ARN end."""
        return self.url.rpartition("/")[2]

    def postpone(self, receipt_handle: str, wait: timedelta) -> None:
        """Hide a received message for `wait`, at most 12 hours from when it was received.

        Rounded up: a message that comes back a moment too early is received over and over until its time comes.
        """
        self.client.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=receipt_handle, VisibilityTimeout=math.ceil(wait.total_seconds())
        )

    def send_later(self, body: str, wait: timedelta, attributes: Mapping[str, str]) -> None:
        """Send a body that arrives after `wait`, at most 15 minutes, with these attributes."""
        named = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        seconds = math.ceil(wait.total_seconds())
        self.client.send_message(QueueUrl=self.url, MessageBody=body, DelaySeconds=seconds, MessageAttributes=named)
