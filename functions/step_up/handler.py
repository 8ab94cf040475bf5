"""POST /step-up: a logged-in customer starts a challenge for one operation on one object.

Starting one does not count as a failed try. While codes have to wait after wrong ones, only methods that cannot be
guessed are offered.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation, new_challenge
from registrar.domain.access.challenge_text import method_data
from registrar.domain.access.credentials import GUESSABLE
from registrar.domain.access.throttles import step_up_key, step_up_locked
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.access_views import challenge_view
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import setting, signing_bank

STEP_UPS = "|".join(operation for operation in Operation if operation is not Operation.LOGIN)
OBJECT_ID = r"[A-Za-z0-9_-]{1,64}"
customers = stores.customers()
challenges = stores.challenges()
registrations = stores.registrations()
throttles = stores.throttles()
rp_id = setting("PASSKEY_RP_ID")
bank = signing_bank()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    at = now()
    customer_id = request.caller.customer_id
    operation = Operation(fields.text("operation", STEP_UPS))
    object_id = fields.optional_text("object", OBJECT_ID) or ""

    throttles.count_step_up(customer_id, request.caller.proved_at, request.source_address, at)
    customer = customers.find(customer_id)
    if customer is None:
        raise Refusal(Code.AUTH_REQUIRED)
    customer = customer.as_of(at)
    ever_registered = registrations.of_customer(customer.id)
    registered = [each for each in ever_registered if each.usable_at(at)]
    key = step_up_key(customer.id, request.caller.proved_at)
    free_at = throttles.free_at(key, at)
    methods = [m for m in customer.methods_with(registered) if free_at <= at or m not in GUESSABLE]
    if not methods:
        audit("step_up.refused", customer_id=customer.id, operation=operation.value)
        raise step_up_locked(free_at, at)
    challenge = new_challenge(
        customer.id,
        customer.kind,
        tuple(methods),
        at,
        operation=operation,
        object_id=object_id,
        throttle=key,
        strong_lost_at=customer.strong_lost_at(each.lost_at(at) for each in ever_registered),
    )
    challenges.add(challenge)
    audit("step_up.challenged", customer_id=customer.id, operation=operation.value, object_id=object_id)
    return respond(
        200, challenge_view(challenge) | {"asked": method_data(challenge, customer, registered, rp_id, bank)}
    )
