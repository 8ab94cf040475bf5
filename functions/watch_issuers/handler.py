"""Every night, and when an admin invokes it: queue each list that could contain a registered certificate, and in
batches the registrations that no list covers.

`{}` means all, `{"operator": "yessign"}` those of one operator. A second run queues the same: harmless.
With `"whole": true` every entry of a list is applied, not only what changed since the last run (after a restore).
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.revocation.watch import authority_points
from registrar.entry.clock import now
from registrar.entry.log import logger
from registrar.entry.start import started

trust = stores.trust_bucket()
issuers = stores.issuers()
queue = stores.watch_queue()
index = stores.unlisted_index()
BATCH = 25


@started
def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    at = now()
    store = trust.active(at)
    operator = event.get("operator") or None  # a form that was left empty
    registered = list(issuers.points())
    authorities = authority_points(store) if store.rules.revocation.check_authorities else ()
    wanted = [point for point in dict.fromkeys((*registered, *authorities)) if operator in (None, point.operator)]
    whole = {"whole": True} if event.get("whole") else {}
    queue.send({"point": asdict(point), **whole} for point in wanted)
    unlisted = queue.send(_batches(operator, at))
    counts = {
        "planned": len(wanted),
        "known": len(registered),
        "authorities": len(authorities),
        "unlisted_batches": unlisted,
    }
    logger.info("watch planned", function=context.function_name, operator=operator, counts=counts)
    return counts


def _batches(operator: str | None, at: datetime) -> Iterator[dict[str, object]]:
    found = index.live(at)
    while batch := [list(each) for each in islice(found, BATCH)]:
        yield {"registrations": batch, "operator": operator}
