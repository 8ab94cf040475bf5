"""POST /credentials/phone: send a code to a new phone number; the code confirms the number."""

from dataclasses import replace

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.customer import Pending, tries_before
from registrar.domain.access.recovery import PHONE
from registrar.domain.access.sms_codes import SMS_CODE_LIFE, new_sms_code
from registrar.domain.access.throttles import CountedText, TextPurpose
from registrar.domain.notices.kinds import Kind
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
credentials = use_cases.credentials()
throttles = stores.throttles()
notices = use_cases.notices_at_once()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    customer_id = request.caller.customer_id
    at = now()
    proof_id = fields.text("proof_id", CHALLENGE_ID)
    phone = fields.text("phone", PHONE.pattern)

    proof, customer = credentials.authorised(proof_id, customer_id, Operation.ENROL, "phone", "phone", at)
    tries = tries_before(customer, "phone", proof.id)
    throttles.count_text(CountedText(customer_id, TextPurpose.PHONE, proof.id, proof.ends_at, phone), at)
    code, digest = new_sms_code(proof.id)
    ends = at + SMS_CODE_LIFE
    notices.send(Kind.PHONE_CODE, customer.language, phone, at, code=code)
    # Only now: the code sent before stays valid until then.
    customers.save(replace(customer, pending=Pending("phone", proof.id, digest, ends, phone, tries)))
    audit("phone.started", customer_id=customer_id)
    return respond(200, {"phone": masked_phone(phone), "expires_at": iso(ends)})
