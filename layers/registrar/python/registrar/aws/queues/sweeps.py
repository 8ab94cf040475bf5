"""Messages to the validator's own queue, delayed past a deadline: delete remaining files of an upload."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from registrar.domain.registrations.upload import PASSWORD_DEADLINE, UPLOAD_LIFE

# SQS delays a message for at most 15 minutes; both deadlines are ten.
DELAY = max(PASSWORD_DEADLINE, UPLOAD_LIFE) + timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Sweeps:
    """The validation queue, as its own function writes to it."""

    client: Any
    queue_url: str

    def schedule(self, upload_id: str) -> None:
        """Have the upload's remaining files deleted after its deadline. A second message is harmless."""
        body = json.dumps({"sweep": upload_id})
        self.client.send_message(QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=int(DELAY.total_seconds()))
