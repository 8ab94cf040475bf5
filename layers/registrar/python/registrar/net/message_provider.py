"""Sends text messages and AlimTalk by HTTPS through a message provider, as docs/messages.md describes.

The status of a response decides: refused (another channel may do), later (too fast, or the provider is down), or
unknown, where the message may be on its way. No text, number, secret or response body enters an error.
"""

import secrets
import ssl
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from registrar.domain.notices.channels import ChannelName, Message
from registrar.domain.notices.provider_messages import (
    Credentials,
    ProviderAddress,
    alimtalk_body,
    authorization,
    idempotency_key,
    refusal_code,
    text_body,
)
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled, DeliveryUnknown, IssuerUnreachable
from registrar.net.http import content, final_status, request
from registrar.net.limits import Limits
from registrar.net.stream import Stream, connected

MOST_BYTES = 16 * 1024
"""Of a response, whose body only says more about a refusal."""
_KNOWN_KEY = 409
_CREDENTIALS = (401, 403)
_LATER = (429, 503)


class Secret(Protocol):
    """Where the credentials are kept."""

    def current(self, at: datetime) -> Credentials:
        """The credentials, read now or a while ago."""

    def after_refusal(self, refused: Credentials, at: datetime) -> Credentials | None:
        """The credentials, read now; None where they are those that were refused."""


@dataclass(frozen=True, slots=True)
class MessageProvider:
    """A provider at an address. `tries` of a message have the same key; each takes at most `seconds`, also where
    it reads the secret again."""

    address: ProviderAddress
    secret: Secret
    sender: str
    seconds: float
    tries: int = 1
    tls: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.monotonic

    def post(self, body: bytes, key: str, at: datetime) -> None:
        """Send once. Raises ChannelRefused, ChannelThrottled, or DeliveryUnknown after the last try."""
        for left in reversed(range(self.tries)):
            try:
                self._post_with_current_secret(body, key, at)
            except DeliveryUnknown:
                if not left:
                    raise
            else:
                return

    def _post_with_current_secret(self, body: bytes, key: str, at: datetime) -> None:
        credentials = self.secret.current(at)
        # The address is the bank's own parameter, which may name a relay in its network.
        limits = Limits(self.clock() + self.seconds, MOST_BYTES, private_allowed=True, clock=self.clock)
        status, code = self._exchange(credentials, body, key, at, limits)
        if status in _CREDENTIALS and (changed := self.secret.after_refusal(credentials, at)):
            status, code = self._exchange(changed, body, key, at, limits)
        if 200 <= status < 300 or status == _KNOWN_KEY:
            return
        why = f"HTTP {status} {code}".strip()
        if status in _LATER:
            raise ChannelThrottled(why)
        if 300 <= status < 500:
            raise ChannelRefused(why)
        raise DeliveryUnknown(why)

    def _exchange(
        self, credentials: Credentials, body: bytes, key: str, at: datetime, limits: Limits
    ) -> tuple[int, str]:
        """The status of the response, and the code of a refusal."""
        path = self.address.path
        headers = {
            "Host": self.address.host
            if self.address.port in (80, 443)
            else f"{self.address.host}:{self.address.port}",
            "Connection": "close",
            "Authorization": authorization(credentials, path, key, body, at, secrets.token_hex(16)),
            "Idempotency-Key": key,
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
        }
        with ExitStack() as opened:
            try:
                tls = self.tls if self.address.secure else None
                stream = opened.enter_context(connected(self.address.host, self.address.port, limits, tls))
            except IssuerUnreachable as error:
                raise ChannelThrottled(f"no connection ({error})") from error
            try:
                stream.send(request("POST", path, headers, body))
                status = int(final_status(stream))
            except IssuerUnreachable as error:
                raise DeliveryUnknown(str(error)) from error
            return status, _code(stream) if _says_why(status) else ""


@dataclass(frozen=True, slots=True)
class ProviderTexts:
    """Text messages: SMS or LMS, by their length."""

    provider: MessageProvider

    def send(self, address: str, message: Message) -> int:
        """Send once, and return 1: a provider counts messages, not parts."""
        body = text_body(address, self.provider.sender, message.notice)
        self.provider.post(body, _key(message, ChannelName.SMS), message.at)
        return 1


@dataclass(frozen=True, slots=True)
class AlimTalks:
    """AlimTalk: a message in KakaoTalk, by a template that the bank registered."""

    provider: MessageProvider

    def send(self, address: str, message: Message) -> int:
        """Send once, and return 1."""
        body = alimtalk_body(address, self.provider.sender, message.notice)
        self.provider.post(body, _key(message, ChannelName.ALIMTALK), message.at)
        return 1


def _key(message: Message, channel: ChannelName) -> str:
    return idempotency_key(message, channel) or secrets.token_hex(32)


def _says_why(status: int) -> bool:
    return 400 <= status < 500 and status != _KNOWN_KEY


def _code(stream: Stream) -> str:
    try:
        return refusal_code(content(stream))
    except IssuerUnreachable:
        return ""
