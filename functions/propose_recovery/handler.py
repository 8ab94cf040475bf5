"""Invoked by one person at the bank: propose that a customer's lost phone or authenticator app be replaced.

Not on the API: who may invoke it is a matter of IAM (docs/runbook.md, "Recovery"). Nothing changes until another
person approves, through another function.
"""

from dataclasses import replace
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.access.recovery import RecoveryRefused, propose
from registrar.entry.clock import now
from registrar.entry.log import audit

customers = stores.customers()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    at = now()
    customer_id = str(event.get("customer_id"))
    staff = str(event.get("staff_id"))
    found = customers.find(customer_id)
    try:
        if found is None:
            raise RecoveryRefused("no such customer")
        customer = found.as_of(at)
        if customer.recovery is not None and customer.recovery.pending(at):
            raise RecoveryRefused("another recovery is cooling off")
        lost = tuple(str(each) for each in event.get("lost") or ())
        recovery = propose(str(event.get("phone")), lost, str(event.get("reason")), staff, at)
    except RecoveryRefused as refused:
        audit("recovery.not_proposed", customer_id=customer_id, staff=staff[:64], reason=str(refused))
        return {"outcome": "REFUSED", "why": str(refused)}
    customers.save(replace(customer, recovery=recovery))
    audit("recovery.proposed", customer_id=customer_id, staff=staff, recovery=recovery.id, lost=list(recovery.lost))
    return {"outcome": "PROPOSED", "recovery_id": recovery.id}
