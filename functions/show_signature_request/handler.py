"""GET /signature-requests/{request_id}: the customer's request, with the text to sign while it may be signed.

The first look at a pending request is recorded: its service gets the hint SEEN_BY_APP.
"""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.signing_views import text_view
from registrar.settings import signing_bank

BANK = signing_bank()
requests = stores.signature_requests()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    request_id = request.path_id("request_id", otherwise=Code.SIGNING_REQUEST_NOT_FOUND)
    found = requests.see(request.caller.customer_id, request_id, at)
    if found is None:
        raise Refusal(Code.SIGNING_REQUEST_NOT_FOUND)
    return respond(200, text_view(found, BANK, request.language, at), request.language)
