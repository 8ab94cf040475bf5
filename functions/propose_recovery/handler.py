"""Invoked by one person at the bank: propose that a customer's lost phone or authenticator app be replaced.

{"customer_id": …, "phone": …, "lost": ["phone", "totp"], "staff_id": …, "reason": …}

Not on the API: IAM decides who may invoke it (docs/runbook.md, "Recovery"). Nothing changes until another
person approves, through another function.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.customer import Customer
from registrar.domain.access.recovery import LOST, PHONE, REASON, propose
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit

customers = stores.customers()


@invoked
def lambda_handler(fields: Fields) -> dict[str, Any]:
    at = now()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    staff = fields.staff_id()
    phone = fields.text("phone", PHONE.pattern)
    lost = fields.some_of("lost", LOST)
    recovery = propose(phone, lost, fields.text("reason", REASON), staff, at)
    try:
        customer = _customer(customer_id, at)
    except AdminStepRefused as refused:
        audit("recovery.not_proposed", customer_id=customer_id, staff=staff, reason=refused.why)
        raise
    customers.save(replace(customer, recovery=recovery))
    audit("recovery.proposed", customer_id=customer_id, staff=staff, recovery=recovery.id, lost=list(lost))
    return {"recovery_id": recovery.id}


def _customer(customer_id: str, at: datetime) -> Customer:
    """The customer, for whom no recovery is cooling off. Raises AdminStepRefused."""
    found = customers.find(customer_id)
    if found is None:
        raise AdminStepRefused("no such customer")
    customer = found.as_of(at)
    if customer.recovery is not None and customer.recovery.pending(at):
        raise AdminStepRefused("another recovery is cooling off")
    return customer
