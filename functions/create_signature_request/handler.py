"""POST /signature-requests: a relying service asks a customer to sign a transaction.

The Idempotency-Key names the request, so a repeat gets the same one. Whether the customer exists, or has a
certificate, is not looked up: the service knows its customers, and what nobody can sign expires.
"""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.signing.signature_request import DEFAULT_SECONDS, Asked, new_request
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID
from registrar.entry.log import audit
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
    key = request.idempotency_key
    if key is None:
        raise Refusal(Code.MALFORMED_REQUEST, field="Idempotency-Key")
    fields = request.fields()
    asked = Asked(
        customer_id=fields.text("customer_id", CUSTOMER_ID),
        kind=fields.text("kind"),
        values=fields.object("values").values,
        document_sha256=fields.text("document_sha256", r"[0-9a-f]{64}"),
        expires_in=fields.number("expires_in") if "expires_in" in fields else DEFAULT_SECONDS,
    )
    new = new_request(request.service, asked, key, at)
    found = requests.add(new)
    if found is new:
        audit("signing.requested", customer_id=found.customer_id, request_id=found.id, kind=found.kind)
    return respond(201 if found is new else 200, request_view(found, BANK, request.language, at), request.language)
