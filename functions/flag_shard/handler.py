"""One shard of the expiry run: flag what is about to end, hand on one digest per customer, note what has ended.

Every step may be repeated: flags carry the run's own time, and a notice that comes twice is sent once. So a shard
whose worker died is done again as a whole, and the run counts as finished only when every shard is.
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

index = stores.expiry_index()
runs = stores.runs()
notices = stores.notice_queue()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    run = run_of(message)
    shard = message["shard"]
    found = digests((window, index.due(shard, window)) for window in windows(run.since, run.at))
    handed_on = 0
    for digest in found:
        if told := _flag(digest, run.at):
            handed_on += notices.send([expiry_notice(digest.customer_id, told, run.at).message])
        _note_ended(digest, run.at)
    try:
        finished = runs.done(run, shard)
    except ConditionFailed:
        logger.info("another run took its place", run=run.id, shard=shard)
        return
    due = sum(len(digest.told) for digest in found)
    logger.info("shard done", run=run.id, shard=shard, due=due, digests=handed_on, run_finished=finished)


def _flag(digest: Digest, at: datetime) -> list[tuple[Due, int]]:
    """What the customer is still to be told of."""
    told = []
    for due, threshold in digest.told:
        try:
            if due not in digest.ended:
                index.flag(due, at)
        except ConditionFailed:
            continue  # renewed, held or ended since the index said so
        told.append((due, threshold))
    return told


def _note_ended(digest: Digest, at: datetime) -> None:
    # After its customer's digest: what is noted has left the index, and a repeat of this shard would not find it.
    for due in digest.ended:
        try:
            index.note_ended(due, at)
        except ConditionFailed:
            continue  # it came to another end
