"""GET /registrations/{registration_id}: the status check before a transaction, one consistent read."""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.entry.clock import now
from registrar.entry.registration_views import registration_view, resume_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import signing_bank

BANK = signing_bank()
registrations = stores.registrations()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = registrations.get(caller.customer_id, registration_id)
    at = now()
    return respond(
        200, registration_view(found, request.language, at) | resume_view(found, BANK, at), request.language
    )
