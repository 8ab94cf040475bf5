"""The queue of lists to look at: one message a distribution point."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from registrar.domain.distribution_points import Point


@dataclass(frozen=True, slots=True)
class WatchQueue:
    """A message twice does no harm: the second finds nothing changed."""

    client: Any
    queue_url: str

    def put(self, points: Iterable[Point]) -> None:
        """Have these lists looked at. One by one: the local cloud checks a batch against another permission."""
        for point in points:
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps({"point": asdict(point)}))
