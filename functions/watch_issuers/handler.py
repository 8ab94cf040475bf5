"""Every night, and when an admin invokes it: queue each list that could contain a registered certificate.

`{}` means all lists, `{"operator": "yessign"}` those of one operator. A second run queues the same lists: harmless.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.revocation.watch import authority_points
from registrar.entry.clock import now
from registrar.entry.log import logger

trust = stores.trust_bucket()
issuers = stores.issuers()
queue = stores.watch_queue()


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    store = trust.active(now())
    operator = event.get("operator")
    registered = list(issuers.points())
    authorities = authority_points(store) if store.rules.revocation.check_authorities else ()
    wanted = [point for point in dict.fromkeys((*registered, *authorities)) if operator in (None, point.operator)]
    queue.send({"point": asdict(point)} for point in wanted)
    counts = {"planned": len(wanted), "known": len(registered), "authorities": len(authorities)}
    logger.info("watch planned", function=context.function_name, operator=operator, counts=counts)
    return counts
