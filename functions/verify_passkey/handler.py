"""POST /challenges/passkey: prove a challenge with a passkey's signature (WebAuthn L3 section 7.2)."""

from registrar.aws import wiring as stores
from registrar.domain.access.passkeys import (
    MAX_AUTHENTICATOR_DATA_BYTES,
    MAX_CLIENT_DATA_BYTES,
    MAX_CREDENTIAL_ID_BYTES,
    Assertion,
    check_assertion,
)
from registrar.domain.possession.proofs import MAX_SIGNATURE_BYTES
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import PasskeyInvalid, Refusal
from registrar.entry.access_views import proved_view
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.steps import wiring as use_cases

customers = stores.customers()
access = use_cases.access()
party = use_cases.relying_party()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields()
    at = now()
    challenge_id = fields.text("challenge_id", CHALLENGE_ID)
    assertion = Assertion(
        fields.base64("credential_id", MAX_CREDENTIAL_ID_BYTES),
        fields.base64("authenticator_data", MAX_AUTHENTICATOR_DATA_BYTES),
        fields.base64("client_data_json", MAX_CLIENT_DATA_BYTES),
        fields.base64("signature", MAX_SIGNATURE_BYTES),
    )

    challenge = access.counted(challenge_id, "passkey", at)
    customer = customers.find(challenge.customer_id)
    if customer is None:
        raise Refusal(Code.STEP_UP_EXPIRED)
    try:
        used = check_assertion(party, challenge.nonce, customer.as_of(at).passkeys, assertion)
    except PasskeyInvalid as invalid:
        refusal, queued = access.refuse_try(challenge, at)
        facts = {"tries_left": challenge.tries_left, "lock_notice_queued": queued}
        audit("passkey.refused", customer_id=customer.id, reason=str(invalid), **facts)
        raise refusal from None
    if used.counter:
        customers.save(customer.with_passkey(used))  # of two assertions with one counter, the second fails here
    proved = access.finish(challenge, "passkey", at)
    action = "session.started" if proved.started else "identity.proved"
    audit(action, customer_id=customer.id, method="passkey", passkey=used.id, operation=challenge.operation.value)
    return respond(200, proved_view(proved))
