"""POST /recovery/cancellation: the customer stops a recovery at the bank that is cooling off. A session is enough:
a login with the old methods shows that they are not lost."""

from dataclasses import replace

from registrar.aws import wiring as stores
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
notices = use_cases.notices_at_once()


@route
def lambda_handler(request: Request) -> Response:
    customer = customers.find(request.caller.customer_id)
    at = now()
    recovery = customer.recovery if customer else None
    if customer is None or recovery is None or not recovery.pending(at):
        raise Refusal(Code.RECOVERY_NOT_FOUND)
    customers.save(replace(customer, recovery=None))
    for phone in {customer.phone, recovery.phone_after(customer.phone)}:
        notices.send(Kind.RECOVERY_CANCELLED, customer.language, phone, at)
    audit("recovery.cancelled", customer_id=customer.id, recovery=recovery.id)
    return respond(200, {"cancelled": recovery.id})
