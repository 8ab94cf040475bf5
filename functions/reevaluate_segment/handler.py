"""The work of a re-evaluation: evaluate a segment for the plan; once it is confirmed, apply it in batches.

Every message may be delivered twice. It is ignored under a trust document other than that of its plan, and a
registration is decided again before it is changed: a plan may be old.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.tables.reevaluations import Plan, plan_of
from registrar.aws.tables.registration_items import EXPIRY_SHARDS
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.reevaluation import Change, Judged, Tally, judge
from registrar.entry.batch import each_message
from registrar.entry.clock import now
from registrar.entry.log import audit, customer_ref, logger
from registrar.settings import setting

BANK = setting("BANK_CODE")
BATCH = 25
trust_bucket = stores.trust_bucket()
registrations = stores.registrations()
index = stores.expiry_index()
plans = stores.plans()
queue = stores.reevaluation_queue()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    plan = plan_of(message)
    trust = trust_bucket.active_now()
    if trust.version != plan.version:
        logger.info("plan superseded", planned=plan.version, active=trust.version)
        return
    match message["task"]:
        case "look":
            _look(plan, message["segment"], trust)
        case "spread":
            queue.send(_batches(plan, message["segment"], message["sha256"]))
        case "apply":
            _apply(plan, message["registrations"], trust)


def _look(plan: Plan, segment: str, trust: TrustStore) -> None:
    at = now()
    if plans.is_open(plan, segment):
        tally = Tally()
        changes = []
        for registration in registrations.find_many(index.live(segment, at)):
            if judged := judge(registration, trust, at, BANK):
                tally.add(judged)
                if judged.change:
                    changes.append({**judged.to_map(), "customer_ref": customer_ref(registration.customer_id)})
        plans.write_segment(plan, segment, tally, changes)
    try:
        finished = plans.done(plan, segment)
    except ConditionFailed:
        return  # a later plan replaced it
    if finished:
        audit("reevaluation.planned", version=plan.version, **plans.summarise(plan, EXPIRY_SHARDS))


def _batches(plan: Plan, segment: str, sha256: str) -> Iterator[dict[str, object]]:
    changes = plans.changes(plan, segment, sha256)
    found = ([*each, changes[each[1]]] for each in index.live(segment, now()) if each[1] in changes)
    while batch := list(islice(found, BATCH)):
        yield plan.message("apply", registrations=batch)


def _apply(plan: Plan, planned: list[list[str]], trust: TrustStore) -> None:
    changes = {registration_id: change for _, registration_id, change in planned}
    for found in registrations.find_many((customer, each) for customer, each, _ in planned):
        judged = judge(found, trust, now(), BANK)
        if judged and judged.change == changes[found.id]:
            _change(found.customer_id, judged, plan.version)


def _change(customer_id: str, judged: Judged, version: int) -> None:
    hold = judged.change is Change.HOLD
    change = registrations.hold_by_reevaluation if hold else registrations.lift_by_reevaluation
    try:
        change(customer_id, judged.registration_id, now())
    except ConditionFailed:
        return  # it ended, or staff of the bank changed it first
    audit(f"reevaluation.{judged.change}", customer_id=customer_id, version=version, **judged.to_map())
