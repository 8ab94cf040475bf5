"""Publish changes of registrations and signature requests, read from their tables' streams, to the bank's systems.

Any failure fails the whole batch: Lambda repeats it, in halves, until the record that cannot be published is
isolated and goes to the queue of unpublished changes. Repeated events keep their ids.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.changes import events_in
from registrar.entry.log import logger
from registrar.entry.start import started

bus = stores.event_bus()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    logger.append_keys(function=context.function_name)
    found = [each for record in event["Records"] for each in events_in(record)]
    bus.put(found)
    logger.info("published", records=len(event["Records"]), events=[each.detail["id"] for each in found])
