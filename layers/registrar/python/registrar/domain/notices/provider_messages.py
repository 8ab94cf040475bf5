"""Requests to a Korean message provider, or to the bank's relay before it, as docs/messages.md describes them."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from registrar.domain.notices.channels import ChannelName, Message
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.notices.text_messages import TextKind, for_carriers, text_kind

_LOOPBACK = ("127.0.0.1", "localhost")
_URL = re.compile(r"[a-z]+://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?")
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
"""Letters only: a provider that quotes the message in its error cannot put a one-time code into our logs."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The key that signs requests, and the id by which the provider knows it. Raises ValueError for others."""

    key_id: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        # The id stands in a header, where a line break would add another.
        if not _KEY_ID.fullmatch(self.key_id) or not self.secret:
            raise ValueError("a key id has 1 to 64 letters, digits, '.', '_' and '-', and a secret is not empty")


@dataclass(frozen=True, slots=True)
class ProviderAddress:
    """Where messages are posted. `secure` is TLS."""

    host: str
    port: int
    path: str
    secure: bool

    @classmethod
    def of(cls, url: str) -> Self:
        """The address of a parameter. Raises ValueError unless it is HTTPS, or a server of this very machine."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        if not (secure or (parts.scheme == "http" and host in _LOOPBACK)):
            raise ValueError("the provider's URL is not HTTPS")
        # A user would be dropped silently, and a space or a letter beyond ASCII would break the request line.
        if not _URL.fullmatch(url) or not host:
            raise ValueError("the provider's URL for HTTPS is not a host, a port and a path alone")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(host, parts.port or (443 if secure else 80), path, secure)


def text_body(phone: str, sender: str, notice: NoticeText) -> bytes:
    """A text message: SMS, or LMS with its subject where it is too long."""
    return _json({"to": phone, "from": sender, **_text_message(notice)})


def alimtalk_body(phone: str, sender: str, notice: NoticeText) -> bytes:
    """A message by its template, and the text message that replaces it where KakaoTalk does not deliver it."""
    made = {"type": ChannelName.ALIMTALK, "template": notice.template, "variables": dict(notice.values)}
    return _json({"to": phone, "from": sender, **made, "text": notice.text, "fallback": _text_message(notice)})


def idempotency_key(message: Message, channel: ChannelName) -> str | None:
    """The same for every try of a notice by a channel; it reveals no customer. None for what is sent at once."""
    if message.notice_id is None:
        return None
    return hashlib.sha256(f"{message.notice_id}\n{channel}".encode()).hexdigest()


def authorization(credentials: Credentials, path: str, key: str, body: bytes, at: datetime, nonce: str) -> str:
    """The header that signs a request: its path, time, nonce, idempotency key and body."""
    timestamp = str(int(at.timestamp()))
    signed = "\n".join(("POST", path, timestamp, nonce, key, hashlib.sha256(body).hexdigest()))
    signature = hmac.new(credentials.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 key={credentials.key_id}, timestamp={timestamp}, nonce={nonce}, signature={signature}"


def refusal_code(body: bytes) -> str:
    """The provider's code of a refusal, for the log; nothing where it may contain part of a message."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # the second: brackets nested by the thousand
        return ""
    code = document.get("code") if isinstance(document, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _text_message(notice: NoticeText) -> dict[str, str]:
    kind = text_kind(notice.short)
    subject = {"subject": for_carriers(notice.title)} if kind is TextKind.LMS else {}
    return {"type": kind, **subject, "text": notice.short}


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
