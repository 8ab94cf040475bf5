"""An admin locks a customer out (LockOut), which ends their session and every open login, or lets them in (Unlock).

Fields: customer_id, reason.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.entry.clock import now
from registrar.entry.command import invoked, who_and_why
from registrar.entry.fields import CUSTOMER_ID, Fields
from registrar.entry.log import audit

executions = stores.executions()
customers = stores.customers()
sessions = stores.sessions()


@invoked(executions.find, LockOut={"lock": "out"}, Unlock={"lock": "in"})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    locked = fields.text("lock", "out|in") == "out"
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    who = who_and_why(fields)
    if customers.find(customer_id) is None:
        raise AdminStepRefused("no such customer")
    if locked:
        sessions.lock(customer_id, now())
    else:
        sessions.unlock(customer_id)
    audit("customer.locked_out" if locked else "customer.unlocked", customer_id=customer_id, **who)
    return {"customer_id": customer_id, "locked_out": locked}
