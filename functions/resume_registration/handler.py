"""POST /registrations/{registration_id}/resume: the customer cancels a loss report.

It takes a fresh proof of identity and the registered key's signature over the text of GET; the text is valid for
this loss report only. The holds of the bank and of the issuer stay. Repeating it changes nothing.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Operation
from registrar.domain.possession.headings import Version
from registrar.domain.possession.proofs import MAX_CMS_BYTES
from registrar.domain.possession.signature import check_one_signed
from registrar.domain.possession.texts_to_sign import text_to_resume
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PossessionProofInvalid, Refusal
from registrar.domain.registrations.registration import Hold
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import signing_bank

BANK = signing_bank()
challenges = stores.challenges()
registrations = stores.registrations()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    fields = request.fields(most=MAX_CMS_BYTES * 2)
    proof = fields.proof()
    proof_id = fields.optional_text("proof_id", CHALLENGE_ID)
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = registrations.get(caller.customer_id, registration_id)
    found.check_live(at)
    if Hold.CUSTOMER in found.holds:
        if proof_id is None:
            raise Refusal(Code.STEP_UP_REQUIRED)
        try:
            texts = [text_to_resume(found, BANK, version) for version in reversed(Version)]
            check_one_signed(found.der, texts, proof)
        except PossessionProofInvalid:
            audit("resume.refused", customer_id=found.customer_id, registration_id=found.id)
            raise Refusal(Code.SIGNATURE_INVALID) from None
        use = challenges.use(proof_id, found.customer_id, Operation.RESUME, found.id, found.id, at)
        found = registrations.resume(found, at, use)
        audit("loss.taken_back", customer_id=found.customer_id, registration_id=found.id, proof=proof.kind)
    return respond(200, registration_view(found, request.language, at), request.language)
