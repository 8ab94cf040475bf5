"""POST /registrations/{registration_id}/resume: the customer has it back, and takes the loss report back.

It takes a fresh proof of identity and the registered key's signature over the text of GET; the text is that of this
loss report and of no other. The holds of the bank and of the issuer stay. Repeating it changes nothing.
"""

from registrar.aws.clients import client
from registrar.aws.registrations import Registrations
from registrar.domain.errors import Refusal
from registrar.domain.possession import ProofInvalid, check_possession
from registrar.domain.proof_text import text_to_resume
from registrar.domain.proofs import MAX_CMS_BYTES
from registrar.domain.registrations import Hold
from registrar.domain.sessions import proof_is_fresh
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.settings import setting
from registrar.entry.views import registration_view

BANK = setting("BANK_CODE")
registrations = Registrations(client("dynamodb"), setting("REGISTRATIONS_TABLE"), setting("DENY_LIST_TABLE"))


@route
def lambda_handler(request: Request) -> Answer:
    caller, at = request.caller, now()
    proof = request.fields(most=MAX_CMS_BYTES * 2).proof()
    registration_id = request.path_id("registration_id", otherwise="REG_NOT_FOUND")
    found = registrations.get(caller.customer_id, registration_id)
    found.check_live(at)
    if Hold.CUSTOMER in found.holds:
        if not proof_is_fresh(caller.proved_at, at):
            raise Refusal("STEP_UP_REQUIRED")
        try:
            check_possession(found.der, text_to_resume(found, BANK), proof)
        except ProofInvalid:
            audit("resume.refused", customer_id=found.customer_id, registration_id=found.id)
            raise Refusal("SIGNATURE_INVALID") from None
        found = registrations.resume(found, at)
        audit("loss.taken_back", customer_id=found.customer_id, registration_id=found.id, proof=proof.kind)
    return answer(200, registration_view(found, request.language, at))
