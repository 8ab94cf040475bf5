"""POST /registrations/{registration_id}/loss, POST /registrations/loss, POST /loss: the customer lost control.

One factor is enough: the session, or without the phone customer id and password (`/loss`). It takes
effect at the next consistent read. Reporting again changes nothing; an ended registration stays as it is.

While logins from unknown devices have to wait, every report by password is accepted, after the same calls and with
the same response, and a queue applies it if the password is right. So a stranger who guesses cannot stop the
customer's report, and learns nothing.
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.access.cleared_budgets import cleared_at
from registrar.domain.access.passwords import MAX_PASSWORD_CHARS, UNKNOWN_CUSTOMER, verify_password
from registrar.domain.access.throttles import account_key
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.registration import Lifecycle, Registration
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

accounts = stores.accounts()
throttles = stores.throttles()
queue = stores.loss_queue()
locked_logins = use_cases.locked_logins()
registrations = stores.registrations()
loss_reports = use_cases.loss_reports()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    if request.route == "/loss":
        return _by_password(request, at)
    customer_id = request.caller.customer_id
    if "registration_id" not in request.path:
        held = loss_reports.hold_all(customer_id, at)
        _audit(held, "session", at)
        return respond(
            200,
            {"registrations": [registration_view(each, request.language, at) for each in held]},
            request.language,
        )
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = loss_reports.hold(registrations.get(customer_id, registration_id), at)
    _audit([found], "session", at)
    return respond(200, registration_view(found, request.language, at), request.language)


def _by_password(request: Request, at: datetime) -> Response:
    """One factor, so the response states only the effect: the caller may not be the customer.

    Raises Refusal (LOGIN_FAILED), the same for an unknown customer.
    """
    fields = request.fields()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    password = fields.text("password", rf"(?s).{{1,{MAX_PASSWORD_CHARS}}}")
    throttles.count_address(request.source_address, at)
    customer, standing = accounts.find(customer_id)
    # The same budget as logins from unknown devices: guessing the password is no easier here.
    budget = account_key(customer_id, None, cleared_at(standing.cleared, None))
    attempt = throttles.attempt(budget, at)
    correct = verify_password(password, customer.password_hash if customer else UNKNOWN_CUSTOMER)
    known_id = customer.id if customer else None
    if not attempt.allowed:
        queue.send([{"customer_id": known_id if correct else None}])
        audit("loss.accepted", customer_id=known_id)
        return respond(202, {"accepted": True})
    if customer is None or not correct:
        queued = locked_logins.after_wrong_password(known_id, budget, attempt, at)
        audit("loss.refused", customer_id=known_id, lock_notice_queued=queued)
        raise Refusal(Code.LOGIN_FAILED, retry_after=attempt.retry_after, tries_left=attempt.tries_left)
    held = loss_reports.hold_all(customer.id, at)
    _audit(held, "password", at)
    return respond(200, {"suspended": len(held)})


def _audit(reported: list[Registration], factor: str, at: datetime) -> None:
    for each in reported:
        if each.lifecycle_at(at) is Lifecycle.LIVE:
            audit("loss.reported", customer_id=each.customer_id, registration_id=each.id, factor=factor)
