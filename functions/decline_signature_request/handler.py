"""POST /signature-requests/{request_id}/decline: the customer does not sign. Repeating it changes nothing."""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.signing_views import customer_view

requests = stores.signature_requests()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    request_id = request.path_id("request_id", otherwise=Code.SIGNING_REQUEST_NOT_FOUND)
    found = requests.decline(request.caller.customer_id, request_id, at)
    audit("signing.declined", customer_id=found.customer_id, request_id=found.id, state=found.state)
    return respond(200, customer_view(found, request.language, at), request.language)
