"""SNS and SES: the channels to a customer. Each implements `Channel` of `domain/notices/channels.py`.

None takes an idempotency key, so one call of `send` is one message.
"""

import json
from dataclasses import dataclass
from typing import Any

from registrar.domain.notices.channels import Message
from registrar.domain.notices.message_parts import message_parts
from registrar.domain.reasons.errors import ChannelRefused

_MOST_BYTES = 1600


@dataclass(frozen=True, slots=True)
class TextMessages:
    """Text messages to a phone number (E.164), as transactional messages.

    SNS knows no LMS and no subject: it cuts a longer text into parts, and takes 1,600 bytes.
    """

    sns: Any

    def send(self, address: str, message: Message) -> int:
        text = message.notice.short
        if max(len(text.encode()), len(text.encode("utf-16-be"))) > _MOST_BYTES:
            raise ChannelRefused("longer than 1,600 bytes")
        self.sns.publish(
            PhoneNumber=address,
            Message=text,
            MessageAttributes={
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            },
        )
        return message_parts(text)


@dataclass(frozen=True, slots=True)
class Pushes:
    """Push messages to the app, by the ARN of the phone at SNS."""

    sns: Any

    def send(self, address: str, message: Message) -> int:
        title = message.notice.title
        text = message.notice.text
        # The app drops a notice id that it has shown: a repeat after a crash is not shown.
        gcm = {"notification": {"title": title, "body": text}, "data": {"notice_id": message.notice_id}}
        alert = {"title": title, "body": text}
        apns = {"aps": {"alert": alert, "sound": "default"}, "notice_id": message.notice_id}
        each = {name: json.dumps(value, ensure_ascii=False) for name, value in (("GCM", gcm), ("APNS", apns))}
        self.sns.publish(
            TargetArn=address,
            Message=json.dumps({"default": text, **each}, ensure_ascii=False),
            MessageStructure="json",
        )
        return 0


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails, from the address `sender`."""

    ses: Any
    sender: str

    def send(self, address: str, message: Message) -> int:
        self.ses.send_email(
            Source=self.sender,
            Destination={"ToAddresses": [address]},
            Message={
                "Subject": {"Data": message.notice.title, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": message.notice.text, "Charset": "UTF-8"}},
            },
        )
        return 0
