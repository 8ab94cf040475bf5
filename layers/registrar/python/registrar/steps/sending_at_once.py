"""Sending a notice within the request: one-time codes, and changes that must not happen without their notice.

notices.send(Kind.PASSKEY_ADDED, customer.language, customer.phone, now, detail=name, changed_at=now)
credentials.change(...)                                    # only after SNS took the text message

All other notices go through the notice queue (send_notice): they wait for the morning, and are sent once.
"""

from dataclasses import dataclass
from datetime import datetime

from registrar.aws.queues.sender import Sender
from registrar.domain.notices.channels import Message, Recipient
from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.rendering import notice_text
from registrar.domain.notices.texts import TEXTS


@dataclass(frozen=True, slots=True)
class NoticesAtOnce:
    """The sender of text messages. SNS takes no idempotency key: a repeat after a crash is possible."""

    sender: Sender

    def send(self, kind: Kind, language: str, phone: str, now: datetime, **params: object) -> None:
        """Send a text message to `phone` (E.164), whatever channels the customer prefers.

        Raises NotDelivered where SNS refuses, otherwise what boto3 raises.
        """
        if TEXTS[kind].sending is not Sending.AT_ONCE:
            raise ValueError(f"{kind} goes through the notice queue")
        self.sender.send(Recipient(phone), Message(notice_text(kind, language, params, now)))
