"""The local cloud behind the fault proxy: its customers, the events that it publishes, and time that passes."""

import contextlib
import hashlib
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from registrar.domain.evidence.audit_chain import read
from registrar.domain.notices.notice import MOST_SENDS
from registrar.domain.notices.queue_messages import notice_of
from registrar.domain.times import iso
from tools.admin.verify_audit import S3Bucket
from tools.cloud import seed
from tools.cloud.automation import Automation
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import RelyingClient
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.faults.customer import FaultyDay
from tools.faults.proxy import FaultProxy
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.file_server import FileServer
from tools.pki.issuers import DemoIssuers

VISIBILITY = 6
"""Seconds until a queue delivers a failed message again, in this cloud alone: the template says 60 to 960."""
LONGER_VISIBILITY = {"WatchQueue": 20}
"""As in the template, longer than three tries of a call: while one delivery fetches a list, others leave it out."""
QUEUES = (
    *("ValidationQueue", "QuestionsQueue", "LossQueue", "NoticeQueue", "ExpiryNoticeQueue", "ExpiryQueue"),
    *("WatchQueue", "TrustQueue", "ReevaluationQueue", "AuditQueue"),
)
QUIET = 0.4
"""Seconds without a call to AWS after which nothing is at work."""
SURELY_FAILED = 2.5
"""Seconds without a call after which no function waits to repeat one: the client library pauses for two at most."""
POLLING = frozenset({"authorize", "get_upload"})
"""What a phone that waits for a decision keeps busy."""
LISTING_OPERATOR = "signkorea"
LIST_PATH = "/signkorea/dp7.crl"
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass
class World:
    """A deployed stack, every call of which passes `proxy`."""

    cloud: LocalCloud
    proxy: FaultProxy
    pki: DemoPki
    issuers: DemoIssuers
    heard_queue: str
    transfers: RelyingClient
    web: FileServer
    """Where one operator publishes its list (CRL)."""
    automation: Automation
    heard: list[dict[str, Any]] = field(default_factory=list)
    """Events that the bank's other systems got."""
    _entries: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """What was read of the audit's chain, by object."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def customer(self, *, passkey: bool = True) -> FaultyDay:
        """A new customer, not logged in."""
        number = next(self._numbers)
        device = Authenticator(seed.RP_ID, seed.ORIGIN) if passkey else None
        enrolled = seed.enrol(
            self.cloud, f"faulty-{number}", phone=f"+8210{number:08d}", language="en", device=device
        )
        address = f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}"
        phone = Phone(self.cloud.url, enrolled, language="en", device=device, address=address)
        secrets = {enrolled.password.encode(), enrolled.totp_secret, enrolled.idn.encode()}
        return FaultyDay(phone, self.pass_minute, secrets=secrets)

    def certificate(self, day: FaultyDay, **arguments: Any) -> CustomerCertificate:
        """A new good certificate of the customer."""
        first, last = one_year_from(datetime.now(UTC))
        made = self.pki.issue_customer(**{"not_before": first, "not_after": last, "key": "ec", **arguments})
        day.certificates.append(made)
        day.secrets.add(made.random_number)
        return made

    def rows(self, day: FaultyDay) -> list[dict[str, Any]]:
        """The customer's registrations as they are stored."""
        customer = {":pk": {"S": f"CUST#{day.phone.customer.id}"}}
        table = self.cloud.physical("RegistrationsTable")
        found: list[dict[str, Any]] = self.cloud.client("dynamodb").query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=customer,
            ConsistentRead=True,
        )["Items"]
        return [row for row in found if row["sk"]["S"].startswith("REG#")]

    def owned(self, table: str, day: FaultyDay) -> list[dict[str, Any]]:
        """The items of a table that name the customer."""
        pages = self.cloud.client("dynamodb").get_paginator("scan")
        found = pages.paginate(
            TableName=self.cloud.physical(table),
            FilterExpression="customer_id = :customer",
            ExpressionAttributeValues={":customer": {"S": day.phone.customer.id}},
        )
        return [item for page in found for item in page["Items"]]

    def locks(self, day: FaultyDay) -> list[dict[str, Any]]:
        """The locks of certificates, keys and serials that name the customer."""
        return [item for item in self.owned("RegistrationsTable", day) if item["sk"]["S"] == "LOCK"]

    def events(self, day: FaultyDay) -> list[dict[str, Any]]:
        """The events about the customer that other systems got, repeats included."""
        sqs = self.cloud.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.heard_queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.heard_queue, ReceiptHandle=message["ReceiptHandle"])
        return [each for each in self.heard if each["detail"].get("customer_id") == day.phone.customer.id]

    def texts(self, day: FaultyDay) -> list[str]:
        """The text messages to the customer."""
        return self.cloud.sms(day.phone.customer.phone)

    def is_idle(self, quiet: float = QUIET) -> bool:
        """Whether nothing calls AWS, and no message waits to be handled or is being handled."""
        if self.proxy.quiet_for() < quiet:
            return False
        sqs = self.cloud.client("sqs")
        for name in QUEUES:
            counts = sqs.get_queue_attributes(QueueUrl=self.cloud.physical(name), AttributeNames=_COUNTS)
            if any(count != "0" for count in counts["Attributes"].values()):
                return False
        return self.proxy.quiet_for() >= quiet

    def surely_failed(self) -> bool:
        """Whether whatever was at work ended, and a function that failed waits for nothing any more."""
        return bool(self.proxy.episode.fired) and self.proxy.quiet_for(POLLING) >= SURELY_FAILED

    def put_off(self) -> int:
        """How many notices wait for a throttled channel."""
        name = "ApproximateNumberOfMessagesDelayed"
        url = self.cloud.physical("NoticeQueue")
        found = self.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(found["Attributes"][name])

    def dead_letters(self) -> dict[str, int]:
        """Queues of dead letters that are not empty."""
        sqs = self.cloud.client("sqs")
        found = {}
        for name in (each for each in self.cloud.resources if each.endswith("DeadLetters")):
            counts = sqs.get_queue_attributes(QueueUrl=self.cloud.physical(name), AttributeNames=_COUNTS)
            if any(count != "0" for count in counts["Attributes"].values()):
                found[name] = int(counts["Attributes"][_COUNTS[0]])
        return found

    def clear_given_up(self, *, arrived: bool) -> None:
        """As the runbook says of notices that may have been sent twice: delete what arrived, send what did not."""
        given_up = set()
        for page in (
            self.cloud.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=self.cloud.physical("NoticesTable"), ConsistentRead=True)
        ):
            for item in page["Items"]:
                if item.get("state", {}).get("S") == "CLAIMED" and item.get("sends", {}).get("N") == str(
                    MOST_SENDS
                ):
                    given_up.add(item["id"]["S"])
                    if not arrived:
                        none = {":none": {"N": "0"}}
                        self._change("NoticesTable", {"id": item["id"]}, "SET sends = :none", "sends", none)
        self._take_dead_letters(given_up, back=not arrived)

    def empty_dead_letters(self) -> None:
        """Take what a broken cell left, so that the next one begins without it."""
        for name in self.dead_letters():
            self.cloud.client("sqs").purge_queue(QueueUrl=self.cloud.physical(name))

    def _take_dead_letters(self, given_up: set[str], *, back: bool) -> None:
        sqs = self.cloud.client("sqs")
        dead = self.cloud.physical("NoticeDeadLetters")
        for message in sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", []):
            notice = notice_of(json.loads(message["Body"]))
            if notice is None or not {part.id for part in notice.parts} <= given_up:
                continue  # it failed for another reason: a broken cell
            if back:
                sqs.send_message(QueueUrl=self.cloud.physical("NoticeQueue"), MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])

    def end_leases(self, day: FaultyDay) -> None:
        """As if the leases of killed deliveries had passed: of the customer's uploads, and of notices."""
        past = {"S": iso(datetime.now(UTC) - timedelta(seconds=1))}
        leased = [("UploadsTable", each) for each in self.owned("UploadsTable", day)]
        pages = self.cloud.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self.cloud.physical("NoticesTable")):
            leased += [("NoticesTable", each) for each in page["Items"]]
        for table, item in leased:
            if "lease_until" in item and item["lease_until"]["S"] > past["S"]:
                self._change(table, {"id": item["id"]}, "SET lease_until = :past", "lease_until", {":past": past})

    def forget_code(self, day: FaultyDay) -> None:
        """As if half a minute had passed: the current code of the authenticator app serves again."""
        self._change(
            "SessionsTable", {"customer_id": {"S": day.phone.customer.id}}, "REMOVE totp_step", "totp_step"
        )
        day.phone.last_step = 0

    def pass_minute(self) -> None:
        """As if the minute had passed in which no other text message may be sent."""
        dynamodb = self.cloud.client("dynamodb")
        table = self.cloud.physical("ThrottlesTable")
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["id"]["S"].startswith("phone"):
                dynamodb.delete_item(TableName=table, Key={"id": item["id"]})

    def _change(
        self, table: str, key: dict[str, Any], expression: str, if_there: str, values: dict[str, Any] | None = None
    ) -> None:
        dynamodb = self.cloud.client("dynamodb")
        more = {"ExpressionAttributeValues": values} if values else {}
        with contextlib.suppress(dynamodb.exceptions.ConditionalCheckFailedException):
            dynamodb.update_item(
                TableName=self.cloud.physical(table),
                Key=key,
                UpdateExpression=expression,
                ConditionExpression=f"attribute_exists({if_there})",
                **more,
            )

    def audited(self, function: str, message: str, *about: str) -> bool:
        """Whether the audit's chain has this entry of a function about one of these ids."""
        chain = self.audit
        for number in chain.numbers():
            if number not in self._entries:
                self._entries[number] = read(chain.read(number))
        group = f"/registrar/{function}"
        return any(
            entry["group"] == group
            and json.loads(entry["line"])["message"] == message
            and any(one in entry["line"] for one in about)
            for found in self._entries.values()
            for entry in found
        )

    @property
    def audit(self) -> S3Bucket:
        """The audit bucket, as `tools.admin.verify_audit` reads it."""
        return S3Bucket(self.cloud.client("s3"), self.cloud.outputs["AuditBucket"])

    def logged(self, functions: Sequence[str], since: float) -> Iterator[tuple[str, str]]:
        """What these functions logged since a time (seconds since 1970)."""
        logs = self.cloud.client("logs")
        for function in functions:
            group = f"/registrar/{function}"
            with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
                for page in logs.get_paginator("filter_log_events").paginate(
                    logGroupName=group, startTime=int(since * 1000)
                ):
                    yield from ((function, event["message"]) for event in page["events"])


def wait_until_idle(world: World, seconds: float = 120) -> None:
    """Wait until nothing is at work. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not world.is_idle():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the cloud was at work for {seconds} s")
        time.sleep(0.05)


def fingerprint(certificate: CustomerCertificate) -> str:
    """The SHA-256 of the certificate, in hexadecimal."""
    return hashlib.sha256(certificate.der).hexdigest()
