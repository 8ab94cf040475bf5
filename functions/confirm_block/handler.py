"""Invoked by another person at the bank: read a proposal to block a registration, then confirm it.

{"step": "view", "customer_id": …, "registration_id": …, "staff_id": …}, then, after reading it,
{"step": "confirm", "confirm": "<its digest>", …}

Not on the API: its invoke permission differs from that of propose_block (docs/runbook.md, "Two persons").
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.two_persons import digest_of
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import CUSTOMER_ID, REGISTRATION_ID, Fields
from registrar.entry.log import audit
from registrar.entry.views import registration_view

registrations = stores.registrations()


@invoked
def lambda_handler(fields: Fields) -> dict[str, Any]:
    at = now()
    step = fields.text("step", "view|confirm")
    confirmed = fields.text("confirm", "[0-9a-f]{64}") if step == "confirm" else ""
    staff = fields.staff_id()
    found = registrations.get(
        fields.text("customer_id", CUSTOMER_ID), fields.text("registration_id", REGISTRATION_ID)
    )
    proposal = registrations.find_block_proposal(found.customer_id, found.id)
    if proposal is None:
        raise AdminStepRefused("there is no proposal to block it")
    facts = {**proposal.shown, "staff_id": staff}
    if step == "view":
        audit("block.viewed", **facts)
        view = registration_view(found, "en", at)
        return {**proposal.shown, "digest": digest_of(proposal.shown), "registration": view}
    try:
        blocked = registrations.block(found, proposal.confirmed(confirmed, staff, at), at)
    except AdminStepRefused as refused:
        audit("block.not_confirmed", **facts, why=refused.why)
        raise
    audit("registration.blocked", **facts)
    return registration_view(blocked, "en", at)
