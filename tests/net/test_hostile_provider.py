"""A message provider that misbehaves: what is certainly not sent, what may be, and how long a send takes."""

import time
from datetime import datetime

import pytest

from registrar.domain.notices.channels import Message
from registrar.domain.notices.provider_messages import Credentials, ProviderAddress
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled, DeliveryUnknown
from registrar.net.message_provider import MessageProvider, ProviderTexts
from tests.support.builders import NOW
from tests.support.scripted_provider import ScriptedProvider, drips, says, scripted

pytestmark = pytest.mark.loopback
PHONE = "+821012345678"
CODE = "493027"
MESSAGE = Message(NoticeText("인증번호 안내", f"[전북은행] 인증번호 {CODE}(로그인)"), NOW)
FOUND = b"HTTP/1.1 202 Accepted\r\n\r\n"
QUOTED = f'{{"code": "{CODE}", "message": "인증번호 {CODE} to {PHONE}"}}'.encode()


class Changing:
    """A secret that was changed since a function read it."""

    def current(self, at: datetime) -> Credentials:
        return Credentials("bank-1", "first secret")

    def after_refusal(self, refused: Credentials, at: datetime) -> Credentials | None:
        return Credentials("bank-2", "second secret")


def texts_of(provider: ScriptedProvider, seconds: float = 5) -> ProviderTexts:
    return ProviderTexts(MessageProvider(ProviderAddress.of(provider.url), Changing(), "15880000", seconds))


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 304])
def test_a_redirect_is_not_followed_and_nothing_was_sent(status: int) -> None:
    moved = f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:1/steal\r\n\r\n".encode()
    with scripted(says(moved)) as provider, pytest.raises(ChannelRefused, match=f"^HTTP {status}$"):
        texts_of(provider).send(PHONE, MESSAGE)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/2 202\r\n\r\n",
        b"202 Accepted\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + FOUND,
        b"HTTP/1.1 202 " + b"x" * 100_000,
        b"HTTP/1.1 999 What\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x28",
    ],
)
def test_what_is_no_response_leaves_the_outcome_unknown(response: bytes) -> None:
    with scripted(says(response)) as provider, pytest.raises(DeliveryUnknown) as failed:
        texts_of(provider).send(PHONE, MESSAGE)
    assert "x" * 9 not in str(failed.value)


@pytest.mark.parametrize("start", [b"HTTP/1.1 ", b"HTTP/1.1 100 Continue\r\nX: "], ids=["status", "interim"])
def test_a_status_that_drips_ends_at_the_deadline(start: bytes) -> None:
    begun = time.monotonic()
    with scripted(drips(start, b"2")) as provider, pytest.raises(DeliveryUnknown, match="in time"):
        texts_of(provider, seconds=0.4).send(PHONE, MESSAGE)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("status", [200, 202, 409])
def test_a_message_that_was_taken_does_not_wait_for_a_body(status: int) -> None:
    taken = f"HTTP/1.1 {status} X\r\nContent-Length: 1000000000\r\n\r\n".encode()
    begun = time.monotonic()
    with scripted(drips(taken, b" ")) as provider:
        assert texts_of(provider, seconds=20).send(PHONE, MESSAGE) == 1
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 1000000000\r\n\r\n" + b" " * 200_000,
        b"\r\n" + b"x" * 200_000,
        b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n",
        b"Content-Length: %d\r\n\r\n" % len(QUOTED) + QUOTED,
        b'Content-Length: 30\r\n\r\n{"code": ["TEMPLATE_UNKNOWN"]}',
        b"\r\n[[[[" + b"[" * 15_000,
        b"\r\n\xff\xfe",
    ],
    ids=["huge", "endless", "chunk", "quotes the code", "no text", "deep", "no UTF-8"],
)
def test_a_refusal_stays_one_whatever_its_body_is_and_quotes_none_of_it(body: bytes) -> None:
    refuses = says(b"HTTP/1.1 422 Unprocessable\r\n" + body)
    with scripted(refuses) as provider, pytest.raises(ChannelRefused, match=r"^HTTP 422$") as failed:
        texts_of(provider).send(PHONE, MESSAGE)
    assert CODE not in f"{failed.value!r} {failed.value.__context__!r}"


def test_a_refusal_that_drips_and_a_new_secret_share_one_deadline() -> None:
    slow = drips(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 9000\r\n\r\n", b" ")
    begun = time.monotonic()
    late = r"^no connection \(no complete response in time\)$"
    with scripted(slow, slow) as provider, pytest.raises(ChannelThrottled, match=late):
        texts_of(provider, seconds=0.5).send(PHONE, MESSAGE)
    assert time.monotonic() - begun < 3
    assert len(provider.requests) == 1


def test_the_new_secret_signs_with_the_same_key_and_another_nonce() -> None:
    with scripted(says(b"HTTP/1.1 401 No\r\n\r\n"), says(FOUND)) as provider:
        assert texts_of(provider).send(PHONE, MESSAGE) == 1
    first, second = (each.decode().split("\r\n") for each in provider.requests)
    assert [each for each in first if each.startswith("Idempotency-Key")] == [
        each for each in second if each.startswith("Idempotency-Key")
    ]
    assert [each.partition("nonce=")[2][:32] for each in first] != [
        each.partition("nonce=")[2][:32] for each in second
    ]
    assert first[-1] == second[-1]
