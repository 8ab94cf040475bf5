"""Runs of the expiry job, in the notices' table: which parts of a run are open, which run was the last to finish.

run:expiry:<day>    one run: its start, the start of its window, and the shards that are still open
run:flag_expiring   the start of the last finished run, where the next window starts
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.retention import RULES
from registrar.domain.times import SEOUL, instant, iso

RETENTION = RULES["expiry runs"]
_LAST = {"id": dynamo.text("run:flag_expiring")}


@dataclass(frozen=True, slots=True)
class Run:
    """A run that began `at` and covers what came due after `since`; `open` are the shards not done yet."""

    at: datetime
    since: datetime | None
    open: frozenset[str]

    @property
    def id(self) -> str:
        """One run a day, in Seoul."""
        return f"run:expiry:{self.at.astimezone(SEOUL).date().isoformat()}"

    def messages(self) -> Iterator[dict[str, str | None]]:
        """The workers' messages: one for each open shard."""
        since = iso(self.since) if self.since else None
        for shard in sorted(self.open):
            yield {"shard": shard, "at": iso(self.at), "since": since}


def run_of(message: Mapping[str, str | None]) -> Run:
    """The run that a worker's message is part of. Raises KeyError where it is none."""
    since = message["since"]
    return Run(instant(message["at"] or ""), instant(since) if since else None, frozenset())


def close_part(client: Any, table: str, run_id: str, part: str, at: datetime) -> bool:
    """Remove a part from the open parts of the run that began `at`, repeatably; returns whether none is open.

    Raises ConditionFailed where that run does not exist, or another replaced it.
    """
    item = dynamo.update(
        client,
        table,
        {"id": dynamo.text(run_id)},
        "DELETE #open :part",
        "#at = :at",
        {":part": dynamo.text_set([part]), ":at": dynamo.instant(at)},
        open="open",
        at="at",
    )
    return "open" not in item


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of the expiry job."""

    client: Any
    table: str

    def last_finished(self) -> datetime | None:
        item = dynamo.get(self.client, self.table, _LAST)
        return dynamo.read_instant(item, "finished_at") if item else None

    def begin(self, shards: Collection[str], now: datetime) -> Run:
        """Start today's run, or find it: then with its own time, and the shards that are still open."""
        run = Run(now, self.last_finished(), frozenset(shards))
        key = {"id": dynamo.text(run.id)}
        row: dict[str, dict[str, Any]] = {
            **key,
            "at": dynamo.instant(run.at),
            **({"since": dynamo.instant(run.since)} if run.since else {}),
            "open": {"SS": sorted(run.open)},
            "ttl": dynamo.epoch(now + RETENTION),
        }
        try:
            dynamo.put(self.client, self.table, row, ConditionExpression="attribute_not_exists(id)")
        except ConditionFailed:
            begun = dynamo.get(self.client, self.table, key) or {}
            since = dynamo.read_instant(begun, "since") if "since" in begun else None
            still_open = begun["open"]["SS"] if "open" in begun else ()
            return Run(dynamo.read_instant(begun, "at"), since, frozenset(still_open))
        return run

    def done(self, run: Run, shard: str) -> bool:
        """Record that a shard is done, repeatably; returns whether the whole run is.

        The last shard moves the window on. Raises ConditionFailed where no such run began.
        """
        if not close_part(self.client, self.table, run.id, shard, run.at):
            return False
        self._finish(run.at)
        return True

    def _finish(self, at: datetime) -> None:
        """Move the window on; never backwards, however runs overlap."""
        try:
            dynamo.put(
                self.client,
                self.table,
                {**_LAST, "finished_at": dynamo.instant(at)},
                ConditionExpression="attribute_not_exists(id) OR finished_at < :at",
                ExpressionAttributeValues={":at": dynamo.instant(at)},
            )
        except ConditionFailed:
            return
