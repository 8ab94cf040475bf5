"""Another person at the bank reads a proposed recovery (ViewRecovery), then approves it (ApproveRecovery). The
cooling-off period starts and a notice goes out.

Fields: customer_id, recovery_id; to approve also `confirm`, the digest of what was read. Who may start
these documents may not propose (docs/runbook.md, "Two persons").
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.customer import Customer
from registrar.domain.access.recovery import COOLING_OFF, Recovery, approve, check_open, proposal_of
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.times import iso
from registrar.domain.two_persons import check_read, digest_of
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit
from registrar.steps import wiring as use_cases

executions = stores.executions()
customers = stores.customers()
notices = use_cases.notices_at_once()


@invoked(executions.find, ViewRecovery={"step": "view"}, ApproveRecovery={"step": "approve"})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    at = now()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    staff = fields.staff_id()
    recovery_id = fields.text("recovery_id", r"[0-9a-f]{32}")
    step = fields.text("step", "view|approve")
    confirmed = fields.text("confirm", "[0-9a-f]{64}") if step == "approve" else ""
    facts: dict[str, Any] = {"customer_id": customer_id, "recovery_id": recovery_id}
    try:
        customer, proposal = _proposed(customer_id, recovery_id)
        shown = proposal.shown(customer_id, customer.phone)
        facts = proposal.audited(customer_id, customer.phone)
        if step == "view":
            check_open(proposal)
            audit("recovery.viewed", staff=staff, **facts)
            return {**shown, "digest": digest_of(shown)}
        approved = approve(proposal, staff, at)
        check_read(shown, confirmed)
    except AdminStepRefused as refused:
        audit("recovery.not_approved", staff=staff, why=refused.why, **facts)
        raise
    ends = (approved.approved_at or at) + COOLING_OFF
    again = approved is proposal
    if not again:
        _begin(customer, approved, at, ends)
    audit("recovery.approved", again=again, staff=staff, effective_at=iso(ends), sha256=confirmed, **facts)
    return {"effective_at": iso(ends)}


def _begin(customer: Customer, approved: Recovery, at: datetime, ends: datetime) -> None:
    """Begin the cooling-off period; who reads the old phone or the new one learns of it."""
    after = approved.phone_after(customer.phone)
    for phone in sorted({customer.phone, after}):
        shown_phone = masked_phone(after)
        notices.send(
            Kind.RECOVERY_APPROVED, customer.language, phone, at, phone_masked=shown_phone, effective_at=ends
        )
    customers.save(replace(customer, recovery=approved))


def _proposed(customer_id: str, recovery_id: str) -> tuple[Customer, Recovery]:
    """The customer, and the proposal of this id. Raises AdminStepRefused."""
    customer = customers.find(customer_id)
    if customer is None:
        raise AdminStepRefused("no such customer")
    return customer, proposal_of(customer.recovery, recovery_id)
