"""Another person at the bank, who read the summary of a plan, applies it to the live registrations
(ApplyReevaluation).

Fields: version, confirm (SHA-256 of summary.json), reason. Who may start this document may not plan
(docs/runbook.md, "Two persons").
"""

import hashlib
import json
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.reevaluations import Plan
from registrar.domain.reasons.errors import AdminStepRefused, ObjectNotFound
from registrar.domain.times import iso
from registrar.domain.two_persons import check_second_person
from registrar.entry.clock import now
from registrar.entry.command import invoked, who_and_why
from registrar.entry.fields import Fields
from registrar.entry.log import audit

executions = stores.executions()
trust = stores.trust_bucket()
plans = stores.plans()
queue = stores.reevaluation_queue()


@invoked(executions.find, ApplyReevaluation={})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    version = int(fields.text("version", "[0-9]{1,9}"))
    confirmed = fields.text("confirm", "[0-9a-f]{64}")
    who = who_and_why(fields)
    try:
        plan, summary = _read(version, who["staff_id"], confirmed)
    except AdminStepRefused as refused:
        audit("reevaluation.not_confirmed", version=version, sha256=confirmed, why=refused.why, **who)
        raise
    audit(
        "reevaluation.confirmed",
        version=version,
        planned_at=iso(plan.at),
        planned_by=plan.planned_by,
        sha256=confirmed,
        **who,
    )
    figures = json.loads(summary)
    segments = figures["segments"].items()
    queue.send(plan.message("spread", segment=segment, sha256=digest) for segment, digest in segments)
    return {"version": version, "to_hold": figures["to_hold"], "to_lift": figures["to_lift"]}


def _read(version: int, staff: str, confirmed: str) -> tuple[Plan, bytes]:
    """The finished plan of another person, and the summary that is confirmed. Raises AdminStepRefused."""
    if version != (active := _active_version()):
        raise AdminStepRefused(f"version {version} is not active, {active} is: plan again")
    plan = plans.find(version)
    if plan is None:
        raise AdminStepRefused(f"there is no plan for version {version}")
    if not plan.planned_by:
        raise AdminStepRefused("the plan does not say who made it: plan again")
    check_second_person(plan.planned_by, plan.at, staff, now())
    try:
        summary = plans.summary(plan)
    except ObjectNotFound:
        raise AdminStepRefused(f"the plan is not finished: {len(plan.open)} segments are open") from None
    if hashlib.sha256(summary).hexdigest() != confirmed:
        raise AdminStepRefused(f"confirm is not the SHA-256 of {plan.summary_key}: read it again")
    return plan, summary


def _active_version() -> int:
    try:
        return trust.active_now().version  # a new one: it must not be a minute old
    except ObjectNotFound:
        raise AdminStepRefused("no trust document is active") from None
