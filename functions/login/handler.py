"""POST /login: check customer id and password, and start a challenge for a second factor.

An unknown customer, a wrong password and a locked account make the same calls, cost the same hash and get the same
response. Every attempt counts before anything is compared; only a finished login clears the count.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation, new_challenge
from registrar.domain.access.challenge_text import method_data
from registrar.domain.access.cleared_budgets import cleared_at, with_cleared
from registrar.domain.access.devices import devices_to_keep, known_device
from registrar.domain.access.passwords import MAX_PASSWORD_CHARS, UNKNOWN_CUSTOMER, verify_password
from registrar.domain.access.throttles import account_key
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.access_views import challenge_view
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID, DEVICE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import setting, signing_bank
from registrar.steps import wiring as use_cases

accounts = stores.accounts()
challenges = stores.challenges()
registrations = stores.registrations()
throttles = stores.throttles()
locked_logins = use_cases.locked_logins()
rp_id = setting("PASSKEY_RP_ID")
bank = signing_bank()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    at = now()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    password = fields.text("password", rf"(?s).{{1,{MAX_PASSWORD_CHARS}}}")
    operation = Operation(fields.optional_text("operation", "login|register") or "login")
    device_id = fields.optional_text("device_id", DEVICE_ID)

    throttles.count_address(request.source_address, at)
    customer, standing = accounts.find(customer_id)
    device = known_device(standing.devices, device_id)
    key = account_key(customer_id, device, cleared_at(standing.cleared, device))
    attempt = throttles.attempt(key, at)
    correct = verify_password(password, customer.password_hash if customer else UNKNOWN_CUSTOMER)
    if customer is None or not correct or standing.locked or not attempt.allowed:
        # No digest of an unknown customer id: it may be a password in the wrong field.
        known_id = customer.id if customer else None
        queued = locked_logins.after_wrong_password(known_id, key, attempt, at)
        facts = {"waiting": not attempt.allowed, "locked": standing.locked, "lock_notice_queued": queued}
        audit("login.refused", customer_id=known_id, **facts)
        raise Refusal(Code.LOGIN_FAILED, retry_after=attempt.retry_after, tries_left=attempt.tries_left)

    customer = customer.as_of(at)
    # Offered only: verify_certificate judges the one that signs.
    registered = [each for each in registrations.rows_of_customer(customer.id) if each.usable_at(at)]
    challenge = new_challenge(
        customer.id,
        customer.kind,
        customer.methods_with(registered),
        at,
        operation=operation,
        starts_session=True,
        throttle=key,
        devices=None if device else devices_to_keep(standing.devices),
        cleared=with_cleared(standing.cleared, standing.devices, device, at),
    )
    challenges.add(challenge)
    audit("login.challenged", customer_id=customer.id, operation=operation.value, device=bool(device))
    return respond(
        200, challenge_view(challenge) | {"asked": method_data(challenge, customer, registered, rp_id, bank)}
    )
