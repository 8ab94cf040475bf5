"""Every minute: queue the deferred uploads that are due for check_revocation.

It reads only the uploads that are due, and writes nothing: an upload that stays due is queued again every five
minutes, and check_revocation drops a message whose query was made meanwhile. An admin who knows that an issuer is
available again invokes it with `{"all": true}`: every deferred upload is queried now.
"""

from datetime import timedelta
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.revocation.findings import is_turn
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.log import logger
from registrar.entry.start import started

FOREVER = timedelta(days=365)
due_queries = stores.due_queries()
queries = stores.query_queue()


@started
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    counts = {"due": 0, "asked": 0}
    at = now()
    every = event.get("all") is True
    for upload_id, due in due_queries.due(at + FOREVER if every else at):
        counts["due"] += 1
        if every or is_turn(due, at):
            queries.send([{"upload_id": upload_id, "due": iso(due)}])
            counts["asked"] += 1
    logger.info("deferred uploads queued", function=context.function_name, counts=counts)
    return counts
