"""Sends a notice to a customer, by the first of their channels that takes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from registrar.domain.notices.channels import Channel, ChannelName, Delivered, Message, Recipient
from registrar.domain.reasons.errors import ChannelMisconfigured, ChannelRefused, ChannelThrottled, NotDelivered

THROTTLING = frozenset(
    {
        "KMSThrottling",
        "KMSThrottlingException",
        "LimitExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
"""Codes by which SNS, SES and what they call refuse one call too many; with any other code HTTP 429 means the same,
and 503 that they are down.

SES refuses with Throttling both what is too fast and what exceeds the day's quota. A text message beyond the
monthly spend limit is no error: SNS takes it and does not deliver it."""
_LATER = (429, 503)
_REFUSED = range(400, 500)


@dataclass(frozen=True, slots=True)
class Sender:
    """The channels that a function can send by."""

    channels: Mapping[ChannelName, Channel]

    def send(self, recipient: Recipient, message: Message) -> Delivered:
        """Try the recipient's channels in their order.

        A text message is the last of them where one is misconfigured, or is AlimTalk, which goes to the same phone.

        Raises NotDelivered where none took it, ChannelThrottled where one would take it later: the next channel is
        not tried then, since a rush of mails would become a rush of text messages. A call whose outcome is unknown
        (a timeout, a fault of the channel's own) raises what the channel raises: the message may be on its way.
        """
        ways, faults = self._ways(recipient)
        refusals = []
        for name, address in ways:
            try:
                parts = self.channels[name].send(address, message)
            except ClientError as refused:
                if _is_throttled(refused):
                    raise ChannelThrottled(f"{name}: {_reason(refused)}") from refused
                if _status(refused) not in _REFUSED:
                    raise
                refusals.append(f"{name}: {refused.response['Error']['Code']}")
                continue
            except ChannelThrottled as refused:
                raise ChannelThrottled(f"{name}: {refused}") from refused
            except ChannelRefused as refused:
                refusals.append(f"{name}: {refused}")
                continue
            return Delivered(name, tuple(faults), parts)
        raise NotDelivered("; ".join([*map(str, faults), *refusals]))

    def _ways(self, recipient: Recipient) -> tuple[list[tuple[ChannelName, str]], list[ChannelMisconfigured]]:
        """Channels to try, each with the recipient's address, and what is wrong with the others."""
        ways: list[tuple[ChannelName, str]] = []
        faults: list[ChannelMisconfigured] = []
        for wanted in dict.fromkeys((*recipient.channels, ChannelName.SMS)):
            chosen = wanted in recipient.channels or ChannelName.ALIMTALK in recipient.channels
            if not chosen and not faults:
                break  # text messages were not chosen, and nothing is wrong with what was
            try:
                ways.append(self._way(wanted, recipient))
            except ChannelMisconfigured as fault:
                faults.append(fault)
        return ways, faults

    def _way(self, wanted: str, recipient: Recipient) -> tuple[ChannelName, str]:
        if wanted not in frozenset(ChannelName):
            raise ChannelMisconfigured(wanted, "unknown channel")
        name = ChannelName(wanted)
        if name not in self.channels:
            raise ChannelMisconfigured(name, "this function cannot send by it")
        address = recipient.address(name)
        if address is None:
            raise ChannelMisconfigured(name, "no address")
        return name, address


def _is_throttled(refused: ClientError) -> bool:
    return refused.response["Error"]["Code"] in THROTTLING or _status(refused) in _LATER


def _status(refused: ClientError) -> int:
    """The HTTP status; 400 for an error that the client library made up without a response."""
    return int(refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))


def _reason(refused: ClientError) -> str:
    """The code and, of SES, which quota it was: its message contains no address."""
    error = refused.response["Error"]
    daily = "daily" in error.get("Message", "").lower()
    return f"{error['Code']} (daily quota)" if daily else error["Code"]
