"""Readers of what a server sends, on a connection whose other end is hostile: HTTP, LDAP, a message provider."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from registrar.domain.asn1.ber import der_value
from registrar.domain.notices.channels import Message
from registrar.domain.notices.provider_messages import Credentials, ProviderAddress
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled, DeliveryUnknown, IssuerUnreachable
from registrar.domain.revocation.addresses import HttpAddress, LdapAddress
from registrar.net import http, ldap, message_provider
from registrar.net.limits import Limits
from registrar.net.message_provider import MessageProvider, ProviderTexts
from registrar.net.stream import Stream
from tests.support.builders import NOW
from tools.fuzz.target import Target, Targets

_MOST_BYTES = 60_000
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Time stands still: how long a server may take is tested with real connections (tests/net).
_LIMITS = Limits(1.0, _MOST_BYTES, clock=lambda: 0.0)


class _Connection:
    """The part of a socket that is used: it sends what was given, in pieces of an odd size."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def settimeout(self, _seconds: float) -> None:
        """As a socket's."""

    def sendall(self, _message: bytes) -> None:
        """As a socket's."""

    def recv(self, most: int) -> bytes:
        """The next piece."""
        piece = self._content[self._at : self._at + min(most, 4099)]
        self._at += len(piece)
        return piece


class _OneSecret:
    """The credentials of a provider, which stay the same."""

    def current(self, _at: datetime) -> Credentials:
        """As MessageSecret."""
        return Credentials("bank-1", "secret")

    def after_refusal(self, _refused: Credentials, _at: datetime) -> None:
        """As MessageSecret."""


def _sent(content: bytes) -> Callable[..., object]:
    """Stands in for `connected`: whoever connects is sent `content`."""

    @contextmanager
    def connected(_host: str, _port: int, limits: Limits, _tls: object = None) -> Iterator[Stream]:
        yield Stream(cast("socket.socket", _Connection(content)), limits)

    return connected


def _http() -> Target:
    address = HttpAddress("crl.example", 80, "/crl")

    def read(content: bytes) -> None:
        cast("Any", http).connected = _sent(content)
        http.get(address, _LIMITS)

    seeds = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345",
        b"HTTP/1.0 200 OK\r\n\r\n12345",
        _CONTINUE + b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\nContent-Length: 0\n\n",
    ]
    return Target(read, seeds, (IssuerUnreachable,))


def _ldap() -> Target:
    address = LdapAddress("ds.example", 389, "cn=CA,o=CA,c=KR", "certificateRevocationList")

    def read(content: bytes) -> None:
        cast("Any", ldap).connected = _sent(content)
        ldap.search(address, _LIMITS)

    done = der_value(0x0A, b"\0") + der_value(0x04, b"") * 2
    bound = der_value(0x30, b"\x02\x01\x01" + der_value(0x61, done))
    end = der_value(0x30, b"\x02\x01\x02" + der_value(0x65, done))
    values = der_value(0x31, der_value(0x04, b"a list"))
    attribute = der_value(0x30, der_value(0x04, b"certificateRevocationList;binary") + values)
    entry = der_value(0x64, der_value(0x04, b"cn=CA,o=CA,c=KR") + der_value(0x30, attribute))
    found = der_value(0x30, b"\x02\x01\x02" + entry)
    return Target(read, [bound + found + end, bound + end, bound], (IssuerUnreachable,))


def _provider() -> Target:
    provider = MessageProvider(
        ProviderAddress.of("https://messages.example/v1"), cast("Any", _OneSecret()), "15880000", 1.0
    )
    texts = ProviderTexts(provider)
    message = Message(NoticeText("인증번호 안내", "인증번호 493027(로그인)"), NOW)

    def read(content: bytes) -> None:
        cast("Any", message_provider).connected = _sent(content)
        texts.send("+821012345678", message)

    seeds = [
        b"HTTP/1.1 202 Accepted\r\n\r\n",
        b'HTTP/1.1 422 No\r\nContent-Length: 20\r\n\r\n{"code": "NO_NUMBER"}',
        b"HTTP/1.1 429 Later\r\n\r\n",
        b"HTTP/1.1 500 Down\r\n\r\n",
    ]
    return Target(read, seeds, (ChannelRefused, ChannelThrottled, DeliveryUnknown))


NETWORK: Targets = {
    "HTTP response": _http,
    "LDAP response": _ldap,
    "message provider's response": _provider,
}
