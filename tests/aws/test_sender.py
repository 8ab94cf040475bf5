"""Sending to a customer: by the first channel that accepts it, whatever is wrong with the others."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker

from registrar.aws.queues.channels import Mails, Pushes, TextMessages
from registrar.aws.queues.queue import Queue
from registrar.aws.queues.sender import THROTTLING, Sender
from registrar.domain.notices.channels import Channel, ChannelName, Message, Recipient
from registrar.domain.notices.rendering import NoticeText
from registrar.domain.reasons.errors import ChannelRefused, ChannelThrottled, NotDelivered
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.notices import texts
from tests.support.rows import PHONE, a_customer

MESSAGE = Message(NoticeText("제목", "[전북은행] 안내", "고객님께 안내드립니다"), NOW, "n1")


class Recorder:
    """A channel that notes its addresses, or refuses."""

    def __init__(self, *, refuses: str = "", message: str = "", status: int = 400, parts: int = 0) -> None:
        self.refuses = refuses
        self.message = message
        self.status = status
        self.parts = parts
        self.sent: list[str] = []

    def send(self, address: str, message: Message) -> int:
        if self.refuses:
            error: Any = {"Code": self.refuses, "Message": self.message}
            metadata: Any = {"HTTPStatusCode": self.status}
            raise ClientError({"Error": error, "ResponseMetadata": metadata}, "Publish")
        self.sent.append(address)
        return self.parts


def sender_of(account: Account) -> Sender:
    sns = account.client("sns")
    channels: Mapping[ChannelName, Channel] = {
        ChannelName.SMS: TextMessages(sns),
        ChannelName.PUSH: Pushes(sns),
        ChannelName.MAIL: Mails(account.client("ses"), "notice@bank.example"),
    }
    return Sender(channels)


def test_a_message_goes_to_one_phone_as_transactional(account: Account) -> None:
    sender = sender_of(account)
    (call,) = account.recorded(lambda: sender.send(Recipient.of(a_customer()), MESSAGE))
    assert call.operation == "Publish"
    assert set(call.params) == {"PhoneNumber", "Message", "MessageAttributes"}
    assert call.params["MessageAttributes"]["AWS.SNS.SMS.SMSType"]["StringValue"] == "Transactional"
    assert texts() == [(PHONE, "[전북은행] 안내")]


@pytest.mark.parametrize(
    ("text", "fits"), [("가" * 533, True), ("가" * 534, False), ("a" * 800, True), ("a" * 801, False)]
)
def test_sns_is_never_asked_to_send_more_than_it_takes(account: Account, text: str, *, fits: bool) -> None:
    message = Message(NoticeText("제목", text), NOW)
    sender = sender_of(account)
    if fits:
        assert sender.send(Recipient(PHONE), message).channel == "sms"
        return

    def refused() -> None:
        with pytest.raises(NotDelivered, match="1,600 bytes"):
            sender.send(Recipient(PHONE), message)

    assert account.recorded(refused) == []


def test_an_undelivered_message_reports_why_without_the_number(account: Account) -> None:
    customer = a_customer(phone="010-1234", channels=("sms", "mail"), mail="hong@example.com")
    with pytest.raises(NotDelivered) as refused:
        sender_of(account).send(Recipient.of(customer), MESSAGE)
    assert str(refused.value) == "sms: InvalidParameter; mail: MessageRejected"


@pytest.mark.parametrize(
    ("channels", "faults"),
    [
        (("pigeon",), ["pigeon: unknown channel"]),
        (("SMS",), ["SMS: unknown channel"]),
        (("",), ["?: unknown channel"]),
        ((PHONE, "pigeon"), ["?: unknown channel", "pigeon: unknown channel"]),
        (("mail",), ["mail: no address"]),
        (("push",), ["push: this function cannot send by it"]),
    ],
)
def test_a_channel_that_cannot_be_tried_is_reported_and_a_text_message_goes_out(
    channels: tuple[str, ...], faults: list[str]
) -> None:
    sms, mail = Recorder(), Recorder()
    sender = Sender({ChannelName.SMS: sms, ChannelName.MAIL: mail})
    sent = sender.send(Recipient(PHONE, channels), MESSAGE)
    assert (sent.channel, [str(fault) for fault in sent.faults]) == (ChannelName.SMS, faults)
    assert (sms.sent, mail.sent) == ([PHONE], [])


def test_a_text_message_comes_after_the_channels_that_can_be_tried() -> None:
    sms, mail = Recorder(), Recorder()
    sender = Sender({ChannelName.SMS: sms, ChannelName.MAIL: mail})
    sent = sender.send(Recipient(PHONE, ("pigeon", "mail"), mail="hong@example.com"), MESSAGE)
    assert (sent.channel, len(sent.faults)) == (ChannelName.MAIL, 1)
    assert (sms.sent, mail.sent) == ([], ["hong@example.com"])


def test_a_refusing_channel_is_followed_by_chosen_channels_only() -> None:
    sms = Recorder()
    sender = Sender({ChannelName.SMS: sms, ChannelName.MAIL: Recorder(refuses="EndpointDisabled")})
    with pytest.raises(NotDelivered, match=r"^mail: EndpointDisabled$"):
        sender.send(Recipient(PHONE, ("mail",), mail="hong@example.com"), MESSAGE)
    assert sms.sent == []


class Provider:
    """A channel of a message provider, which refuses."""

    def __init__(self, refuses: Exception) -> None:
        self.refuses = refuses

    def send(self, address: str, message: Message) -> int:
        raise self.refuses


def test_alimtalk_is_followed_by_a_text_message_to_the_same_phone() -> None:
    sms = Recorder(parts=1)
    refusing = Provider(ChannelRefused("HTTP 422 TEMPLATE_UNKNOWN"))
    sender = Sender({ChannelName.SMS: sms, ChannelName.ALIMTALK: refusing})
    sent = sender.send(Recipient(PHONE, ("alimtalk",)), MESSAGE)
    assert (sent.channel, sent.faults, sms.sent) == (ChannelName.SMS, (), [PHONE])


def test_without_a_provider_alimtalk_is_reported_and_a_text_message_goes_out() -> None:
    sms = Recorder()
    sent = Sender({ChannelName.SMS: sms}).send(Recipient(PHONE, ("alimtalk",)), MESSAGE)
    assert [str(fault) for fault in sent.faults] == ["alimtalk: this function cannot send by it"]
    assert sms.sent == [PHONE]


def test_the_customers_row_decides_the_order_of_channels() -> None:
    mail = Recorder()
    sender = Sender({ChannelName.MAIL: mail, ChannelName.ALIMTALK: Provider(ChannelRefused("HTTP 400"))})
    recipient = Recipient(PHONE, ("alimtalk", "mail"), mail="hong@example.com")
    assert sender.send(recipient, MESSAGE).channel is ChannelName.MAIL


def test_a_throttling_provider_puts_off_and_no_other_channel_is_tried() -> None:
    mail = Recorder()
    sender = Sender({ChannelName.MAIL: mail, ChannelName.SMS: Provider(ChannelThrottled("HTTP 429"))})
    with pytest.raises(ChannelThrottled, match=r"^sms: HTTP 429$"):
        sender.send(Recipient(PHONE, ("sms", "mail"), mail="hong@example.com"), MESSAGE)
    assert mail.sent == []


def test_refusals_of_a_provider_and_of_aws_are_reported_together() -> None:
    sender = Sender(
        {ChannelName.SMS: Provider(ChannelRefused("HTTP 400")), ChannelName.MAIL: Recorder(refuses="X")}
    )
    with pytest.raises(NotDelivered, match=r"^sms: HTTP 400; mail: X$"):
        sender.send(Recipient(PHONE, ("sms", "mail"), mail="hong@example.com"), MESSAGE)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *(("Throttling", 400), ("ThrottlingException", 400), ("Throttled", 429), ("KMSThrottling", 400)),
        *(("Odd", 429), ("ServiceUnavailable", 503), ("Throttling", 500)),
    ],
)
def test_a_throttled_channel_is_tried_later_and_the_next_one_is_not(code: str, status: int) -> None:
    sms = Recorder()
    sender = Sender({ChannelName.SMS: sms, ChannelName.MAIL: Recorder(refuses=code, status=status)})
    with pytest.raises(ChannelThrottled, match=f"^mail: {code}$"):
        sender.send(Recipient(PHONE, ("mail", "sms"), mail="hong@example.com"), MESSAGE)
    assert sms.sent == []


@pytest.mark.parametrize(("code", "status"), [("InternalError", 500), ("InternalFailure", 500), ("502", 502)])
def test_a_fault_of_the_channels_own_is_an_unknown_outcome_and_the_next_one_is_not_tried(
    code: str, status: int
) -> None:
    sms = Recorder()
    sender = Sender({ChannelName.SMS: sms, ChannelName.MAIL: Recorder(refuses=code, status=status)})
    with pytest.raises(ClientError, match=code):
        sender.send(Recipient(PHONE, ("mail", "sms"), mail="hong@example.com"), MESSAGE)
    assert sms.sent == []


def test_an_exhausted_daily_quota_is_named() -> None:
    mail = Recorder(refuses="Throttling", message="Daily message quota exceeded.")
    with pytest.raises(ChannelThrottled, match=r"^mail: Throttling \(daily quota\)$"):
        Sender({ChannelName.MAIL: mail}).send(Recipient("", ("mail",), mail="hong@example.com"), MESSAGE)


def test_codes_that_the_client_library_knows_as_throttling_are_known() -> None:
    of_other_services = {
        *("BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete"),
        *("ProvisionedThroughputExceededException", "TransactionInProgressException"),
    }
    assert set(vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"]) - of_other_services <= THROTTLING


def test_a_delivered_message_reports_its_parts(account: Account) -> None:
    assert sender_of(account).send(Recipient.of(a_customer()), MESSAGE).parts == 1
    sms = Recorder(parts=3)
    assert Sender({ChannelName.SMS: sms}).send(Recipient(PHONE), MESSAGE).parts == 3


def test_a_customer_without_any_address_gets_no_message() -> None:
    sender = Sender({ChannelName.SMS: Recorder(), ChannelName.MAIL: Recorder()})
    with pytest.raises(NotDelivered, match=r"^mail: no address; sms: no address$"):
        sender.send(Recipient("", ("mail",)), MESSAGE)


def test_sending_a_message_that_may_be_lost_reports_whether_it_was_accepted(account: Account) -> None:
    sqs: Any = account.client("sqs")
    assert Queue(sqs, account.physical["NoticeQueue"]).try_send({"id": "n1"})
    assert not Queue(sqs, "https://sqs.ap-northeast-2.amazonaws.com/123456789012/none").try_send({"id": "n1"})
