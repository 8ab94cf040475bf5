"""POST /signature-requests/{request_id}/signature: the customer signs a transaction with a registered certificate.

The response is the request's final state: COMPLETED, or FAILED with the reason. An answer to a request that is
final already changes nothing, and gets that state.
"""

from registrar.domain.possession.proofs import MAX_CMS_BYTES
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import deadline, now
from registrar.entry.fields import REGISTRATION_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.signing_views import customer_view
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases
from registrar.steps.signing import Answer

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
signing = use_cases.signing()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    customer_id = request.caller.customer_id
    request_id = request.path_id("request_id", otherwise=Code.SIGNING_REQUEST_NOT_FOUND)
    fields = request.fields(most=MAX_CMS_BYTES * 2)
    answer = Answer(customer_id, request_id, fields.text("registration_id", REGISTRATION_ID), fields.proof(), at)
    named = {"customer_id": customer_id, "request_id": request_id, "registration_id": answer.registration_id}
    try:
        found = signing.answer(answer, Limits(deadline(MOST_SECONDS), 0, PRIVATE))
    except Refusal as refused:
        audit("signing.refused", **named, code=refused.code)
        raise
    reason = found.failure.code if found.failure else None
    audit("signing.answered", **named, state=found.state, reason=reason)
    return respond(200, customer_view(found, request.language, at), request.language)
