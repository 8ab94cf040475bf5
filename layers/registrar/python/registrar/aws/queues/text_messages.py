"""SNS: a text message to a phone number, now: one-time codes, and notices of changes that wait for them.

Other notices go through a queue, by the channels a customer prefers (messages.py).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TextMessages:
    """Direct SMS. SNS takes no idempotency key: a repeat after a crash is possible."""

    client: Any

    def send(self, phone: str, message: str) -> None:
        """Send `message` to `phone` (E.164) as a transactional message. Raises what SNS raises."""
        self.client.publish(
            PhoneNumber=phone,
            Message=message,
            MessageAttributes={
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            },
        )
