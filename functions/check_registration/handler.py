"""POST /registrations/{registration_id}/check: before a transaction of high value, is the certificate good now?

The status check (GET) returns what the bank knows; this one queries the issuer, and the revocation status must be
within the maximum age for high value. It is applied at once. Without a fresh status the request is refused for now.
"""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.registration import Lifecycle
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases
from registrar.steps.applying_status import apply_status

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
registrations = stores.registrations()
throttles = stores.throttles()
fresh = use_cases.fresh_statuses()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = registrations.get(caller.customer_id, registration_id)
    if found.lifecycle_at(at) is Lifecycle.LIVE:
        throttles.count_check(caller.customer_id, at)
        status = fresh.query(found, at, Limits(deadline(MOST_SECONDS), 0, PRIVATE)).status
        found = apply_status(registrations, found, status, at)
        audit("registration.checked", customer_id=found.customer_id, registration_id=found.id, answer=status.value)
    return respond(200, registration_view(found, request.language, at), request.language)
