"""DELETE /registrations/{registration_id}: the customer ends the use of a certificate with this bank.

It takes a fresh proof of identity (header `Proof-Id`). The certificate stays reserved: only the same customer
may register it again. Repeating it changes nothing.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.registration import Hold, Lifecycle
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

challenges = stores.challenges()
registrations = stores.registrations()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = registrations.get(caller.customer_id, registration_id)
    if found.lifecycle is not Lifecycle.DEREGISTERED:
        found.check_live(at)
        if Hold.BANK in found.holds:
            raise Refusal(Code.REG_SUSPENDED)  # registering it again would remove the hold
        if request.proof_id is None:
            raise Refusal(Code.STEP_UP_REQUIRED)
        use = challenges.use(request.proof_id, found.customer_id, Operation.DEREGISTER, found.id, found.id, at)
        found = registrations.deregister(found, at, use)
        audit("registration.deregistered", customer_id=found.customer_id, registration_id=found.id)
    return respond(200, registration_view(found, request.language, at), request.language)
