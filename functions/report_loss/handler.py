"""POST /registrations/{registration_id}/loss, POST /registrations/loss, POST /loss: the customer lost control.

One factor is enough: the session, or without the phone customer id and password (`/loss`). It takes
effect at the next consistent read. Reporting again changes nothing; an ended registration stays as it is.
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.access.passwords import MAX_PASSWORD_CHARS, UNKNOWN_CUSTOMER, verify_password
from registrar.domain.access.throttles import account_key
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.views import registration_view
from registrar.steps import wiring as use_cases

customers = stores.customers()
throttles = stores.throttles()
locked_logins = use_cases.locked_logins()
registrations = stores.registrations()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    if request.route == "/loss":
        # One factor, so the response states only the effect: the caller may not be the customer.
        held = _hold_all(_by_password(request, at), "password", at)
        return respond(200, {"suspended": len(held)})
    customer_id = request.caller.customer_id
    if "registration_id" not in request.path:
        held = _hold_all(customer_id, "session", at)
        return respond(200, {"registrations": [registration_view(each, request.language, at) for each in held]})
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = _hold(registrations.get(customer_id, registration_id), "session", at)
    return respond(200, registration_view(found, request.language, at))


def _by_password(request: Request, at: datetime) -> str:
    """The customer whose password this is. Raises Refusal (LOGIN_FAILED), the same for an unknown one."""
    fields = request.fields()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    password = fields.text("password", rf"(?s).{{1,{MAX_PASSWORD_CHARS}}}")
    throttles.count_address(request.source_address, at)
    # The same budget as logins from unknown devices: guessing the password is no easier here.
    budget = account_key(customer_id, None)
    attempt = throttles.attempt(budget, at)
    customer = customers.find(customer_id)
    correct = verify_password(password, customer.password_hash if customer else UNKNOWN_CUSTOMER)
    if customer is None or not correct or not attempt.allowed:
        known_id = customer.id if customer else None
        queued = locked_logins.after_wrong_password(known_id, budget, attempt, at)
        audit("loss.refused", customer_id=known_id, waiting=not attempt.allowed, lock_notice_queued=queued)
        raise Refusal(Code.LOGIN_FAILED, retry_after=attempt.retry_after, tries_left=attempt.tries_left)
    return customer.id


def _hold_all(customer_id: str, factor: str, at: datetime) -> list[Registration]:
    """All live registrations of the customer, held."""
    live = [r for r in registrations.of_customer(customer_id) if r.lifecycle_at(at) is Lifecycle.LIVE]
    return [_hold(each, factor, at) for each in live]


def _hold(registration: Registration, factor: str, at: datetime) -> Registration:
    customer_id = registration.customer_id
    registration_id = registration.id
    try:
        registrations.add_hold(customer_id, registration_id, Hold.CUSTOMER, at)
    except ConditionFailed:  # it ended: nothing is left to hold
        return registrations.get(customer_id, registration_id)
    audit("loss.reported", customer_id=customer_id, registration_id=registration_id, factor=factor)
    return registrations.get(customer_id, registration_id)
