"""One person at the bank proposes that a customer's lost phone, authenticator app or device with passkeys be
replaced (ProposeRecovery).

Fields: customer_id, lost (phone, totp, passkeys, separated by commas), phone (the new number, where the phone was
lost), reason. Nothing changes until another person approves, through another document and function
(docs/runbook.md, "Two persons").
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.customer import Customer
from registrar.domain.access.recovery import LOST, PHONE, REASON, propose
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.entry.clock import now
from registrar.entry.command import invoked
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit

executions = stores.executions()
customers = stores.customers()


@invoked(executions.find, ProposeRecovery={})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    at = now().replace(microsecond=0)
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    staff = fields.staff_id()
    lost = fields.some_of("lost", LOST)
    phone = fields.optional_text("phone", PHONE.pattern)
    reason = fields.text("reason", REASON)
    try:
        customer = _customer(customer_id, at)
        recovery = propose(phone, lost, reason, staff, at, current=customer.phone)
    except AdminStepRefused as refused:
        facts = {"lost": list(lost), "new_phone": masked_phone(phone) if phone else None, "reason": reason}
        audit("recovery.not_proposed", customer_id=customer_id, staff=staff, why=refused.why, **facts)
        raise
    customers.save(replace(customer, recovery=recovery))
    audited = recovery.audited(customer_id, customer.phone)
    audit("recovery.proposed", staff=staff, **audited)
    return {"recovery_id": recovery.id, "expires_at": audited["expires_at"]}


def _customer(customer_id: str, at: datetime) -> Customer:
    """The customer, for whom no recovery is cooling off. Raises AdminStepRefused."""
    found = customers.find(customer_id)
    if found is None:
        raise AdminStepRefused("no such customer")
    customer = found.as_of(at)
    if customer.recovery is not None and customer.recovery.pending(at):
        raise AdminStepRefused("another recovery is cooling off")
    return customer
