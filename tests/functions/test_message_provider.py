"""Notices through a message provider over a socket: order of channels, fallback, what is unknown, and the logs."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.notices.notice import NOTICE_LEASE
from tests.support.account import Account, Killed
from tests.support.app import App, a_batch, assert_problem
from tests.support.message_provider import FakeProvider, Fault, serving
from tests.support.methods import Prover
from tests.support.notices import HIDDEN, delivered, mails, states, texts
from tests.support.rows import PHONE

pytestmark = pytest.mark.loopback
LOCKED = {
    "id": "login-locked:hong:1",
    "kind": "login_locked",
    "customer_id": "hong",
    "params": {"until_at": "2026-11-23T04:00:00Z"},
}
SMS = "[전북은행] 홍*동님 인증 오류로 11/23 13:00까지 로그인 제한. 본인 아니면 1588-0000 신고"
SECRETS = {"bank-1": "first secret"}


@pytest.fixture
def provider(account: Account) -> Iterator[FakeProvider]:
    with serving() as fake:
        secret = {"key_id": "bank-1", "secret": SECRETS["bank-1"]}
        stored = account.client("secretsmanager").create_secret(Name="provider", SecretString=json.dumps(secret))
        account.parameters = {
            **account.parameters,
            "MessageProvider": "http",
            "MessageProviderUrl": fake.url,
            "MessageProviderSecretArn": stored["ARN"],
        }
        yield fake


def enrolled(account: Account, *channels: str, **customer: Any) -> App:
    app = App(account)
    app.enrol(channels=channels or ("sms",), **customer)
    return app


def test_a_notice_is_an_sms_of_the_provider_and_not_of_sns(account: Account, provider: FakeProvider) -> None:
    enrolled(account)
    for _ in range(2):
        assert delivered(account, LOCKED) == []
    assert provider.delivered == [{"to": PHONE, "from": "15880000", "type": "sms", "text": SMS}]
    assert (texts(), states(account)) == ([], {LOCKED["id"]: "SENT"})
    (sent,) = [line for line in account.logged() if line["message"] == "notice.sent"]
    assert (sent["channel"], sent["sms_parts"]) == ("sms", 1)


def test_a_customer_who_chose_alimtalk_gets_the_registered_template(
    account: Account, provider: FakeProvider
) -> None:
    enrolled(account, "alimtalk")
    assert delivered(account, LOCKED) == []
    (message,) = provider.texts("alimtalk")
    assert message["template"] == "login_locked_ko"
    assert message["variables"]["until_at"] == "2026년 11월 23일 13:00"
    assert message["text"].startswith("홍*동 고객님, 인증 오류가 반복되어 2026년 11월 23일 13:00까지")
    assert message["fallback"] == {"type": "sms", "text": SMS}


@pytest.mark.parametrize("channels", [("alimtalk",), ("alimtalk", "sms"), ("push", "alimtalk", "sms")])
def test_a_refused_alimtalk_becomes_a_text_message(
    account: Account, provider: FakeProvider, channels: tuple[str, ...]
) -> None:
    enrolled(account, *channels)
    provider.faults = [Fault.NO_TEMPLATE]
    assert delivered(account, LOCKED) == []
    assert [each["type"] for each in provider.delivered] == ["sms"]
    assert states(account) == {LOCKED["id"]: "SENT"}


def test_a_refusal_leads_to_the_channel_that_the_row_names_next(account: Account, provider: FakeProvider) -> None:
    account.client("ses").verify_domain_identity(Domain="bank.example")
    enrolled(account, "sms", "mail", mail="hong@example.com")
    provider.faults = [Fault.REFUSES]
    assert delivered(account, LOCKED) == []
    assert (provider.delivered, len(mails())) == ([], 1)


def test_a_company_with_a_long_name_gets_an_lms_with_a_subject(account: Account, provider: FakeProvider) -> None:
    enrolled(account, name="주식회사 아주긴이름을가진전자부품제조판매", kind="corporate")
    assert delivered(account, LOCKED) == []
    (message,) = provider.texts("lms")
    assert message["subject"] == "로그인 제한 안내"
    assert "] 주식회사 아주긴이름을가진전자부품제조판매님 " in message["text"], "companies' names are public"


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.DOWN])
def test_a_busy_or_closed_provider_puts_a_notice_off(
    account: Account, provider: FakeProvider, fault: Fault
) -> None:
    enrolled(account, "alimtalk", "mail", mail="hong@example.com")
    provider.faults = [fault]
    calls = account.recorded(lambda: delivered(account, LOCKED))
    (copy,) = [call.params for call in calls if call.operation == "SendMessage"]
    assert json.loads(copy["MessageBody"]) == LOCKED
    assert (provider.delivered, mails()) == ([], [])
    account.pass_time(seconds=copy["DelaySeconds"])
    assert delivered(account, LOCKED) == []
    assert len(provider.delivered) == 1


@pytest.mark.parametrize("fault", [Fault.FAILS_AFTER_TAKING, Fault.RESETS, Fault.FAILS])
def test_after_an_unknown_outcome_the_notice_stays_claimed_and_arrives_once(
    account: Account, provider: FakeProvider, fault: Fault
) -> None:
    enrolled(account, "alimtalk", "sms")
    provider.faults = [fault]
    assert delivered(account, LOCKED) == [LOCKED["id"]]
    assert delivered(account, LOCKED) == [LOCKED["id"]], "claimed, so that nobody else sends it"
    assert len(provider.requests) == 1, "and no other channel was tried"
    account.pass_time(seconds=HIDDEN.total_seconds())
    assert delivered(account, LOCKED) == []
    assert [each["type"] for each in provider.delivered] == ["alimtalk"]
    assert HIDDEN > NOTICE_LEASE


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", [0, 1], ids=["claim", "SENT"])
def test_a_sender_killed_at_any_write_repeats_under_the_same_key(
    account: Account, provider: FakeProvider, write: int, *, after: bool
) -> None:
    enrolled(account, "alimtalk")
    with account.killed_at(write, after=after), pytest.raises(Killed):
        delivered(account, LOCKED)
    for _ in range(2):
        account.pass_time(seconds=HIDDEN.total_seconds())
        delivered(account, LOCKED)
    assert [each["type"] for each in provider.delivered] == ["alimtalk"]
    assert len(provider.requests) == (2 if (write, after) == (1, False) else 1)
    assert len({each["idempotency-key"] for each in provider.requests}) == 1
    assert states(account) == {LOCKED["id"]: "SENT"}


def test_without_idempotency_keys_a_notice_arrives_at_most_twice(account: Account, provider: FakeProvider) -> None:
    enrolled(account)
    provider.remembers_keys = False
    provider.faults = [Fault.FAILS_AFTER_TAKING] * 9
    for _ in range(5):
        assert delivered(account, LOCKED) == [LOCKED["id"]]
        account.pass_time(seconds=HIDDEN.total_seconds())
    assert len(provider.delivered) == 2


def test_a_code_is_sent_by_the_provider_and_is_in_no_log(account: Account, provider: FakeProvider) -> None:
    prover = Prover(enrolled(account))
    challenge = prover.log_in_challenge()
    provider.faults = [Fault.FAILS]
    assert prover.ask_sms(challenge).status == 200
    (message,) = provider.texts("sms")
    code = message["text"].partition("인증번호 ")[2][:6]
    assert prover.by_sms(challenge, code).status == 200
    _assert_not_logged(account, code)


@pytest.mark.parametrize("fault", [Fault.REFUSES, Fault.FAILS, Fault.TOO_MANY])
def test_a_provider_that_quotes_the_code_in_its_errors_does_not_put_it_into_logs(
    account: Account, provider: FakeProvider, fault: Fault
) -> None:
    prover = Prover(enrolled(account))
    provider.faults = [fault] * 2
    assert_problem(prover.ask_sms(prover.log_in_challenge()), "SYSTEM_RETRY")
    assert provider.delivered == []
    logged = account.log.getvalue()
    assert not [each for each in ("인증번호", "first secret", PHONE, "HMAC-SHA256") if each in logged]


def test_the_secret_is_read_again_when_the_provider_refuses_it(account: Account, provider: FakeProvider) -> None:
    enrolled(account)
    assert delivered(account, LOCKED) == []
    provider.secrets = {"bank-2": "second secret"}
    changed = json.dumps({"key_id": "bank-2", "secret": "second secret"})
    account.client("secretsmanager").put_secret_value(SecretId="provider", SecretString=changed)
    notices = [LOCKED | {"id": f"login-locked:hong:{number}"} for number in (2, 3)]
    calls = account.recorded(lambda: account.invoke("send_notice", a_batch(*notices)))
    assert len(provider.delivered) == 3
    assert [call.operation for call in calls].count("GetSecretValue") == 1
    _assert_not_logged(account, "second secret")


def test_a_wrong_secret_fails_the_notice_and_a_redrive_sends_it(account: Account, provider: FakeProvider) -> None:
    enrolled(account)
    provider.secrets = {}
    assert delivered(account, LOCKED) == [LOCKED["id"]]
    assert "sms: HTTP 401 SIGNATURE_INVALID" in account.log.getvalue()
    provider.secrets = dict(SECRETS)
    account.pass_time(hours=timedelta(days=1) / timedelta(hours=1))
    assert delivered(account, LOCKED) == []
    assert len(provider.delivered) == 1


@pytest.mark.parametrize(
    "stored", ["first secret", '{"key_id": "bank-1"}', '{"key_id": "bank-1\\r\\nX: y", "secret": "first secret"}']
)
def test_with_a_malformed_secret_nothing_is_sent_and_a_redrive_sends_it(
    account: Account, provider: FakeProvider, stored: str
) -> None:
    enrolled(account)
    secrets = account.client("secretsmanager")
    secrets.put_secret_value(SecretId="provider", SecretString=stored)
    for _ in range(3):
        assert delivered(account, LOCKED) == [LOCKED["id"]]
        account.pass_time(seconds=HIDDEN.total_seconds())
    _assert_not_logged(account, "X: y")
    secrets.put_secret_value(
        SecretId="provider", SecretString=json.dumps({"key_id": "bank-1", "secret": "first secret"})
    )
    assert delivered(account, LOCKED) == []
    assert len(provider.delivered) == 1


def test_a_secret_that_cannot_be_read_leads_to_the_next_channel(account: Account, provider: FakeProvider) -> None:
    account.client("ses").verify_domain_identity(Domain="bank.example")
    enrolled(account, "sms", "mail", mail="hong@example.com")
    secrets = account.client("secretsmanager")
    secrets.delete_secret(SecretId="provider")
    assert delivered(account, LOCKED) == []
    assert (provider.requests, len(mails())) == ([], 1), "the next channel of the row"


def test_a_code_fails_where_the_secret_cannot_be_read(account: Account, provider: FakeProvider) -> None:
    prover = Prover(enrolled(account))
    account.client("secretsmanager").delete_secret(SecretId="provider")
    assert_problem(prover.ask_sms(prover.log_in_challenge()), "SYSTEM_RETRY")
    assert provider.requests == []


def test_a_code_goes_by_text_message_whatever_the_customer_prefers(
    account: Account, provider: FakeProvider
) -> None:
    prover = Prover(enrolled(account, "alimtalk", "push"))
    assert prover.ask_sms(prover.log_in_challenge()).status == 200
    assert [each["type"] for each in provider.delivered] == ["sms"]


def _assert_not_logged(account: Account, secret: str) -> None:
    logged = account.log.getvalue()
    assert not [each for each in (secret, "first secret", PHONE, "HMAC-SHA256") if each in logged]
