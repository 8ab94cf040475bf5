"""GET /customers/{customer_id}/signature-requests/{request_id}: what became of a relying service's own request.

Another service's request is not found, like one that does not exist.
"""

import re

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID
from registrar.entry.relying import RelyingRequest, relying_route
from registrar.entry.responses import Response, respond
from registrar.entry.signing_views import request_view
from registrar.settings import setting

BANK = setting("BANK_CODE")
services = stores.relying_services()
requests = stores.signature_requests()


@relying_route(services.find)
def lambda_handler(request: RelyingRequest) -> Response:
    at = now()
    customer_id = request.path.get("customer_id") or ""
    if not re.fullmatch(CUSTOMER_ID, customer_id):
        raise Refusal(Code.SIGNING_REQUEST_NOT_FOUND)
    request_id = request.path_id("request_id", otherwise=Code.SIGNING_REQUEST_NOT_FOUND)
    found = requests.find(customer_id, request_id)
    if found is None or found.service != request.service.name:
        raise Refusal(Code.SIGNING_REQUEST_NOT_FOUND)
    return respond(200, request_view(found, BANK, request.language, at), request.language)
