"""Plans of a re-evaluation: what is still open of them (in the notices' table, beside the expiry run's), and what
was found (in the trust bucket, where admins read).

    run:reevaluation:<version>                              the last plan of a trust document's version
    reports/reevaluation/<version>/<begun>/<segment>.jsonl  figures of a segment, then a line for each change
    reports/reevaluation/<version>/<begun>/summary.json     figures of all; who applies the plan confirms its digest

A segment is a shard of the expiry index. Files are written once: what was confirmed is what is applied.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.buckets.bucket import Bucket
from registrar.aws.tables.runs import RETENTION, close_part
from registrar.domain.reasons.errors import ConditionFailed, ObjectNotFound
from registrar.domain.registrations.reevaluation import Tally, total
from registrar.domain.times import instant, iso

MOST_BYTES = 256_000_000
"""Of a segment's file; 160,000 changes take 30 MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for a trust document's `version` that was started `at`; `open` are the segments not evaluated yet.

    `planned_by` is who of the staff asked for it; a worker's message leaves it out.
    """

    version: int
    at: datetime
    open: frozenset[str] = frozenset()
    planned_by: str = ""

    def key(self, name: str) -> str:
        """The key of one of its files."""
        begun = iso(self.at).replace(":", "").replace("-", "")
        return f"reports/reevaluation/{self.version}/{begun}/{name}"

    @property
    def summary_key(self) -> str:
        return self.key("summary.json")

    def message(self, task: str, **facts: object) -> dict[str, object]:
        """A worker's message."""
        return {"task": task, "version": self.version, "at": iso(self.at), **facts}

    def messages(self) -> Iterator[dict[str, object]]:
        """One for each segment that is open."""
        for segment in sorted(self.open):
            yield self.message("look", segment=segment)


def plan_of(message: Mapping[str, Any]) -> Plan:
    """The plan that a worker's message is part of. Raises KeyError where it is none."""
    return Plan(message["version"], instant(message["at"]))


def _run_id(version: int) -> str:
    return f"run:reevaluation:{version}"


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans, each made segment by segment, in any order and with repetitions."""

    client: Any
    table: str
    bucket: Bucket

    def find(self, version: int) -> Plan | None:
        """The last plan for a version."""
        row = dynamo.get(self.client, self.table, {"id": dynamo.text(_run_id(version))})
        if row is None:
            return None
        planned_by = dynamo.read_text(row, "planned_by") if "planned_by" in row else ""
        return Plan(version, dynamo.read_instant(row, "at"), dynamo.read_text_set(row, "open"), planned_by)

    def begin(self, version: int, segments: Collection[str], staff: str, now: datetime) -> Plan:
        """Begin a plan, or find the one that is still being made."""
        plan = Plan(version, now, frozenset(segments), staff)
        row = {
            "id": dynamo.text(_run_id(version)),
            "at": dynamo.instant(plan.at),
            "open": dynamo.text_set(plan.open),
            "planned_by": dynamo.text(staff),
            "ttl": dynamo.epoch(now + RETENTION),
        }
        try:
            dynamo.put(
                self.client,
                self.table,
                row,
                ConditionExpression="attribute_not_exists(#open)",
                ExpressionAttributeNames={"#open": "open"},
            )
        except ConditionFailed:
            return self.find(version) or plan
        return plan

    def is_open(self, plan: Plan, segment: str) -> bool:
        """Whether the segment is still open in this plan, and no later plan exists."""
        found = self.find(plan.version)
        return found is not None and found.at == plan.at and segment in found.open

    def write_segment(self, plan: Plan, segment: str, tally: Tally, changes: Sequence[Mapping[str, Any]]) -> None:
        """Store the results of a segment; those of an earlier attempt are kept."""
        lines = [tally.to_map(), *changes]
        content = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines).encode()
        self._write(plan.key(f"{segment}.jsonl"), content, "application/x-ndjson")

    def done(self, plan: Plan, segment: str) -> bool:
        """Record that a segment is done, repeatably; returns whether the whole plan is.

        Raises ConditionFailed where a later plan took its place.
        """
        return close_part(self.client, self.table, _run_id(plan.version), segment, plan.at)

    def summarise(self, plan: Plan, segments: Collection[str]) -> dict[str, Any]:
        """Write the summary of a finished plan, once; the figures in it."""
        tallies = []
        digests = {}
        for segment in sorted(segments):
            content = self._segment(plan, segment)
            tally = json.loads(content.partition(b"\n")[0])
            tallies.append(tally)
            if tally["to_hold"] or tally["to_lift"]:
                digests[segment] = hashlib.sha256(content).hexdigest()
        figures = total(tallies).to_map()
        known = self.find(plan.version)
        planned_by = known.planned_by if known and known.at == plan.at else ""
        begun = {"version": plan.version, "planned_at": iso(plan.at), "planned_by": planned_by}
        facts = {**begun, **figures, "segments": digests}
        self._write(plan.summary_key, json.dumps(facts, indent=2, sort_keys=True).encode(), "application/json")
        return figures

    def summary(self, plan: Plan) -> bytes:
        """The summary as an admin reads it. Raises ObjectNotFound where the plan is not finished."""
        return self.bucket.read(plan.summary_key, MOST_BYTES).content

    def changes(self, plan: Plan, segment: str, sha256: str) -> dict[str, str]:
        """Registration to planned change, of the segment as the summary knows it. Raises ObjectNotFound."""
        content = self._segment(plan, segment)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ObjectNotFound(plan.key(segment))
        lines = map(json.loads, content.splitlines()[1:])
        return {line["registration_id"]: line["change"] for line in lines}

    def _segment(self, plan: Plan, segment: str) -> bytes:
        return self.bucket.read(plan.key(f"{segment}.jsonl"), MOST_BYTES).content

    def _write(self, key: str, content: bytes, media_type: str) -> None:
        try:
            self.bucket.write(key, content, create=True, media_type=media_type)
        except ConditionFailed:
            return
