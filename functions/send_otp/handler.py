"""POST /challenges/sms: send a one-time code for a challenge by text message, which states its purpose."""

from registrar.aws import wiring as stores
from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.sms_codes import SMS_CODE_LIFE, new_sms_code
from registrar.domain.access.throttles import CountedText, TextPurpose
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
challenges = stores.challenges()
throttles = stores.throttles()
notices = use_cases.notices_at_once()


@route
def lambda_handler(request: Request) -> Response:
    challenge_id = request.fields().text("challenge_id", CHALLENGE_ID)
    at = now()
    throttles.count_address(request.source_address, at)

    challenge = challenges.find(challenge_id)
    customer = customers.find(challenge.customer_id) if challenge else None
    if challenge is None or customer is None:
        raise Refusal(Code.STEP_UP_EXPIRED)
    if "sms" not in challenge.methods:
        raise Refusal(Code.STEP_UP_METHOD_UNAVAILABLE, methods=list(challenge.methods))
    if not challenge.is_open(at):
        raise Refusal(Code.STEP_UP_EXPIRED)
    phone = customer.as_of(at).phone
    purpose = TextPurpose.LOGIN if challenge.starts_session else TextPurpose.STEP_UP
    throttles.count_text(CountedText(customer.id, purpose, challenge.id, challenge.ends_at, phone), at)
    ends = at + SMS_CODE_LIFE
    code, digest = new_sms_code(challenge.sms_code_bound_to(phone))
    notices.send(Kind.ONE_TIME_CODE, customer.language, phone, at, code=code, operation=challenge.operation)
    challenges.record_sms_code(challenge, digest, ends, at)  # only now: the code sent before stays valid until then
    audit("sms.sent", customer_id=customer.id, operation=challenge.operation.value)
    return respond(200, {"phone": masked_phone(phone), "expires_at": iso(ends)})
