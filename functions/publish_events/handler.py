"""Publish changes of registrations, read from the table's stream, to the bank's other systems.

Any failure fails the whole batch: Lambda repeats it, in halves, until the record that cannot be published is
isolated and goes to the queue of unpublished changes. Repeated events keep their ids.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.changes import change_of
from registrar.domain.registrations.events import events_of
from registrar.entry.log import logger

bus = stores.event_bus()


def lambda_handler(event: dict[str, Any], context: Any) -> None:
    logger.append_keys(function=context.function_name)
    found = [each for record in event["Records"] for each in events_of(change_of(record))]
    bus.put(found)
    logger.info("published", records=len(event["Records"]), events=[each.detail["id"] for each in found])
