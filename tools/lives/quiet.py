"""What has to be true when all lives have ended and every queue is empty: nothing lost, nothing doubled."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registrar.domain.notices.notice import MOST_SENDS
from registrar.domain.notices.queue_messages import KIND_OF_EVENT
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.secret_forms import forms
from tools.cloud.seed import DEMO_IDN
from tools.lives.events import Tap
from tools.lives.invariants import scan
from tools.lives.life import Life
from tools.lives.uploads import PASSWORD

WAITED_FOR = ("QuestionsQueue", "NoticeQueue", "LossQueue")
"""ValidationQueue keeps messages for the deadlines of uploads, ten minutes: its work is seen at the uploads."""
LONGEST = 400
"""Seconds until every message that was in hand of a killed function came back, and was done: twice the longest
time for which a queue of ours hides one (NoticeQueue)."""
COUNTED = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
IN_HAND = ("VALIDATING", "CHECKING")


def wait_until_quiet(cloud: LocalCloud, lives: Sequence[Life], tap: Tap, seconds: float = LONGEST) -> list[str]:
    """Wait until queues are empty and no upload is worked on, for a while. Returns queues that are not empty."""
    deadline = time.monotonic() + seconds
    empty_for = 0
    full: dict[str, int] = {}
    while empty_for < 5 and time.monotonic() < deadline:
        tap.read()
        full = {name: left for name in WAITED_FOR if (left := _left(cloud, name))}
        empty_for = 0 if full or open_uploads(cloud, lives) else empty_for + 1
        time.sleep(1)
    return [f"{left} messages in {name} after {seconds:.0f} s" for name, left in full.items()]


def _left(cloud: LocalCloud, queue: str) -> int:
    found = cloud.client("sqs").get_queue_attributes(QueueUrl=cloud.physical(queue), AttributeNames=list(COUNTED))
    return sum(int(found["Attributes"][name]) for name in COUNTED)


def dead_letters(cloud: LocalCloud) -> dict[str, int]:
    """Queues of dead letters that are not empty."""
    names = [name for name in cloud.resources if name.endswith(("DeadLetters", "UnpublishedEvents"))]
    return {
        name: left for name in names if cloud.physical(name).startswith("http") and (left := _left(cloud, name))
    }


def unequal_events(lives: Sequence[Life], tap: Tap) -> list[str]:
    """Each registration has the events of its changes, each once by id, and no other."""
    found = tap.of_registrations({life.id for life in lives})
    expected = {held.id: held.changes for life in lives for held in life.registrations.values()}
    return [
        f"events of {name}: {dict(found.get(name, {}))}, not {dict(expected.get(name, {}))}"
        for name in expected.keys() | found.keys()
        if found.get(name, Counter()) != expected.get(name, Counter())
    ]


def open_uploads(cloud: LocalCloud, lives: Sequence[Life]) -> list[str]:
    """No upload is in the service's hand: each ended, or waits for its customer or issuer until a deadline."""
    own = {life.id for life in lives}
    return [
        f"upload {item['id']['S']} is {item['state']['S']} although nothing works on it"
        for item in scan(cloud, "UploadsTable")
        if item.get("state", {}).get("S") in IN_HAND and item["customer_id"]["S"] in own
    ]


@dataclass
class Sent:
    """What became of the notices of events, by customer: claims on them, and how many were sent.

    `twice` were claimed twice, and may have been sent twice.
    """

    claims: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    texts: int = 0
    wrong: list[str] = field(default_factory=list)

    def take(self, what: str, customer_id: str, row: Mapping[str, Any] | None) -> None:
        """Count the row of an event's notice."""
        if row is None:
            self.wrong.append(f"no notice of {what}")
            return
        times = _claims(row)
        open_claim = row["state"]["S"] == "CLAIMED"
        self.claims[customer_id] += times
        self.sent[customer_id] += row["state"]["S"] == "SENT"
        self.twice += times > 1
        if times > MOST_SENDS or (open_claim and times < MOST_SENDS):
            self.wrong.append(f"the notice of {what} is {row['state']['S']} after {times} claims")


def notices(cloud: LocalCloud, lives: Sequence[Life], tap: Tap) -> Sent:
    """Each event that becomes a notice has one; each customer got no more texts than claims on notices."""
    rows = {item["id"]["S"]: item for item in scan(cloud, "NoticesTable")}
    found = Sent()
    own = {life.id for life in lives}
    for event_id, (kind, detail) in tap.events.items():
        if kind in KIND_OF_EVENT and detail["customer_id"] in own:
            found.take(f"{kind} {event_id}", detail["customer_id"], rows.get(f"event:{event_id}"))
    for life in lives:
        texts = len(cloud.sms(life.phone.customer.phone))
        most = found.claims[life.id] + _of_uploads(life, rows)
        found.texts += texts
        if not found.sent[life.id] <= texts <= most:
            found.wrong.append(
                f"{life.id} got {texts} texts; notices sent {found.sent[life.id]}, claims {most}:"
                f" {cloud.sms(life.phone.customer.phone)}"
            )
    return found


def _claims(row: Mapping[str, Any]) -> int:
    return int(row.get("sends", {"N": "0"})["N"])


def _of_uploads(life: Life, rows: Mapping[str, Any]) -> int:
    """Claims on notices of a customer's uploads that had to wait, and of logins that were locked."""
    named = {name for name in rows if any(upload in name for upload in life.upload_ids) or life.id in name}
    return sum(_claims(rows[name]) for name in named)


def secrets_in_logs(cloud: LocalCloud, lives: Sequence[Life]) -> list[str]:
    """No log has a password, a one-time secret, a session, a random number R or a resident number."""
    written = {form: what for what, secret in _secrets(lives) for form in forms(secret)}
    client = cloud.client("logs")
    found = set()
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            events = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            lines = "\n".join(event["message"] for part in events for event in part["events"]).encode()
            found |= {f"{what} in {group['logGroupName']}" for form, what in written.items() if form in lines}
    return sorted(found)


def _secrets(lives: Sequence[Life]) -> Iterable[tuple[str, bytes]]:
    yield "the password of a file", PASSWORD.encode()
    yield "the resident number", DEMO_IDN.encode()
    for life in lives:
        customer = life.phone.customer
        yield f"the password of {life.id}", customer.password.encode()
        yield f"the secret of codes of {life.id}", customer.totp_secret
        yield from ((f"a session of {life.id}", token.encode()) for token in life.tokens)
        yield from ((f"R of {life.id}", each.random_number) for each in life.own)
