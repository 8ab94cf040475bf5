"""SNS and SES: a message to one customer, by text message, push or mail.

None of them takes an idempotency key, so one call is one try: the queue repeats what did not work.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from registrar.domain.access.customer import Customer
from registrar.domain.reasons.errors import NotDelivered
from registrar.domain.reasons.wording import Wording


@dataclass(frozen=True, slots=True)
class Messages:
    """`sender` is the mail address that notices come from."""

    sns: Any
    ses: Any
    sender: str

    def send(self, customer: Customer, wording: Wording, notice_id: str) -> str:
        """Send by the first of the customer's channels that takes it, and return that channel.

        Raises NotDelivered where none did. A call whose outcome is unknown (a timeout) raises what boto3 raises:
        the message may be on its way.
        """
        ways: dict[str, Callable[[], object]] = {
            "sms": lambda: self._text(customer.phone, wording),
            "push": lambda: self._push(customer.push_endpoint or "", wording, notice_id),
            "mail": lambda: self._mail(customer.mail or "", wording),
        }
        refusals = []
        for channel in customer.channels:
            try:
                ways[channel]()
            except ClientError as refused:
                refusals.append(f"{channel}: {refused.response['Error']['Code']}")
                continue
            return channel
        raise NotDelivered("; ".join(refusals))

    def _text(self, phone: str, wording: Wording) -> None:
        self.sns.publish(
            PhoneNumber=phone,
            Message=f"[{wording.title}] {wording.text}",
            MessageAttributes={
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            },
        )

    def _push(self, endpoint: str, wording: Wording, notice_id: str) -> None:
        # The app drops a notice id that it has shown: here a repeat after a crash is seen by nobody.
        gcm = {"notification": {"title": wording.title, "body": wording.text}, "data": {"notice_id": notice_id}}
        alert = {"title": wording.title, "body": wording.text}
        apns = {"aps": {"alert": alert, "sound": "default"}, "notice_id": notice_id}
        each = {name: json.dumps(value, ensure_ascii=False) for name, value in (("GCM", gcm), ("APNS", apns))}
        self.sns.publish(
            TargetArn=endpoint,
            Message=json.dumps({"default": wording.text, **each}, ensure_ascii=False),
            MessageStructure="json",
        )

    def _mail(self, address: str, wording: Wording) -> None:
        self.ses.send_email(
            Source=self.sender,
            Destination={"ToAddresses": [address]},
            Message={
                "Subject": {"Data": wording.title, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": wording.text, "Charset": "UTF-8"}},
            },
        )
