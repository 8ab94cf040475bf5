"""Another person at the bank reads a proposal to block a registration (ViewBlock), then confirms it (ConfirmBlock).

Fields: customer_id, registration_id; to confirm also `confirm`, the digest of what was read. Who may start these
documents may not propose (docs/runbook.md, "Two persons").
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.two_persons import digest_of
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import CUSTOMER_ID, REGISTRATION_ID, Fields
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view

executions = stores.executions()
registrations = stores.registrations()


@invoked(executions.find, ViewBlock={"step": "view"}, ConfirmBlock={"step": "confirm"})
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
