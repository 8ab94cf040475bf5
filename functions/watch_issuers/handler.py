"""Every night, and when an admin asks: have each list looked at on which a registered certificate could stand.

`{}` means all lists, `{"operator": "yessign"}` those of one operator. A second run plans the same again: harmless.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from registrar.aws.buckets.bucket import Bucket
from registrar.aws.buckets.trust_bucket import TrustBucket
from registrar.aws.clients import client
from registrar.aws.queues.queue import Queue
from registrar.aws.tables.issuers import Issuers
from registrar.domain.revocation.watch import authority_points
from registrar.entry.clock import now
from registrar.entry.log import logger
from registrar.entry.settings import setting, settings_list

trust = TrustBucket(Bucket(client("s3"), setting("TRUST_BUCKET")), settings_list("TRUST_ANCHOR_PINS"))
issuers = Issuers(client("dynamodb"), setting("ISSUERS_TABLE"))
queue = Queue(client("sqs"), setting("WATCH_QUEUE"))


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    store, operator = trust.active(now()), event.get("operator")
    registered = list(issuers.points())
    authorities = authority_points(store) if store.rules.revocation.check_authorities else ()
    wanted = [point for point in dict.fromkeys((*registered, *authorities)) if operator in (None, point.operator)]
    queue.send({"point": asdict(point)} for point in wanted)
    counts = {"planned": len(wanted), "known": len(registered), "authorities": len(authorities)}
    logger.info("watch planned", function=context.function_name, operator=operator, counts=counts)
    return counts
