"""Channels: how a notice reaches a customer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from registrar.domain.access.customer import Customer
from registrar.domain.reasons.errors import ChannelMisconfigured
from registrar.domain.reasons.wording import Wording


class ChannelName(StrEnum):
    """The channels that a customer's row may list."""

    SMS = "sms"
    PUSH = "push"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `notice_id` lets the app drop a repeat; a notice that is sent at once has none."""

    wording: Wording
    notice_id: str | None = None


class Channel(Protocol):
    """What sends by one channel."""

    def send(self, address: str, message: Message) -> int:
        """Send once, and return how many parts of text messages that took.

        Raises what AWS raises: a refusal, or an error after which the message may be on its way.
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
