"""The frame around a handler of a queue: each message on its own, failures reported one by one."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from registrar.domain.reasons.errors import MessagePostponed, MessageThrottled
from registrar.entry.log import logger
from registrar.entry.metrics import Metric, counted
from registrar.entry.start import started

Outcome = dict[str, list[dict[str, str]]]
Postpone = Callable[[str, timedelta], None]
"""Hides the message of a receipt handle for a while."""
PutOff = Callable[[Mapping[str, Any]], timedelta | None]
"""Replaces a message (its record) by a copy that arrives after the returned time; None where it did not."""


def each_message(
    handle: Callable[[Mapping[str, Any]], None], postpone: Postpone | None = None, put_off: PutOff | None = None
) -> Callable[[dict[str, Any], Any], Outcome]:
    """Turn `handle`, which takes one message's JSON, into a handler that returns `batchItemFailures`.

    A message that fails is counted, delivered again and ends in the dead-letter queue; the others are not affected.
    One for which `handle` raises MessagePostponed is postponed: it stays in the queue, hidden until then, and was
    received once more. One for which it raises MessageThrottled is put off: it is done, since a copy replaces it.
    """

    def lambda_handler(event: dict[str, Any], context: Any) -> Outcome:
        failures = []
        for record in event.get("Records", []):
            logger.append_keys(message_id=record["messageId"], function=context.function_name)
            try:
                handle(json.loads(record["body"]))
            except Exception as error:  # noqa: BLE001 - one bad message must not stop the others; the queue keeps it
                if not _replaced(record, error, put_off):
                    _keep(record, error, postpone)
                    failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    return started(lambda_handler)


def _replaced(record: Mapping[str, Any], error: Exception, put_off: PutOff | None) -> bool:
    if put_off is None or not isinstance(error, MessageThrottled):
        return False
    try:
        wait = put_off(record)
    except Exception:  # noqa: BLE001 - then it stays in the queue, and was received once more
        logger.exception("message not put off")
        return False
    if wait is not None:
        logger.warning("message put off", why=str(error), seconds=int(wait.total_seconds()))
    return wait is not None


def _keep(record: Mapping[str, Any], error: Exception, postpone: Postpone | None) -> None:
    if postpone is None or not isinstance(error, MessagePostponed):
        logger.exception("message failed", **counted(Metric.MESSAGES_FAILED))
        return
    try:
        postpone(record["receiptHandle"], error.wait)
    except Exception:  # noqa: BLE001 - then it is redelivered sooner
        logger.exception("message not postponed", **counted(Metric.MESSAGES_FAILED))


def object_keys(message: Mapping[str, Any]) -> Iterator[str]:
    """The keys of the objects that an S3 event notification names; none for S3's own test event."""
    for record in message.get("Records", []):
        yield unquote_plus(record["s3"]["object"]["key"])
