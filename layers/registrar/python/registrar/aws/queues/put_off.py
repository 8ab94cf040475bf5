"""Putting a message off without a failure: a copy replaces it.

SQS counts each time that a message is received, and moves it to the dead letters after a few, whatever the reason.
A copy was never received. Killed between sending the copy and deleting the message, both arrive: the claim on what
they ask for makes that harmless.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from registrar.aws.queues.queue import Queue
from registrar.domain.notices.pace import is_given_up, throttled_delay
from registrar.domain.times import instant, iso

_SINCE = "throttled_since"
"""The attribute of a copy: when the first of its copies was put off."""
_SENT = "put_off_at"
"""The attribute of a copy: when it was sent. SQS says about the same, unless the copy was redriven since."""
_REDRIVEN = timedelta(minutes=5)
"""A copy needs longer for its five receives and its way through the dead letters, a batch less to send it."""


def put_off(queue: Queue, record: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Send a copy of a received message that arrives later; None where it was put off for too long already.

    Whoever redrives it has waited for the cause to end: the time before that does not count.
    """
    since = _throttled_since(record) or now
    if is_given_up(since, now):
        return None
    wait = throttled_delay(now - since)
    queue.send_later(record["body"], wait, {_SINCE: iso(since), _SENT: iso(now)})
    return wait


def _throttled_since(record: Mapping[str, Any]) -> datetime | None:
    """None for a message that is no copy, or was redriven: SQS gives it a new time and keeps its attributes."""
    attributes = {name: each["stringValue"] for name, each in record.get("messageAttributes", {}).items()}
    if not {_SINCE, _SENT} <= attributes.keys():
        return None
    enqueued = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) / 1000, UTC)
    return None if enqueued - instant(attributes[_SENT]) > _REDRIVEN else instant(attributes[_SINCE])
