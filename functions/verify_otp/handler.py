"""POST /challenges/otp: prove a challenge with a one-time code of an authenticator app or a text message.

A code is valid once (RFC 6238 section 5.2). It is compared with the authenticator app and the phone that the
customer has now: one that was replaced or removed since the challenge was opened proves nothing.
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Challenge
from registrar.domain.access.customer import Customer
from registrar.domain.access.totp import matching_step
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.access_views import proved_view
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
access = use_cases.access()
customer_secrets = stores.authenticator_secrets()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    at = now()
    challenge_id = fields.text("challenge_id", CHALLENGE_ID)
    code = fields.one_time_code("code")
    method = fields.optional_text("method", "otp|sms") or "otp"

    challenge = access.counted(challenge_id, method, at)
    customer = _customer(challenge, method, at)
    step = _totp_step(customer, code, at) if method == "otp" else None
    if step is None and not (method == "sms" and challenge.sms_code_matches(customer.phone, code, at)):
        refusal, queued = access.refuse_try(challenge, at)
        facts = {"tries_left": challenge.tries_left, "lock_notice_queued": queued}
        audit("otp.refused", customer_id=challenge.customer_id, method=method, **facts)
        raise refusal
    try:
        proved = access.finish(challenge, method, at, totp_step=step)
    except Refusal as refused:
        audit("otp.replayed", customer_id=challenge.customer_id, code=refused.code)
        raise
    action = "session.started" if proved.started else "identity.proved"
    audit(action, customer_id=challenge.customer_id, method=method, operation=challenge.operation.value)
    return respond(200, proved_view(proved))


def _customer(challenge: Challenge, method: str, at: datetime) -> Customer:
    """The customer as they are now, not as they were when the challenge was opened.

    Raises Refusal: STEP_UP_EXPIRED for a former customer, STEP_UP_METHOD_UNAVAILABLE for a method that was removed.
    """
    customer = customers.find(challenge.customer_id)
    if customer is None:
        raise Refusal(Code.STEP_UP_EXPIRED)
    customer = customer.as_of(at)
    if method not in customer.methods:
        raise Refusal(Code.STEP_UP_METHOD_UNAVAILABLE, methods=[m for m in challenge.methods if m != method])
    return customer


def _totp_step(customer: Customer, code: str, at: datetime) -> int | None:
    secret = customer_secrets.open(customer.id, customer.totp_ciphertext or b"")
    return matching_step(secret, code, at)
