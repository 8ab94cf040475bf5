"""Invoked by another person at the bank: approve a recovery. The cooling-off period starts and a notice goes out.

{"customer_id": …, "recovery_id": …, "staff_id": …}

Not on the API: its invoke permission differs from that of propose_recovery (docs/runbook.md, "Recovery").
"""

from dataclasses import replace
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.recovery import COOLING_OFF, approve
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit
from registrar.steps import wiring as use_cases

customers = stores.customers()
notices = use_cases.notices_at_once()


@invoked
def lambda_handler(fields: Fields) -> dict[str, Any]:
    at = now()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    staff = fields.staff_id()
    recovery_id = fields.text("recovery_id", r"[0-9a-f]{32}")
    customer = customers.find(customer_id)
    try:
        if customer is None:
            raise AdminStepRefused("no such customer")
        recovery = approve(customer.recovery, recovery_id, staff, at)
    except AdminStepRefused as refused:
        audit("recovery.not_approved", customer_id=customer_id, staff=staff, reason=refused.why)
        raise
    ends = at + COOLING_OFF
    for phone in sorted({customer.phone, recovery.phone}):
        shown = masked_phone(recovery.phone)
        notices.send(Kind.RECOVERY_APPROVED, customer.language, phone, at, phone_masked=shown, effective_at=ends)
    customers.save(replace(customer, recovery=recovery))
    audit("recovery.approved", customer_id=customer_id, staff=staff, recovery=recovery.id, effective_at=iso(ends))
    return {"effective_at": iso(ends)}
