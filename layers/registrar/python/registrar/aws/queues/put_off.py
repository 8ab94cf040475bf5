"""Putting a message off without a failure: a copy replaces it.

SQS counts each time that a message is received, and moves it to the dead letters after a few, whatever the reason.
A copy was never received. Killed between sending the copy and deleting the message, both arrive: the claim on what
they ask for makes that harmless.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from registrar.aws.queues.queue import Queue
from registrar.domain.notices.pace import is_given_up, throttled_delay
from registrar.domain.times import instant, iso

_SINCE = "throttled_since"
"""The attribute of a copy: when the first of its copies was put off. A redrive keeps it."""


def put_off(queue: Queue, record: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Send a copy of a received message that arrives later; None where it was put off for too long already."""
    attribute = record.get("messageAttributes", {}).get(_SINCE)
    since = instant(attribute["stringValue"]) if attribute else now
    if is_given_up(since, now):
        return None
    wait = throttled_delay(now - since)
    queue.send_later(record["body"], wait, {_SINCE: iso(since)})
    return wait
