"""GET /credentials: the customer's credentials, and a recovery that is cooling off."""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.credential_view import credentials_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

customers = stores.customers()


@route
def lambda_handler(request: Request) -> Response:
    customer = customers.find(request.caller.customer_id)
    at = now()
    if customer is None:
        raise Refusal(Code.AUTH_REQUIRED)
    return respond(200, credentials_view(customer.as_of(at), at))
