"""An admin re-evaluates the live registrations under the active trust document; called directly, under IAM.

{"step": "plan"}, then, after reading its summary,
{"step": "apply", "version": …, "confirm": "<SHA-256 of summary.json>", "staff_id": …, "reason": …}
"""

import hashlib
import json
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.reevaluations import Plan
from registrar.aws.tables.registration_items import EXPIRY_SHARDS
from registrar.domain.reasons.errors import AdminStepRefused, ObjectNotFound
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.command import invoked, who_and_why
from registrar.entry.fields import Fields
from registrar.entry.log import audit

trust = stores.trust_bucket()
plans = stores.plans()
queue = stores.reevaluation_queue()


@invoked
def lambda_handler(fields: Fields) -> dict[str, Any]:
    return _plan() if fields.text("step", "plan|apply") == "plan" else _apply(fields)


def _plan() -> dict[str, Any]:
    """Begin a plan; called again before it is finished, queue its open segments again."""
    plan = plans.begin(_active_version(), EXPIRY_SHARDS, now().replace(microsecond=0))
    sent = queue.send(plan.messages())
    audit("reevaluation.begun", version=plan.version, planned_at=iso(plan.at), open=sent)
    return {"version": plan.version, "planned_at": iso(plan.at), "open": sent, "summary": plan.summary_key}


def _apply(fields: Fields) -> dict[str, Any]:
    version = fields.number("version")
    confirmed = fields.text("confirm", "[0-9a-f]{64}")
    who = who_and_why(fields)
    if version != (active := _active_version()):
        raise AdminStepRefused(f"version {version} is not active, {active} is: plan again")
    plan, summary = _finished(version)
    if hashlib.sha256(summary).hexdigest() != confirmed:
        raise AdminStepRefused(f"confirm is not the SHA-256 of {plan.summary_key}: read it again")
    figures = json.loads(summary)
    audit("reevaluation.confirmed", version=version, planned_at=iso(plan.at), sha256=confirmed, **who)
    segments = figures["segments"].items()
    queue.send(plan.message("spread", segment=segment, sha256=digest) for segment, digest in segments)
    return {"version": version, "to_hold": figures["to_hold"], "to_lift": figures["to_lift"]}


def _finished(version: int) -> tuple[Plan, bytes]:
    """The last plan for a version, and its summary."""
    plan = plans.find(version)
    if plan is None:
        raise AdminStepRefused(f"there is no plan for version {version}")
    try:
        return plan, plans.summary(plan)
    except ObjectNotFound:
        raise AdminStepRefused(f"the plan is not finished: {len(plan.open)} segments are open") from None


def _active_version() -> int:
    try:
        return trust.active_now().version  # a new one: it must not be a minute old
    except ObjectNotFound:
        raise AdminStepRefused("no trust document is active") from None
