"""What has to be true when all lives have ended and every queue is empty: nothing lost, nothing doubled."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registrar.domain.notices.queue_messages import KIND_OF_EVENT
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.secret_forms import forms
from tools.cloud.seed import DEMO_IDN
from tools.lives.events import Tap
from tools.lives.invariants import scan
from tools.lives.life import Life
from tools.lives.redelivery import QUEUES
from tools.lives.uploads import PASSWORD

LONGEST = 400
"""Seconds until every message that was in hand of a killed function came back, and was done: twice the longest
time for which a queue of ours hides one (NoticeQueue)."""
COUNTED = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
IN_HAND = ("VALIDATING", "CHECKING")


def wait_until_quiet(cloud: LocalCloud, tap: Tap, seconds: float = LONGEST) -> list[str]:
    """Wait until the queues have been empty for a while. Returns those that did not empty."""
    deadline = time.monotonic() + seconds
    empty_for = 0
    full: dict[str, int] = {}
    while empty_for < 5 and time.monotonic() < deadline:
        tap.read()
        full = {name: left for name in QUEUES if name != "AuditQueue" and (left := _left(cloud, name))}
        empty_for = 0 if full else empty_for + 1
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


@dataclass(frozen=True)
class Sent:
    """What became of the notices of events; `twice` were claimed twice and may have been sent twice."""

    closed: int
    twice: int
    texts: int
    wrong: list[str]


def notices(cloud: LocalCloud, lives: Sequence[Life], tap: Tap) -> Sent:
    """Each event that becomes a notice has one; each customer got no more texts than claims on notices."""
    rows = {item["id"]["S"]: item for item in scan(cloud, "NoticesTable")}
    claims, sent, closed, twice, wrong = Counter[str](), Counter[str](), 0, 0, list[str]()
    own = {life.id for life in lives}
    for event_id, (kind, detail) in tap.events.items():
        if kind not in KIND_OF_EVENT or detail["customer_id"] not in own:
            continue
        row = rows.pop(f"event:{event_id}", None)
        if row is None:
            wrong.append(f"no notice of {kind} {event_id}")
            continue
        customer, times = detail["customer_id"], int(row.get("sends", {"N": "0"})["N"])
        claims[customer] += times
        closed += row["state"]["S"] != "CLAIMED"
        sent[customer] += row["state"]["S"] == "SENT"
        twice += times > 1
        if times > 2 or (row["state"]["S"] == "CLAIMED" and times < 2):
            wrong.append(f"the notice of {kind} {event_id} is {row['state']['S']} after {times} claims")
    texts = {life.id: len(cloud.sms(life.phone.customer.phone)) for life in lives}
    asked = {life.id: _of_uploads(life, rows) for life in lives}
    for life in lives:
        most = claims[life.id] + asked[life.id]
        if not sent[life.id] <= texts[life.id] <= most:
            wrong.append(f"{life.id} got {texts[life.id]} texts; notices sent {sent[life.id]}, claims {most}")
    return Sent(closed, twice, sum(texts.values()), wrong)


def _of_uploads(life: Life, rows: Mapping[str, Any]) -> int:
    """Claims on notices of a customer's uploads that had to wait, and of logins that were locked."""
    named = {name for name in rows if any(upload in name for upload in life.upload_ids) or life.id in name}
    return sum(int(rows[name].get("sends", {"N": "0"})["N"]) for name in named)


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
