"""Sending a morning's notices by the real function against a sender that throttles, on a virtual clock.

Nothing waits: a pause of a worker and a delay of the queue move the clock. The queues follow the rules of SQS (a
message is hidden while it is handled, a failed one comes back, and after five receives it is a dead letter), SNS
those of its quota: the parts that it takes in a second, one-time codes included, never exceed the limit.
"""

import heapq
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from bench.report import Row
from registrar.aws.queues.queue import Queue
from registrar.aws.queues.sender import Sender
from registrar.domain.notices.channels import ChannelName, Message
from registrar.domain.notices.expiry import Due
from registrar.domain.notices.message_parts import message_parts
from registrar.domain.notices.notice import expiry_notice, lock_notice
from registrar.domain.registrations.registration import Registration
from tests.support.account import an_account
from tests.support.app import a_batch
from tests.support.builders import NOW
from tests.support.rows import a_customer, a_registration
from tests.support.shape import FUNCTIONS, RESOURCES

GROUP = "Sending notices, on a virtual clock"
NOTICES = 5_000
SECONDS_OF_A_NOTICE = 0.15
NINE = NOW.replace(hour=0)
"""9:00 in Seoul: when the expiry run queues its notices."""
ENGLISH = 10
"""One customer in this many reads English."""
_QUEUE: Mapping[str, Any] = RESOURCES["ExpiryNoticeQueue"]["Properties"]
_HIDDEN = timedelta(seconds=_QUEUE["VisibilityTimeout"])
_MOST_RECEIVES: int = _QUEUE["RedrivePolicy"]["maxReceiveCount"]
_SOURCE: Mapping[str, Any] = FUNCTIONS["SendNoticeFunction"]["Events"]["Expiring"]["Properties"]


@dataclass
class Outcome:
    """What became of the notices: `sent` counts the messages to each phone, `reported` are the dead letters."""

    sent: Counter[str] = field(default_factory=Counter)
    reported: list[str] = field(default_factory=list)
    put_off: int = 0
    refused: int = 0
    parts: int = 0
    most_parts_a_second: int = 0
    notice_parts: Counter[int] = field(default_factory=Counter)
    """By the minute, without one-time codes."""
    until: datetime = NINE

    @property
    def hours(self) -> float:
        """From the first notice to the last."""
        return (self.until - NINE).total_seconds() / 3600


def rows(notices: int = NOTICES) -> Iterator[Row]:
    """Delivered notices, and what the quota did to them."""
    found = send(notices, limit=20)
    name = f"of {NOTICES:,} notices delivered"
    yield Row(GROUP, name, len(found.sent) / notices, None, "×", "the rest is reported", at_least=1)
    yield Row(GROUP, "messages to the phone with the most", max(found.sent.values()), 1, "messages")
    yield Row(
        GROUP, "parts in the busiest second", found.most_parts_a_second, 20, "parts", "one-time codes included"
    )
    yield Row(GROUP, "put off ÷ notices", found.put_off / notices, 0.1, "×", "since one-time codes took the second")


def send(
    count: int, *, limit: int, believed: int = 20, urgent: int = 0, codes: Callable[[int], int] | None = None
) -> Outcome:
    """Send `count` notices of the expiry run while SNS takes `limit` parts a second and the stack's parameter says
    `believed`; at the same time `urgent` notices of locked logins, from the other queue.

    `codes` are the parts of one-time codes in a second of the day, by default a few, and at times a rush.
    """
    with an_account() as account:
        account.parameters = {**account.parameters, "SmsPartsPerSecond": str(believed)}
        handler: Any = account.function("send_notice")
        cloud = _Cloud(limit, codes or _codes)
        registration = a_registration(account)
        handler.customers = _Customers()
        handler.registrations = _Registrations(registration)
        handler.notices = _Claims()
        handler.sender = Sender({ChannelName.SMS: _Phones(cloud)})
        handler.audit = lambda *_, **__: None
        handler.now = lambda: cloud.now
        handler.pause = cloud.pass_time
        urgent_queue: Queue = handler.queue
        expiry_queue: Queue = handler.expiry_queue
        for queue in (urgent_queue, expiry_queue):
            object.__setattr__(queue, "client", cloud)
        due = Due("hong", registration.id, registration.not_after)
        for number in range(count):
            notice = expiry_notice(_phone(number), [(replace(due, registration_id=f"r{number}"), 7)], NINE)
            cloud.arrive(expiry_queue.url, NINE, json.dumps(notice.message))
        for number in range(count, count + urgent):
            notice = lock_notice(_phone(number), str(number), NINE)
            cloud.arrive(urgent_queue.url, NINE, json.dumps(notice.message))
        # Each queue has so many workers of its own.
        numbers = range(int(account.parameters["NoticeWorkers"]))
        workers = [(NINE, queue.name, n, queue.url) for queue in (expiry_queue, urgent_queue) for n in numbers]
        heapq.heapify(workers)
        while workers:
            free_at, name, number, url = heapq.heappop(workers)
            if not cloud.waiting[url]:
                continue  # it is empty for good: only its own workers put a message off
            records = cloud.receive(url, free_at)
            answer = account.invoke("send_notice", _batch(records, name))
            cloud.settle(url, records, [each["itemIdentifier"] for each in answer["batchItemFailures"]])
            heapq.heappush(workers, (cloud.now, name, number, url))
            account.log.seek(0)
            account.log.truncate()
    return cloud.outcome


def _codes(second: int) -> int:
    """Two parts a second of one-time codes on average, and a rush once in five minutes."""
    dice = random.Random(second)  # noqa: S311 - no secret
    return 18 if second % 300 < 3 else dice.randrange(5)


def _phone(number: int) -> str:
    return f"+8210{number:08}"


@dataclass(order=True)
class _Waiting:
    """A message of the queue, from when it can be received."""

    visible_at: datetime
    number: int
    body: str = field(compare=False)
    attributes: Mapping[str, Any] = field(compare=False)
    sent_at: datetime = field(compare=False)
    receives: int = field(compare=False, default=0)


class _Cloud:
    """SQS as the function's client, SNS's quota, and the clock."""

    def __init__(self, limit: int, codes: Callable[[int], int]) -> None:
        self.now = NINE
        self.waiting: defaultdict[str, list[_Waiting]] = defaultdict(list)
        self.outcome = Outcome()
        self._limit = limit
        self._codes = codes
        self._taken: Counter[int] = Counter()
        self._numbers = 0
        self._received: dict[str, _Waiting] = {}

    def pass_time(self, wait: timedelta) -> None:
        """Let time pass for the worker that runs."""
        self.now += wait

    def arrive(self, url: str, at: datetime, body: str, attributes: Mapping[str, Any] | None = None) -> None:
        """A message of this queue that can be received from `at`."""
        self._numbers += 1
        heapq.heappush(self.waiting[url], _Waiting(at, self._numbers, body, attributes or {}, self.now))

    def receive(self, url: str, at: datetime) -> list[_Waiting]:
        """The next batch of this queue for a worker that is free since `at`."""
        waiting = self.waiting[url]
        self.now = max(at, waiting[0].visible_at)
        found: list[_Waiting] = []
        while waiting and len(found) < _SOURCE["BatchSize"] and waiting[0].visible_at <= self.now:
            found.append(heapq.heappop(waiting))
            found[-1].receives += 1
            found[-1].visible_at = self.now + _HIDDEN
        self._received = {str(each.number): each for each in found}
        return found

    def settle(self, url: str, records: Sequence[_Waiting], failed: Sequence[str]) -> None:
        """Delete what is done; what failed comes back, or is a dead letter."""
        for record in records:
            if str(record.number) not in failed:
                continue
            if record.receives < _MOST_RECEIVES:
                heapq.heappush(self.waiting[url], record)
            else:
                self.outcome.reported.append(json.loads(record.body)["customer_id"])

    def send_message(self, **call: Any) -> None:
        """A copy that was put off."""
        self.outcome.put_off += 1
        attributes = {
            name: {"stringValue": each["StringValue"]} for name, each in call["MessageAttributes"].items()
        }
        arrives_at = self.now + timedelta(seconds=call["DelaySeconds"])
        self.arrive(call["QueueUrl"], arrives_at, call["MessageBody"], attributes)

    def change_message_visibility(self, **call: Any) -> None:
        """A message that waits for the morning."""
        record = self._received[call["ReceiptHandle"]]
        record.visible_at = self.now + timedelta(seconds=call["VisibilityTimeout"])

    def publish(self, phone: str, text: str) -> int:
        """SNS: take a text message, or refuse it where the second has too many parts."""
        self.now += timedelta(seconds=SECONDS_OF_A_NOTICE)
        second = int(self.now.timestamp())
        parts = message_parts(text)
        taken = self._taken[second] + min(self._codes(second), self._limit)
        if taken + parts > self._limit:
            self.outcome.refused += 1
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "Publish")
        self._taken[second] += parts
        self.outcome.most_parts_a_second = max(self.outcome.most_parts_a_second, taken + parts)
        self.outcome.sent[phone] += 1
        self.outcome.parts += parts
        self.outcome.notice_parts[second // 60] += parts
        self.outcome.until = max(self.outcome.until, self.now)
        return parts


def _batch(records: Sequence[_Waiting], queue: str) -> dict[str, Any]:
    batch = a_batch(*({} for _ in records))
    for entry, record in zip(batch["Records"], records, strict=True):
        entry |= {"messageId": str(record.number), "body": record.body, "messageAttributes": record.attributes}
        entry["receiptHandle"] = entry["messageId"]
        entry["eventSourceARN"] = f"arn:aws:sqs:ap-northeast-2:123456789012:{queue}"
        entry["attributes"]["SentTimestamp"] = str(int(record.sent_at.timestamp() * 1000))
    return batch


class _Phones:
    """The channel of text messages."""

    def __init__(self, cloud: _Cloud) -> None:
        self._cloud = cloud

    def send(self, address: str, message: Message) -> int:
        """Send a text as `TextMessages` does."""
        return self._cloud.publish(address, message.notice.short)


class _Customers:
    def __init__(self) -> None:
        self._one = a_customer()

    def find(self, customer_id: str) -> Any:
        """Every customer exists, and is called by their phone."""
        language = "ko" if int(customer_id[1:]) % ENGLISH else "en"
        return replace(self._one, id=customer_id, phone=customer_id, language=language)


class _Registrations:
    def __init__(self, one: Registration) -> None:
        self._one = one

    def find(self, customer_id: str, registration_id: str) -> Registration:
        """Every registration is live."""
        return replace(self._one, id=f"{registration_id:0>32}", customer_id=customer_id)


class _Claims:
    """The notices' table: claims in memory."""

    def __init__(self) -> None:
        self._claimed: set[str] = set()
        self._closed: set[str] = set()

    def is_closed(self, notice: str) -> bool:
        """Whether it was sent."""
        return notice in self._closed

    def claim(self, notices: Sequence[str], _: datetime) -> bool:
        """Whether all were free."""
        if self._claimed.intersection(notices) or self._closed.intersection(notices):
            return False
        self._claimed.update(notices)
        return True

    def release(self, notices: Sequence[str], _: datetime) -> None:
        """Nothing was sent."""
        self._claimed.difference_update(notices)

    def close(self, notices: Sequence[str], *_: Any) -> None:
        """Sent."""
        self._closed.update(notices)
