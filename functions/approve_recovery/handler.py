"""Invoked by another person at the bank: approve a recovery. The cooling-off period begins, the customer is told.

Not on the API: its invoke permission is another one than that of propose_recovery (docs/runbook.md, "Recovery").
"""

from dataclasses import replace
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.recovery import COOLING_OFF, RecoveryRefused, approve
from registrar.domain.notices.access_notices import recovery_notice
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.log import audit

customers = stores.customers()
messages = stores.text_messages()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    at = now()
    customer_id = str(event.get("customer_id"))
    staff = str(event.get("staff_id"))
    customer = customers.find(customer_id)
    try:
        if customer is None:
            raise RecoveryRefused("no such customer")
        recovery = approve(customer.recovery, str(event.get("recovery_id")), staff, at)
    except RecoveryRefused as refused:
        audit("recovery.not_approved", customer_id=customer_id, staff=staff[:64], reason=str(refused))
        return {"outcome": "REFUSED", "why": str(refused)}
    ends = at + COOLING_OFF
    for phone in sorted({customer.phone, recovery.phone}):
        messages.send(phone, recovery_notice(customer.language, masked_phone(recovery.phone), ends))
    customers.save(replace(customer, recovery=recovery))
    audit("recovery.approved", customer_id=customer_id, staff=staff, recovery=recovery.id, effective_at=iso(ends))
    return {"outcome": "APPROVED", "effective_at": iso(ends)}
