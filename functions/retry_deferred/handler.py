"""Every minute: put the questions that are due again to the queue of check_revocation.

It reads the uploads that are due and no others. Killed between taking one and putting its question, that one is due
again five minutes later. An admin who knows that an issuer answers again invokes it with `{"all": true}`: every
deferred upload is asked about now.
"""

from datetime import timedelta
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import ConditionFailed
from registrar.entry.clock import now
from registrar.entry.log import logger

FOREVER = timedelta(days=365)
due_questions = stores.due_questions()
questions = stores.question_queue()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    counts = {"due": 0, "asked": 0}
    until = now() + FOREVER if event.get("all") is True else now()
    for upload_id, due in due_questions.due(until):
        counts["due"] += 1
        try:
            due_questions.queue(upload_id, due, now())
        except ConditionFailed:
            continue  # decided meanwhile, or another run's
        questions.send([{"upload_id": upload_id}])
        counts["asked"] += 1
    logger.info("deferred questions put", function=context.function_name, counts=counts)
    return counts
