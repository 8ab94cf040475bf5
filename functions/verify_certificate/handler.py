"""POST /challenges/certificate: prove a challenge with a registered certificate's signature over its text.

The registration's status is checked first: a certificate that may not be used proves nothing.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.challenge_text import identity_text
from registrar.domain.possession.headings import Version
from registrar.domain.possession.signature import check_one_signed
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PossessionProofInvalid, Refusal
from registrar.entry.access_views import proved_view
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import signing_bank
from registrar.steps import wiring as use_cases

registrations = stores.registrations()
access = use_cases.access()
bank = signing_bank()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields(most=32 * 1024)
    at = now()
    challenge_id = fields.text("challenge_id", CHALLENGE_ID)
    registration_id = fields.text("registration_id", r"[a-z0-9]{32,33}")
    proof = fields.proof()

    challenge = access.counted(challenge_id, "certificate", at)
    customer_id = challenge.customer_id
    registration = registrations.get(customer_id, registration_id)
    if not registration.usable_at(at):
        audit("certificate.unusable", customer_id=customer_id, registration_id=registration_id)
        raise Refusal(Code.STEP_UP_METHOD_UNAVAILABLE, methods=[m for m in challenge.methods if m != "certificate"])
    try:
        texts = [identity_text(challenge, bank, version) for version in reversed(Version)]
        check_one_signed(registration.der, texts, proof)
    except PossessionProofInvalid:
        refusal, queued = access.refuse_try(challenge, at)
        facts = {"registration_id": registration_id, "lock_notice_queued": queued}
        audit("certificate.refused", customer_id=customer_id, **facts)
        raise refusal from None
    proved = access.finish(challenge, "certificate", at)
    action = "session.started" if proved.started else "identity.proved"
    operation = challenge.operation.value
    audit(
        action, customer_id=customer_id, method="certificate", registration_id=registration.id, operation=operation
    )
    return respond(200, proved_view(proved))
