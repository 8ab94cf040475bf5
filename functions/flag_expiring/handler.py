"""Every morning: begin the expiry run, and queue each shard of the registrations for a worker.

Called again it queues the shards that are still open: the next call completes one that was killed.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.registration_items import EXPIRY_SHARDS
from registrar.entry.clock import now
from registrar.entry.log import logger
from registrar.entry.start import started

runs = stores.runs()
queue = stores.expiry_queue()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    run = runs.begin(EXPIRY_SHARDS, now().replace(microsecond=0))
    shards = queue.send(run.messages())
    logger.info("expiry run begun", function=context.function_name, run=run.id, shards=shards)
    return {"shards": shards}
