"""GET /signature-requests: what the customer may sign or decline now, the first to end first."""

from registrar.aws import wiring as stores
from registrar.domain.signing.signature_request import shown
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.signing_views import customer_view

requests = stores.signature_requests()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    pending = shown(requests.pending(request.caller.customer_id, at))
    return respond(
        200,
        {"signature_requests": [customer_view(each, request.language, at) for each in pending]},
        request.language,
    )
