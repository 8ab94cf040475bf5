"""Every night: erase the registrations that ended longer ago than they have to be kept.

It reads only those that are due, and erases each completely or not at all: after a crash or when invoked again it
continues with the rest.
"""

from datetime import timedelta
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import ConditionFailed
from registrar.entry.clock import now
from registrar.entry.log import logger
from registrar.entry.start import started
from registrar.settings import setting

erasure = stores.erasure()
days_kept = setting("RETENTION_DAYS_ENDED")


@started
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    counts = {"due": 0, "erased": 0}
    for over in erasure.due(now() - timedelta(days=int(days_kept))):
        counts["due"] += 1
        try:
            erasure.erase(over)
        except ConditionFailed:
            continue  # its certificate is being registered again: the next run finds the rest
        counts["erased"] += 1
    logger.info("ended registrations erased", function=context.function_name, counts=counts)
    return counts
