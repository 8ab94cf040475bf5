"""SNS: a text message to one phone."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TextMessages:
    """Direct SMS. SNS takes no idempotency key: a repeat after a crash is possible (see notices.py)."""

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
