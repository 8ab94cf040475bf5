"""Every minute: queue the deferred uploads that are due for check_revocation.

It reads only the uploads that are due. If it is killed between claiming an upload and queueing it, that upload is
due again five minutes later. An admin who knows that an issuer is available again invokes it with `{"all": true}`:
every deferred upload is queried now.
"""

from datetime import timedelta
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import ConditionFailed
from registrar.entry.clock import now
from registrar.entry.log import logger

FOREVER = timedelta(days=365)
due_queries = stores.due_queries()
queries = stores.query_queue()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    counts = {"due": 0, "asked": 0}
    until = now() + FOREVER if event.get("all") is True else now()
    for upload_id, due in due_queries.due(until):
        counts["due"] += 1
        try:
            due_queries.queue(upload_id, due, now())
        except ConditionFailed:
            continue  # decided meanwhile, or claimed by another run
        queries.send([{"upload_id": upload_id}])
        counts["asked"] += 1
    logger.info("deferred uploads queued", function=context.function_name, counts=counts)
    return counts
