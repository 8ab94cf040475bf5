"""Notices to a customer: once, by their channel, in their language, and not at night."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws.queues.channels import TextMessages
from registrar.aws.queues.queue import Queue
from registrar.aws.queues.sender import Sender
from registrar.domain.access.recovery import COOLING_OFF, Recovery
from registrar.domain.notices.message_parts import message_parts
from registrar.domain.notices.notice import CLAIM_PAUSE, NOTICE_LEASE
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.times import instant, iso
from registrar.entry.log import customer_ref
from tests.support.account import Account, Call, Killed
from tests.support.app import App, a_batch
from tests.support.builders import NOW
from tests.support.notices import HIDDEN, delivered, mails, states, texts
from tests.support.rows import PHONE, a_registration
from tests.support.shape import RESOURCES

LOCKED = {
    "id": "login-locked:hong:1",
    "kind": "login_locked",
    "customer_id": "hong",
    "params": {"until_at": "2026-11-23T04:00:00Z"},
}
READY = LOCKED | {"id": "upload-ready:u1", "kind": "upload_ready"}
ENDPOINT = "arn:aws:sns:ap-northeast-2:123456789012:endpoint/GCM/bank/0123"


@pytest.fixture
def app(account: Account) -> App:
    app = App(account)
    app.enrol()
    return app


def postpone(calls: list[Call]) -> list[int]:
    """The seconds for which messages were hidden."""
    return [call.params["VisibilityTimeout"] for call in calls if call.operation == "ChangeMessageVisibility"]


def an_activated_event(registration_id: str, **overrides: Any) -> dict[str, Any]:
    """An event of the bus, as its rule puts it into the queue."""
    detail = {
        "version": 1,
        "id": "c2b5f662:RegistrationActivated",
        "occurred_at": iso(NOW),
        "customer_id": "hong",
        "registration_id": registration_id,
    }
    wrapped = {"version": "0", "id": "6fd08e00", "source": "registrar", "account": "123456789012"}
    return {**wrapped, "detail-type": "RegistrationActivated", "detail": detail, **overrides}


def test_a_notice_arrives_once_however_often_its_message_does(app: App, account: Account) -> None:
    for _ in range(3):
        assert delivered(account, LOCKED) == []
    text = "[전북은행] 홍*동님 인증 오류로 11/23 13:00까지 로그인 제한. 본인 아니면 1588-0000 신고"
    assert texts() == [(PHONE, text)]
    assert states(account) == {LOCKED["id"]: "SENT"}


@pytest.mark.parametrize(("hours", "phone"), [(-1, PHONE), (0, "+821099998888")])
def test_after_a_recovery_takes_effect_notices_go_to_the_new_phone(
    app: App, account: Account, hours: int, phone: str
) -> None:
    approved_at = NOW - COOLING_OFF - timedelta(hours=hours)
    lost = Recovery(
        "r1", "+821099998888", ("phone",), "passport seen", "staff-1", approved_at, "staff-2", approved_at
    )
    app.enrol(recovery=lost)
    delivered(account, LOCKED)
    ((told, _),) = texts()
    assert told == phone


def test_the_event_of_a_new_registration_sends_a_notice(app: App, account: Account) -> None:
    registration = a_registration(account)
    delivered(account, an_activated_event(registration.id))
    ((_, text),) = texts()
    assert text == "[전북은행] 홍*동님 타기관 인증서 등록완료(금융결제원). 본인 아니면 1588-0000 신고"
    assert states(account) == {"event:c2b5f662:RegistrationActivated": "SENT"}


@pytest.mark.parametrize("kind", ["Superseded", "Expiring", "Expired"])
def test_events_without_a_notice_are_ignored(app: App, account: Account, kind: str) -> None:
    assert delivered(account, an_activated_event("r1", **{"detail-type": kind})) == []
    assert (texts(), states(account)) == ([], {})


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("write", "most"), [(0, 1), (1, 2), (2, 1)], ids=["claim", "send", "SENT"])
def test_a_sender_killed_at_any_write_sends_at_most_twice(
    app: App, account: Account, write: int, most: int, after: bool
) -> None:
    with account.killed_at(write, after=after), pytest.raises(Killed):
        delivered(account, LOCKED)
    account.restart()
    account.pass_time(seconds=HIDDEN.total_seconds())
    for _ in range(2):
        assert delivered(account, LOCKED) == []
    between = (write, after) in ((1, True), (2, False))
    assert len(texts()) == (2 if between else 1)
    assert states(account) == {LOCKED["id"]: "SENT"}


def test_after_two_crashes_while_sending_no_third_message_is_sent(app: App, account: Account) -> None:
    for _ in range(2):
        with account.killed_at(1, after=True), pytest.raises(Killed):
            delivered(account, LOCKED)
        account.restart()
        account.pass_time(seconds=HIDDEN.total_seconds())
    # It goes to the dead letters, since the service cannot know whether it arrived.
    assert delivered(account, LOCKED) == [LOCKED["id"]]
    assert len(texts()) == 2


def test_concurrent_deliveries_send_one_message(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: list[str] = []
    real = Sender.send

    def meanwhile(*arguments: Any) -> Any:
        other.extend(delivered(account, LOCKED))
        return real(*arguments)

    monkeypatch.setattr(Sender, "send", meanwhile)
    assert delivered(account, LOCKED) == []
    assert other == [LOCKED["id"]], "it comes again, in case this one dies"
    assert len(texts()) == 1


def test_a_delivery_that_finds_a_claimed_notice_is_retried_without_failing(app: App, account: Account) -> None:
    account.function("send_notice").notices.claim([LOCKED["id"]], NOW)
    calls = account.recorded(lambda: delivered(account, LOCKED))
    assert postpone(calls) == [CLAIM_PAUSE.total_seconds()]
    assert [line for line in account.logged() if line["level"] == "ERROR"] == []


@pytest.mark.parametrize("before", ["UpdateItem", "Publish"])
def test_a_delivery_that_lost_the_claim_of_a_sent_notice_finishes(app: App, account: Account, before: str) -> None:
    other: list[str] = []
    with account.interrupted(
        lambda call: call.operation == before, lambda: other.extend(delivered(account, LOCKED))
    ):
        first = delivered(account, LOCKED)
    assert first + other == [LOCKED["id"]], "one of them lost, wherever they met"
    assert len(texts()) == 1
    account.pass_time(seconds=CLAIM_PAUSE.total_seconds())
    assert delivered(account, LOCKED) == []
    assert len(texts()) == 1


def test_a_delivery_sends_the_notice_when_the_claim_holder_was_killed(app: App, account: Account) -> None:
    with account.killed_at(1, after=False), pytest.raises(Killed):
        delivered(account, LOCKED)
    account.restart()
    received = 1
    while delivered(account, LOCKED):
        account.pass_time(seconds=CLAIM_PAUSE.total_seconds())
        received += 1
    assert len(texts()) == 1
    most: int = RESOURCES["NoticeQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    assert received < most, "one is left for the quiet hours"


def test_an_unreachable_customer_fails_alone_and_finally(account: Account) -> None:
    App(account, "hong").enrol(phone="not a number")
    App(account, "kim").enrol(phone="+821087654321")
    to_kim = LOCKED | {"id": "login-locked:kim:1", "customer_id": "kim"}
    response = account.invoke("send_notice", a_batch(LOCKED, to_kim))
    assert response == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    for _ in range(4):
        account.pass_time(seconds=HIDDEN.total_seconds())
        assert delivered(account, LOCKED) == [LOCKED["id"]]
    assert [phone for phone, _ in texts()] == ["+821087654321"]
    # Once the number is corrected, a redrive of the dead letters reaches it.
    App(account, "hong").enrol()
    account.pass_time(days=1)
    assert delivered(account, LOCKED) == []
    assert [phone for phone, _ in texts()] == ["+821087654321", PHONE]


def test_a_timeout_counts_as_a_possible_delivery(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*arguments: Any) -> str:
        raise TimeoutError

    monkeypatch.setattr(Sender, "send", lost)
    for _ in range(2):
        assert delivered(account, LOCKED) == [LOCKED["id"]]
        account.pass_time(seconds=HIDDEN.total_seconds())
    monkeypatch.undo()
    assert delivered(account, LOCKED) == [LOCKED["id"]]
    assert texts() == []


def test_a_fault_of_sns_after_it_took_the_message_sends_at_most_twice(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = TextMessages.send

    def taken_and_failed(self: TextMessages, address: str, message: Any) -> int:
        send(self, address, message)
        response: Any = {"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
        raise ClientError(response, "Publish")

    monkeypatch.setattr(TextMessages, "send", taken_and_failed)
    for _ in range(5):
        assert delivered(account, LOCKED) == [LOCKED["id"]]
        account.pass_time(seconds=HIDDEN.total_seconds())
    assert len(texts()) == 2


def test_a_former_customer_gets_no_notice(account: Account) -> None:
    assert delivered(account, LOCKED) == []
    assert states(account) == {LOCKED["id"]: "DROPPED"}


def test_an_unknown_kind_stays_in_the_queue(app: App, account: Account) -> None:
    assert delivered(account, LOCKED | {"kind": "unheard_of"}) == [LOCKED["id"]]


# --- channels and languages


def test_a_customer_who_chose_mail_gets_mail(account: Account) -> None:
    account.client("ses").verify_domain_identity(Domain="bank.example")
    App(account).enrol(channels=("mail",), mail="hong@example.com", language="en")
    assert delivered(account, LOCKED) == []
    (mail,) = mails()
    assert (mail.source, mail.destinations["ToAddresses"]) == ("notice@bank.example", ["hong@example.com"])
    assert (mail.subject, texts()) == ("Login locked", [])
    assert "홍*동, after repeated failures your login is locked until 23 November 2026, 13:00 KST" in mail.body


def test_a_push_message_carries_the_notice_id(app: App, account: Account) -> None:
    sns = account.client("sns")
    application = sns.create_platform_application(Name="bank", Platform="GCM", Attributes={})
    phone = sns.create_platform_endpoint(PlatformApplicationArn=application["PlatformApplicationArn"], Token="t")
    app.enrol(channels=("push", "sms"), push_endpoint=phone["EndpointArn"])
    calls = account.recorded(lambda: delivered(account, LOCKED))
    (published,) = [call.params for call in calls if call.operation == "Publish"]
    assert published["TargetArn"] == phone["EndpointArn"]
    message = json.loads(published["Message"])
    assert json.loads(message["GCM"])["data"] == {"notice_id": LOCKED["id"]}
    assert json.loads(message["APNS"])["notice_id"] == LOCKED["id"]
    assert texts() == []


def test_a_deleted_push_endpoint_leads_to_the_next_channel(account: Account) -> None:
    App(account).enrol(channels=("push", "sms"), push_endpoint=ENDPOINT)
    assert delivered(account, LOCKED) == []
    assert [phone for phone, _ in texts()] == [PHONE]


def test_a_misconfigured_channel_is_reported_once_and_a_text_message_goes_out(account: Account) -> None:
    App(account).enrol(channels=("pigeon", "mail"))
    for _ in range(2):
        assert delivered(account, LOCKED) == []
    assert [phone for phone, _ in texts()] == [PHONE]
    reported = [line for line in account.logged() if line["message"] == "channel.misconfigured"]
    assert [(line["channel"], line["why"]) for line in reported] == [
        ("pigeon", "unknown channel"),
        ("mail", "no address"),
    ]
    assert {line["customer_ref"] for line in reported} == {customer_ref("hong")}


# --- throttled channels


def throttle(patched: pytest.MonkeyPatch, code: str = "ThrottlingException") -> None:
    """SNS refuses every text message."""

    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, "Publish")

    patched.setattr(TextMessages, "send", refuse)


def milliseconds(at: datetime) -> str:
    """A time as SQS writes it."""
    return str(int(at.timestamp() * 1000))


def copies(calls: list[Call]) -> list[dict[str, Any]]:
    """What the function sent to its own queue, as the queue delivers it."""
    sent = [call.params for call in calls if call.operation == "SendMessage"]
    return [
        {
            "body": each["MessageBody"],
            "messageAttributes": {
                name: {"stringValue": value["StringValue"], "dataType": "String"}
                for name, value in each["MessageAttributes"].items()
            },
            "delay": each["DelaySeconds"],
            "attributes": {
                "SentTimestamp": milliseconds(instant(each["MessageAttributes"]["put_off_at"]["StringValue"]))
            },
        }
        for each in sent
    ]


def redelivered(account: Account, copy: dict[str, Any]) -> list[str]:
    """Deliver a copy; which messages fail."""
    batch = a_batch(LOCKED)
    batch["Records"][0] |= copy
    answer = account.invoke("send_notice", batch)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def redriven(account: Account, copy: dict[str, Any]) -> dict[str, Any]:
    """A copy that was in the dead letters: SQS keeps body and attributes, and enqueues it anew."""
    return copy | {"attributes": {"SentTimestamp": milliseconds(account.at)}}


def test_a_throttled_notice_is_replaced_by_a_copy_that_was_never_received(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        throttle(patched)
        calls = account.recorded(lambda: delivered(account, LOCKED))
        (copy,) = copies(calls)
        assert account.invoke("send_notice", a_batch(LOCKED)) == {"batchItemFailures": []}
    assert json.loads(copy["body"]) == LOCKED
    assert 7 <= copy["delay"] <= 15
    assert postpone(calls) == []
    account.pass_time(seconds=copy["delay"])
    assert redelivered(account, copy) == []
    assert len(texts()) == 1
    assert states(account) == {LOCKED["id"]: "SENT"}


def test_delays_of_a_throttled_notice_grow_to_fifteen_minutes(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttle(monkeypatch)
    (copy,) = copies(account.recorded(lambda: delivered(account, LOCKED)))
    delays = []
    for _ in range(20):
        account.pass_time(seconds=copy["delay"])
        again = copy
        (copy,) = copies(account.recorded(lambda again=again: redelivered(account, again)))  # type: ignore[misc]
        delays.append(copy["delay"])
    assert delays[0] <= 15
    assert 450 <= delays[-1] <= 900


def test_a_notice_throttled_for_two_days_fails_and_is_reported(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        throttle(patched)
        (copy,) = copies(account.recorded(lambda: delivered(account, LOCKED)))
        account.pass_time(hours=48)
        assert redelivered(account, copy) == ["message-0"]
    reported = [line for line in account.logged() if line["message"] == "message failed"]
    assert "sms: ThrottlingException" in json.dumps(reported)
    # Its claim is free: once the quota is raised, a redrive sends it.
    assert redelivered(account, redriven(account, copy)) == []
    assert len(texts()) == 1


@pytest.mark.parametrize("days", [2, 9])
def test_a_redriven_notice_that_is_throttled_again_has_its_two_days_anew(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    throttle(monkeypatch)
    (copy,) = copies(account.recorded(lambda: delivered(account, LOCKED)))
    account.pass_time(hours=24 * days)
    again = redriven(account, copy)

    (copy,) = copies(account.recorded(lambda: redelivered(account, again)))
    assert 7 <= copy["delay"] <= 15, "its delays begin anew, too"
    account.pass_time(hours=47)
    (copy,) = copies(account.recorded(lambda: redelivered(account, copy)))
    account.pass_time(hours=1)
    assert redelivered(account, copy) == ["message-0"]


def test_a_copy_that_waited_for_the_morning_was_not_redriven(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttle(monkeypatch)
    (copy,) = copies(account.recorded(lambda: delivered(account, READY)))
    account.pass_time(hours=20)  # hidden in its queue, which does not change when it was sent
    (copy,) = copies(account.recorded(lambda: redelivered(account, copy)))
    account.pass_time(hours=28)
    assert redelivered(account, copy) == ["message-0"]


def test_a_notice_whose_copy_cannot_be_sent_stays_in_the_queue(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttle(monkeypatch)

    def refuse(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(Queue, "send_later", refuse)
    assert delivered(account, LOCKED) == [LOCKED["id"]]


def test_a_copy_and_the_message_that_a_kill_left_beside_it_send_one_message(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        throttle(patched)
        (copy,) = copies(account.recorded(lambda: delivered(account, LOCKED)))
    # Killed after the copy was sent, and before the queue knew that the message is done: both arrive.
    assert delivered(account, LOCKED) == []
    account.pass_time(seconds=copy["delay"])
    assert redelivered(account, copy) == []
    assert len(texts()) == 1


@pytest.mark.parametrize("queue", ["NoticeQueue", "ExpiryNoticeQueue"])
def test_what_is_put_off_or_postponed_stays_in_its_queue(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    def deliver(message: dict[str, Any]) -> list[Call]:
        batch = a_batch(message)
        batch["Records"][0]["eventSourceARN"] = account.physical[queue].replace("/", ":")
        return account.recorded(lambda: account.invoke("send_notice", batch))

    throttle(monkeypatch)
    put_off = [call for call in deliver(LOCKED) if call.operation == "SendMessage"]
    account.pass_time(hours=15)
    postponed = [call for call in deliver(READY) if call.operation == "ChangeMessageVisibility"]
    assert [call.params["QueueUrl"] for call in put_off + postponed] == [account.physical[queue]] * 2


def test_a_refusal_is_not_taken_for_throttling(app: App, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    throttle(monkeypatch, "InvalidParameter")
    assert delivered(account, LOCKED) == [LOCKED["id"]]


def delivered_by_the_run(account: Account, message: dict[str, Any]) -> None:
    """Deliver a message from the expiry run's queue."""
    batch = a_batch(message)
    batch["Records"][0]["eventSourceARN"] = account.physical["ExpiryNoticeQueue"].replace("/", ":")
    account.invoke("send_notice", batch)


def test_a_worker_pauses_after_a_text_message_for_the_time_of_its_parts(app: App, account: Account) -> None:
    pauses: list[timedelta] = []
    account.function("send_notice").__dict__["pause"] = pauses.append
    delivered(account, LOCKED)
    ((_, text),) = texts()
    assert message_parts(text) == 1
    # 20 parts a second, of which this queue's notices use 4, and those of the expiry run 11, by two workers each.
    delivered_by_the_run(account, LOCKED | {"id": "login-locked:hong:2"})
    expected = [pytest.approx(parts / pace, abs=1e-6) for parts, pace in ((1, 2), (1, 5.5))]
    assert [pause.total_seconds() for pause in pauses] == expected
    sent = [line for line in account.logged() if line["message"] == "notice.sent"]
    assert [line["sms_parts"] for line in sent] == [1, 1]


# --- quiet hours


@pytest.mark.parametrize(
    ("hours", "wait"),
    [(9 - 1 / 3600, None), (9, 11), (15, 5), (20 - 1 / 3600, 1 / 3600), (20 - 0.4 / 3600, 1 / 3600), (20, None)],
    # A moment before eight it is hidden for a second, not for none: it would be received over and over.
    ids=["20:59", "21:00", "3:00", "7:59", "8:00 but a moment", "8:00"],
)
def test_at_night_a_notice_that_is_not_urgent_is_delayed(
    app: App, account: Account, hours: float, wait: float | None
) -> None:
    account.pass_time(hours=hours)  # NOW is noon in Seoul
    calls = account.recorded(lambda: delivered(account, READY))
    assert postpone(calls) == ([] if wait is None else [round(wait * 3600)])
    assert len(texts()) == (1 if wait is None else 0)
    assert states(account) == ({READY["id"]: "SENT"} if wait is None else {})


def test_a_delayed_notice_is_sent_later(app: App, account: Account) -> None:
    account.pass_time(hours=10)
    assert delivered(account, READY) == [READY["id"]]
    account.pass_time(hours=10)
    assert delivered(account, READY) == []
    assert len(texts()) == 1


def test_an_urgent_notice_is_sent_at_night(app: App, account: Account) -> None:
    account.pass_time(hours=15)
    assert delivered(account, LOCKED) == []
    assert len(texts()) == 1


def test_a_refusal_notice_contains_its_reason(app: App, account: Account) -> None:
    account.client("ses").verify_domain_identity(Domain="bank.example")
    app.enrol(channels=("mail",), mail="hong@example.com")
    delivered(account, LOCKED | {"kind": "upload_refused", "params": {"code": "CERT_EXPIRED"}})
    assert f"등록할 수 없습니다: {CATALOGUE[Code.CERT_EXPIRED].title['ko']}. " in mails()[0].body


def test_the_lease_expires_before_the_queue_redelivers_the_message() -> None:
    assert timedelta(seconds=30) < NOTICE_LEASE < HIDDEN


def test_logs_contain_neither_customer_nor_text(app: App, account: Account) -> None:
    delivered(account, LOCKED)
    logged = json.dumps(account.logged(), ensure_ascii=False)
    assert "notice.sent" in logged
    for secret in (PHONE, "홍길동", "홍*동", '"hong"'):
        assert secret not in logged
