"""The queue of questions to issuers: was the certificate of this upload revoked?"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Questions:
    """A question put twice does no harm: asking has no effect, and the first answer decides."""

    client: Any
    queue_url: str

    def put(self, upload_id: str) -> None:
        self.client.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps({"upload_id": upload_id}))
