"""Sends a notice to a customer, by the first of their channels that takes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from registrar.domain.notices.channels import Channel, ChannelName, Delivered, Message, Recipient
from registrar.domain.reasons.errors import ChannelMisconfigured, NotDelivered


@dataclass(frozen=True, slots=True)
class Sender:
    """The channels that a function can send by."""

    channels: Mapping[ChannelName, Channel]

    def send(self, recipient: Recipient, message: Message) -> Delivered:
        """Try the recipient's channels in their order, and a text message last where one of them is misconfigured.

        Raises NotDelivered where none took it. A call whose outcome is unknown (a timeout) raises what boto3
        raises: the message may be on its way.
        """
        ways, faults = self._ways(recipient)
        refusals = []
        for name, address in ways:
            try:
                self.channels[name].send(address, message)
            except ClientError as refused:
                refusals.append(f"{name}: {refused.response['Error']['Code']}")
                continue
            return Delivered(name, tuple(faults))
        raise NotDelivered("; ".join([*map(str, faults), *refusals]))

    def _ways(self, recipient: Recipient) -> tuple[list[tuple[ChannelName, str]], list[ChannelMisconfigured]]:
        """Channels to try, each with the recipient's address, and what is wrong with the others."""
        ways: list[tuple[ChannelName, str]] = []
        faults: list[ChannelMisconfigured] = []
        for wanted in dict.fromkeys((*recipient.channels, ChannelName.SMS)):
            if wanted not in recipient.channels and not faults:
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
