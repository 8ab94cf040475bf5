"""Sending a notice within the request: one-time codes, and changes that must not happen without their notice.

notices.send(Kind.PASSKEY_ADDED, customer.language, customer.phone, now, detail=name)
credentials.change(...)                            # only after the provider took the text message

All other notices go through the notice queue (send_notice): they wait for the morning, and are sent once.
"""

from dataclasses import dataclass
from datetime import datetime

from registrar.aws.queues.sender import Sender
from registrar.domain.bank import Bank
from registrar.domain.notices.channels import Message, Recipient
from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.rendering import notice_text
from registrar.domain.notices.texts import TEXTS


@dataclass(frozen=True, slots=True)
class NoticesAtOnce:
    """The sender of text messages. They have no notice id: a repeat after a crash is possible."""

    sender: Sender
    bank: Bank

    def send(self, kind: Kind, language: str, phone: str, now: datetime, **params: object) -> None:
        """Send a text message to `phone` (E.164), whatever channels the customer prefers.

        Raises NotDelivered where the provider refuses, otherwise what the channel raises.
        """
        if TEXTS[kind].sending is not Sending.AT_ONCE:
            raise ValueError(f"{kind} goes through the notice queue")
        self.sender.send(Recipient(phone), Message(notice_text(kind, language, params, now, self.bank), now))
