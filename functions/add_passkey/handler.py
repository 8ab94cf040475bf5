"""POST /credentials/passkey: add a passkey, which uses up a proof of identity (WebAuthn L3 section 7.1)."""

from dataclasses import replace

from registrar.domain.access.challenge import Operation
from registrar.domain.access.credentials import MAX_PASSKEYS
from registrar.domain.access.passkeys import (
    MAX_ATTESTATION_BYTES,
    MAX_CLIENT_DATA_BYTES,
    check_creation,
)
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PasskeyInvalid, Refusal
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

credentials = use_cases.credentials()
notices = use_cases.notices_at_once()
party = use_cases.relying_party()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    customer_id = request.caller.customer_id
    at = now()
    proof_id = fields.text("proof_id", CHALLENGE_ID)
    name = fields.text("name", r".{1,40}")
    client_data = fields.base64("client_data_json", MAX_CLIENT_DATA_BYTES)
    attestation = fields.base64("attestation_object", MAX_ATTESTATION_BYTES)

    proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "passkey", "passkey", at)
    if len(customer.passkeys) >= MAX_PASSKEYS:
        raise Refusal(Code.CREDENTIAL_LIMIT_REACHED, limit=MAX_PASSKEYS)
    try:
        passkey = check_creation(party, proof.nonce, client_data, attestation, name, at)
    except PasskeyInvalid as invalid:
        audit("passkey.not_added", customer_id=customer_id, reason=str(invalid))
        raise Refusal(Code.CREDENTIAL_INVALID) from None
    if any(known.id == passkey.id for known in customer.passkeys):
        raise Refusal(Code.CREDENTIAL_INVALID)
    notices.send(Kind.PASSKEY_ADDED, customer.language, customer.phone, at, detail=name)
    changed = replace(customer, passkeys=(*customer.passkeys, passkey))
    credentials.change(changed, proof, f"passkey:{passkey.id}", at)
    audit("passkey.added", customer_id=customer_id, passkey=passkey.id, proved_by=proof.method)
    return respond(201, {"credential_id": passkey.id, "kind": "passkey", "name": passkey.name})
