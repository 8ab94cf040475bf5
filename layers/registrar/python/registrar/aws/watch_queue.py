"""The queue of lists to look at: one message a distribution point."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from registrar.domain.distribution_points import Point
from registrar.domain.errors import StoreError

# SQS takes as many in one call.
BATCH = 10


@dataclass(frozen=True, slots=True)
class WatchQueue:
    """A message twice does no harm: the second finds nothing changed."""

    client: Any
    queue_url: str

    def put(self, points: Sequence[Point]) -> None:
        """Have these lists looked at. Raises StoreError where the queue did not take all."""
        for first in range(0, len(points), BATCH):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps({"point": asdict(point)})}
                for number, point in enumerate(points[first : first + BATCH])
            ]
            answer = self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
            if answer.get("Failed"):
                raise StoreError(f"the queue refused {len(answer['Failed'])} messages")
