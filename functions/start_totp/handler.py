"""POST /credentials/totp: create a secret for an authenticator app, shown once; a code has to confirm it."""

import base64
import secrets
from dataclasses import replace
from urllib.parse import quote

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.access.customer import PENDING_LIFE, Pending, tries_before
from registrar.domain.access.totp import SECRET_BYTES
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import bank
from registrar.steps import wiring as use_cases

customers = stores.customers()
credentials = use_cases.credentials()
customer_secrets = stores.authenticator_secrets()
# Apps list their codes by it: the name that customers know, as in texts to sign.
ISSUER = quote(bank().name_ko)


@route
def lambda_handler(request: Request) -> Response:
    customer_id = request.caller.customer_id
    at = now()
    proof_id = request.fields().text("proof_id", CHALLENGE_ID)
    proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "totp", "totp", at)
    tries = tries_before(customer, "totp", proof.id)
    secret = secrets.token_bytes(SECRET_BYTES)
    ends = at + PENDING_LIFE
    pending = Pending("totp", proof.id, customer_secrets.seal(customer_id, secret), ends, tries=tries)
    customers.save(replace(customer, pending=pending))
    audit("totp.started", customer_id=customer_id)
    # The key URI that authenticator apps read: the secret in base32, everything else at its defaults.
    label = f"{ISSUER}:{quote(customer.id)}"
    shown = base64.b32encode(secret).decode()
    uri = f"otpauth://totp/{label}?secret={shown}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30"
    return respond(200, {"otpauth_uri": uri, "expires_at": iso(ends)})
