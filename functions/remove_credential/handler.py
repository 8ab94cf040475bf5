"""POST /credentials/{credential_id}/removal: remove a passkey or the authenticator app, with a notice."""

from dataclasses import replace

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
credentials = use_cases.credentials()
notices = use_cases.notices_at_once()


@route
def lambda_handler(request: Request) -> Response:
    customer_id = request.caller.customer_id
    at = now()
    proof_id = request.fields().text("proof_id", CHALLENGE_ID)
    named = request.path.get("credential_id", "")
    kind = "totp" if named == "totp" else "passkey"

    proof, customer = credentials.authorised(proof_id, customer_id, Operation.REMOVE, named, kind, at)
    removed = next((passkey for passkey in customer.passkeys if passkey.id == named), None)
    if removed is None and (kind == "passkey" or customer.totp_ciphertext is None):
        raise Refusal(Code.CREDENTIAL_NOT_FOUND)
    if kind == "totp":
        changed = replace(customer, totp_ciphertext=None)
    else:
        left = tuple(each for each in customer.passkeys if each.id != named)
        changed = replace(customer, passkeys=left, passkey_removed_at=at)
    if set(changed.methods) <= {"sms"}:
        raise Refusal(Code.CREDENTIAL_LAST)
    if removed:
        notices.send(Kind.PASSKEY_REMOVED, customer.language, customer.phone, at, detail=removed.name)
    else:
        notices.send(Kind.TOTP_REMOVED, customer.language, customer.phone, at)
    credentials.change(changed, proof, f"removal:{named}", at)
    audit("credential.removed", customer_id=customer_id, credential=named, proved_by=proof.method)
    return respond(200, {"removed": named})
