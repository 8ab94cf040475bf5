"""One person at the bank plans what the active trust document changes for live registrations (PlanReevaluation).

A plan changes no registration until another person, who read its summary, applies it through another document and
function (docs/runbook.md, "Two persons").
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.registration_items import EXPIRY_SHARDS
from registrar.domain.reasons.errors import AdminStepRefused, ObjectNotFound
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import Fields
from registrar.entry.log import audit

executions = stores.executions()
trust = stores.trust_bucket()
plans = stores.plans()
queue = stores.reevaluation_queue()


@invoked(executions.find, PlanReevaluation={})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    """Begin a plan; called again before it is finished, queue its open segments again."""
    staff = fields.staff_id()
    try:
        version = trust.active_now().version  # a new one: it must not be a minute old
    except ObjectNotFound:
        raise AdminStepRefused("no trust document is active") from None
    plan = plans.begin(version, EXPIRY_SHARDS, staff, now().replace(microsecond=0))
    sent = queue.send(plan.messages())
    audit(
        "reevaluation.begun",
        version=version,
        planned_at=iso(plan.at),
        planned_by=plan.planned_by,
        open=sent,
        staff_id=staff,
    )
    return {"version": version, "planned_at": iso(plan.at), "open": sent, "summary": plan.summary_key}
