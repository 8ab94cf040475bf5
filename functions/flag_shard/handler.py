"""One shard of the expiry run: flag what expires soon, queue one digest per customer, record what has expired.

Every step may be repeated: flags carry the run's own time, and a notice that is queued twice is sent once. So a
shard whose worker was killed is repeated completely, and the run is finished only when every shard is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.runs import run_of
from registrar.domain.notices.expiry import Digest, Due, digests, windows
from registrar.domain.notices.notice import expiry_notice
from registrar.domain.reasons.errors import ConditionFailed
from registrar.entry.batch import each_message
from registrar.entry.log import logger
from registrar.entry.metrics import counted

index = stores.expiry_index()
runs = stores.runs()
notices = stores.expiry_notice_queue()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    run = run_of(message)
    shard = message["shard"]
    found = digests((window, index.due(shard, window)) for window in windows(run.since, run.at))
    queued = 0
    for digest in found:
        if notified := _flag(digest, run.at):
            queued += notices.send([expiry_notice(digest.customer_id, notified, run.at).message])
        _record_expired(digest, run.at)
    try:
        finished = runs.done(run, shard)
    except ConditionFailed:
        logger.info("another run took its place", run=run.id, shard=shard)
        return
    due = sum(len(digest.to_notify) for digest in found)
    facts = {"run": run.id, "shard": shard, "due": due, "digests": queued, "run_finished": finished}
    logger.info("shard done", **facts, **counted(ExpiryNoticesPlanned=queued))


def _flag(digest: Digest, at: datetime) -> list[tuple[Due, int]]:
    """The part of the digest that is still true, flagged."""
    notified = []
    for due, threshold in digest.to_notify:
        try:
            if due not in digest.ended:
                index.flag(due, at)
        except ConditionFailed:
            continue  # renewed, held or ended since the index was read
        notified.append((due, threshold))
    return notified


def _record_expired(digest: Digest, at: datetime) -> None:
    # After its customer's digest: a recorded end leaves the index, and a repeat of this shard would not find it.
    for due in digest.ended:
        try:
            index.record_expired(due, at)
        except ConditionFailed:
            continue  # it ended in another way
