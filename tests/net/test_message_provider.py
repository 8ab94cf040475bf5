"""Sending through a message provider: a real server that throttles, fails, resets, answers late, or not at all."""

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from registrar.domain.notices.channels import ChannelName, Message, Recipient
from registrar.domain.notices.provider_messages import Credentials, ProviderAddress
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled, DeliveryUnknown, NotDelivered
from registrar.net.message_provider import AlimTalks, MessageProvider, ProviderTexts
from tests.support.builders import NOW
from tests.support.message_provider import FakeProvider, Fault, serving, tls_contexts

pytestmark = pytest.mark.loopback
PHONE = "+821012345678"
SMS = "[전북은행] 인증번호 123456(로그인). 3분 내 입력, 타인에게 알려주지 마십시오"
NOTICE = NoticeText("인증서 등록 안내", SMS, "홍*동 고객님, 등록되었습니다.", "registered_ko", {"name": "홍*동"})
QUEUED = Message(NOTICE, NOW, "event:1")
AT_ONCE = Message(NOTICE, NOW)
LONG = replace(NOTICE, short="가" * 46)


class Secrets:
    """The secret: what a function has read, and what is stored by now."""

    def __init__(self) -> None:
        self.read = Credentials("bank-1", "first secret")
        self.stored = self.read
        self.refusals = 0

    def current(self, at: datetime) -> Credentials:
        return self.read

    def after_refusal(self, refused: Credentials, at: datetime) -> Credentials | None:
        self.refusals += 1
        self.read = self.stored
        return None if self.read == refused else self.read


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with serving() as provider:
        yield provider


def provider_of(
    fake: FakeProvider,
    *,
    tries: int = 1,
    seconds: float = 5,
    secret: Secrets | None = None,
    tls: ssl.SSLContext | None = None,
) -> MessageProvider:
    return MessageProvider(ProviderAddress.of(fake.url), secret or Secrets(), "15880000", seconds, tries, tls)


def test_an_sms_is_posted_signed_and_once(fake: FakeProvider) -> None:
    assert ProviderTexts(provider_of(fake)).send(PHONE, QUEUED) == 1
    assert fake.delivered == [{"to": PHONE, "from": "15880000", "type": "sms", "text": SMS}]
    (headers,) = fake.requests
    assert headers["idempotency-key"] == hashlib.sha256(b"event:1\nsms").hexdigest()
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert f"timestamp={int(NOW.timestamp())}" in headers["authorization"]


def test_a_longer_text_is_an_lms_with_a_subject(fake: FakeProvider) -> None:
    ProviderTexts(provider_of(fake)).send(PHONE, Message(LONG, NOW))
    assert fake.delivered == [
        {"to": PHONE, "from": "15880000", "type": "lms", "subject": "인증서 등록 안내", "text": "가" * 46}
    ]


def test_alimtalk_names_its_template_and_what_replaces_it(fake: FakeProvider) -> None:
    assert AlimTalks(provider_of(fake)).send(PHONE, QUEUED) == 1
    assert fake.delivered == [
        {
            "to": PHONE,
            "from": "15880000",
            "type": "alimtalk",
            "template": "registered_ko",
            "variables": {"name": "홍*동"},
            "text": "홍*동 고객님, 등록되었습니다.",
            "fallback": {"type": "sms", "text": SMS},
        }
    ]


@pytest.mark.parametrize(("fault", "why"), [(Fault.TOO_MANY, "HTTP 429 TOO_FAST"), (Fault.DOWN, "HTTP 503")])
def test_a_provider_that_is_busy_or_down_takes_it_later(fake: FakeProvider, fault: Fault, why: str) -> None:
    fake.faults = [fault]
    with pytest.raises(ChannelThrottled, match=f"^{why}$"):
        ProviderTexts(provider_of(fake, tries=2)).send(PHONE, QUEUED)
    assert (len(fake.requests), fake.delivered) == (1, [])


def test_no_connection_means_later_too() -> None:
    with serving() as gone:
        pass
    with pytest.raises(ChannelThrottled, match=r"^no connection \(no address takes a connection\)$"):
        ProviderTexts(provider_of(gone)).send(PHONE, QUEUED)


@pytest.mark.parametrize(
    "fault", [Fault.FAILS, Fault.FAILS_AFTER_TAKING, Fault.RESETS, Fault.HANGS_AFTER_TAKING], ids=lambda f: f.name
)
def test_an_unknown_outcome_is_no_refusal(fake: FakeProvider, fault: Fault) -> None:
    fake.faults = [fault]
    seconds = 0.5 if fault is Fault.HANGS_AFTER_TAKING else 5
    with pytest.raises(DeliveryUnknown):
        ProviderTexts(provider_of(fake, seconds=seconds)).send(PHONE, QUEUED)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "fault", [Fault.FAILS, Fault.FAILS_AFTER_TAKING, Fault.RESETS, Fault.HANGS_AFTER_TAKING], ids=lambda f: f.name
)
def test_what_a_request_waits_for_is_tried_twice_and_arrives_once(fake: FakeProvider, fault: Fault) -> None:
    fake.faults = [fault]
    seconds = 0.5 if fault is Fault.HANGS_AFTER_TAKING else 5
    assert ProviderTexts(provider_of(fake, tries=2, seconds=seconds)).send(PHONE, AT_ONCE) == 1
    assert len(fake.delivered) == 1
    assert len({each["idempotency-key"] for each in fake.requests}) == 1
    assert len({each["authorization"] for each in fake.requests}) == 2, "each try has a nonce of its own"


def test_without_idempotency_keys_at_most_two_arrive(fake: FakeProvider) -> None:
    fake.remembers_keys = False
    fake.faults = [Fault.FAILS_AFTER_TAKING, Fault.FAILS_AFTER_TAKING]
    with pytest.raises(DeliveryUnknown):
        ProviderTexts(provider_of(fake, tries=2)).send(PHONE, AT_ONCE)
    assert len(fake.delivered) == 2


def test_the_next_try_of_a_notice_has_the_same_key_and_is_not_delivered_again(fake: FakeProvider) -> None:
    fake.faults = [Fault.FAILS_AFTER_TAKING]
    texts = ProviderTexts(provider_of(fake))
    with pytest.raises(DeliveryUnknown):
        texts.send(PHONE, QUEUED)
    assert texts.send(PHONE, QUEUED) == 1
    assert len(fake.delivered) == 1


def test_two_codes_have_two_keys(fake: FakeProvider) -> None:
    texts = ProviderTexts(provider_of(fake))
    texts.send(PHONE, AT_ONCE)
    texts.send(PHONE, AT_ONCE)
    assert len(fake.delivered) == 2


def test_the_text_message_after_a_refused_alimtalk_has_a_key_of_its_own(fake: FakeProvider) -> None:
    fake.faults = [Fault.NO_TEMPLATE]
    provider = provider_of(fake)
    with pytest.raises(ChannelRefused, match=r"^HTTP 422 TEMPLATE_UNKNOWN$"):
        AlimTalks(provider).send(PHONE, QUEUED)
    ProviderTexts(provider).send(PHONE, QUEUED)
    assert [each["type"] for each in fake.delivered] == ["sms"]
    assert len({each["idempotency-key"] for each in fake.requests}) == 2


@pytest.mark.parametrize("fault", [Fault.REFUSES, Fault.FAILS, Fault.TOO_MANY])
def test_an_error_quotes_nothing_of_the_message(fake: FakeProvider, fault: Fault) -> None:
    fake.faults = [fault]
    with pytest.raises((NotDelivered, DeliveryUnknown)) as failed:
        ProviderTexts(provider_of(fake)).send(PHONE, AT_ONCE)
    told = f"{failed.value!r} {failed.value.__cause__!r}"
    assert not [each for each in ("123456", PHONE, "1012345678", "first secret") if each in told]


def test_a_changed_secret_counts_at_once(fake: FakeProvider) -> None:
    secret = Secrets()
    fake.secrets = {"bank-2": "second secret"}
    secret.stored = Credentials("bank-2", "second secret")
    texts = ProviderTexts(provider_of(fake, secret=secret))
    texts.send(PHONE, QUEUED)
    texts.send(PHONE, Message(NOTICE, NOW, "event:2"))
    assert (len(fake.delivered), secret.refusals) == (2, 1)


def test_a_wrong_secret_is_a_refusal_after_one_look(fake: FakeProvider) -> None:
    fake.secrets = {}
    secret = Secrets()
    with pytest.raises(ChannelRefused, match=r"^HTTP 401 SIGNATURE_INVALID$"):
        ProviderTexts(provider_of(fake, secret=secret, tries=2)).send(PHONE, QUEUED)
    assert (len(fake.requests), secret.refusals) == (1, 1)


def test_a_changed_body_has_another_signature(fake: FakeProvider) -> None:
    ProviderTexts(provider_of(fake)).send(PHONE, QUEUED)
    headers = fake.requests[0]
    assert not fake.is_signed("/v1/messages", headers, b"{}"), "another body, and a nonce that was seen"


def test_over_tls_the_certificate_is_checked(tmp_path: Path) -> None:
    server, client = tls_contexts(tmp_path)
    with serving(server) as fake:
        assert fake.url.startswith("https://")
        ProviderTexts(provider_of(fake, tls=client)).send(PHONE, QUEUED)
        with pytest.raises(
            ChannelThrottled, match=r"^no connection \(the certificate of the server is not accepted\)$"
        ):
            ProviderTexts(provider_of(fake, tls=ssl.create_default_context())).send(PHONE, QUEUED)
        assert len(fake.delivered) == 1


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    server, client = tls_contexts(tmp_path, name="127.0.0.2")
    with serving(server) as fake:
        with pytest.raises(ChannelThrottled, match=r"\(the certificate of the server is not accepted\)$"):
            ProviderTexts(provider_of(fake, tls=client)).send(PHONE, QUEUED)
        assert fake.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://provider.example/v1",
        "http://10.0.0.1/v1",
        "http://localhost.example/v1",
        "ftp://provider.example",
        "https://user:secret@provider.example/",  # pragma: allowlist secret
        "https://:secret@provider.example/",  # pragma: allowlist secret
        "https://@provider.example/",
        "https://provider.example/v1 HTTP/1.1",
        "https://provider.example/v1\r\nX: y",
        "https://provider.example/은행",
        "https://은행.example/",
        "https://provider.example:port/",
        "https://provider.example?x=y",
        "provider.example",
        "",
    ],
)
def test_an_address_without_tls_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="HTTPS"):
        ProviderAddress.of(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://p.example", ProviderAddress("p.example", 443, "/", secure=True)),
        ("https://p.example:8443/v1/messages", ProviderAddress("p.example", 8443, "/v1/messages", secure=True)),
        ("http://127.0.0.1:8080/v1", ProviderAddress("127.0.0.1", 8080, "/v1", secure=False)),
    ],
)
def test_an_address_is_read(url: str, address: ProviderAddress) -> None:
    assert ProviderAddress.of(url) == address


def test_alimtalk_goes_to_the_phone() -> None:
    assert Recipient(PHONE).address(ChannelName.ALIMTALK) == PHONE
