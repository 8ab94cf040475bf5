"""POST /credentials/phone/code: the code sent to the new phone confirms it. The old phone is notified."""

from dataclasses import replace

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.customer import counted_try, wrong_code
from registrar.domain.access.sms_codes import sms_code_matches
from registrar.domain.notices.kinds import Kind
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
    fields = request.fields()
    customer_id = request.caller.customer_id
    at = now()
    proof_id = fields.text("proof_id", CHALLENGE_ID)
    code = fields.one_time_code("code")

    proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "phone", "phone", at)
    customer, pending = counted_try(customer, "phone", proof.id, at)
    customers.save(customer)
    if not sms_code_matches(pending.secret, pending.expires_at, proof.id, code, at):
        audit("phone.not_changed", customer_id=customer_id, tries_left=pending.tries_left)
        raise wrong_code(pending)
    shown = masked_phone(pending.phone)
    notices.send(Kind.PHONE_CHANGED, customer.language, customer.phone, at, detail=shown)
    changed = replace(customer, version=customer.version + 1, phone=pending.phone, pending=None)
    credentials.change(changed, proof, "phone", at)
    audit("phone.changed", customer_id=customer_id, proved_by=proof.method)
    return respond(201, {"credential_id": "phone", "kind": "phone", "phone": shown})
