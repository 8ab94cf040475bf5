"""A queue that our functions write to: its messages are JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from registrar.domain.errors import StoreError

_MOST_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages to it arrive at least once."""

    client: Any
    url: str

    def send(self, messages: Iterable[Mapping[str, Any]]) -> int:
        """Send all; returns how many. Raises StoreError where SQS did not take one: send all again then."""
        count, rest = 0, iter(messages)
        while some := list(islice(rest, _MOST_AT_ONCE)):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps(message, ensure_ascii=False)}
                for number, message in enumerate(some)
            ]
            answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
            if failed := answer.get("Failed"):
                raise StoreError(f"SQS did not take {len(failed)} messages: {failed[0]['Code']}")
            count += len(entries)
        return count

    def put_off(self, receipt_handle: str, wait: timedelta) -> None:
        """Hide a received message for `wait`, at most 12 hours from when it was received."""
        self.client.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=receipt_handle, VisibilityTimeout=int(wait.total_seconds())
        )
