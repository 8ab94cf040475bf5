"""Channels: how a notice reaches a customer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self

from registrar.domain.access.customer import Customer
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.reasons.errors import ChannelMisconfigured


class ChannelName(StrEnum):
    """The channels that a customer's row may list. AlimTalk needs a Korean message provider."""

    SMS = "sms"
    ALIMTALK = "alimtalk"
    PUSH = "push"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at `at`. `notice_id` lets the app or a provider drop a repeat; what is sent at once has none."""

    notice: NoticeText
    at: datetime
    notice_id: str | None = None


class Channel(Protocol):
    """What sends by one channel."""

    def send(self, address: str, message: Message) -> int:
        """Send once, and return how many parts of text messages that took.

        Raises ChannelRefused or ChannelThrottled where the message was certainly not sent, or what AWS raises;
        any other error means that it may be on its way.
        """


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a notice goes: `channels` as the customer's row lists them, the preferred one first, and the addresses.

    `phone` is E.164, `push_endpoint` the ARN of the phone at SNS.
    """

    phone: str
    channels: tuple[str, ...] = (ChannelName.SMS,)
    mail: str | None = None
    push_endpoint: str | None = None

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """The customer by their channels."""
        return cls(customer.phone, customer.channels, customer.mail, customer.push_endpoint)

    def address(self, channel: ChannelName) -> str | None:
        """The address for `channel`; None where the bank has none."""
        addresses = {
            ChannelName.SMS: self.phone,
            ChannelName.ALIMTALK: self.phone,
            ChannelName.PUSH: self.push_endpoint,
            ChannelName.MAIL: self.mail,
        }
        return addresses[channel] or None


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel that took a notice, and what is wrong with those of the customer's row that were not tried.

    `parts` are those of the text message; a push message or a mail has none.
    """

    channel: ChannelName
    faults: tuple[ChannelMisconfigured, ...]
    parts: int = 0
