"""POST /credentials/passkey/options: return the creation options for a new passkey."""

import hashlib

from registrar.domain.access.challenge import Operation
from registrar.domain.access.credentials import MAX_PASSKEYS
from registrar.domain.access.passkeys import creation_options
from registrar.domain.masking import shown_name
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

credentials = use_cases.credentials()
party = use_cases.relying_party()


@route
def lambda_handler(request: Request) -> Response:
    customer_id = request.caller.customer_id
    at = now()
    proof_id = request.fields().text("proof_id", CHALLENGE_ID)
    proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "passkey", "passkey", at)
    if len(customer.passkeys) >= MAX_PASSKEYS:
        raise Refusal(Code.CREDENTIAL_LIMIT_REACHED, limit=MAX_PASSKEYS)
    handle = hashlib.sha256(f"passkey:{party.id}:{customer.id}".encode()).digest()
    name = shown_name(customer.name, customer.kind)
    return respond(200, creation_options(party, proof.nonce, handle, name, customer.passkeys))
