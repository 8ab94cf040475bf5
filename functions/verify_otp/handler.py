"""POST /challenges/otp: a one-time code answers a challenge. A code counts once (RFC 6238 section 5.2)."""

from registrar.aws.access import Access
from registrar.aws.challenges import Challenges
from registrar.aws.clients import client
from registrar.aws.keys import CustomerSecrets
from registrar.aws.sessions import Sessions
from registrar.aws.throttles import Throttles
from registrar.domain.errors import Refusal
from registrar.domain.totp import matching_step
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import CHALLENGE_ID, Request
from registrar.entry.route import route
from registrar.entry.settings import setting
from registrar.entry.views import proved_view

dynamodb = client("dynamodb")
access = Access(
    Challenges(dynamodb, setting("CHALLENGES_TABLE")),
    Sessions(dynamodb, setting("SESSIONS_TABLE")),
    Throttles(dynamodb, setting("THROTTLES_TABLE")),
)
customer_secrets = CustomerSecrets(client("kms"), setting("CUSTOMER_KEY"))


@route
def lambda_handler(request: Request) -> Answer:
    fields, at = request.fields(), now()
    challenge_id = fields.text("challenge_id", CHALLENGE_ID)
    code = fields.text("code", r"[0-9]{6}")

    challenge = access.counted(challenge_id, "otp", at)
    secret = customer_secrets.open(challenge.customer_id, challenge.totp_ciphertext or b"")
    step = matching_step(secret, code, at)
    if step is None:
        audit("otp.refused", customer_id=challenge.customer_id, tries_left=challenge.tries_left)
        raise access.wrong(challenge, at)
    try:
        proved = access.finish(challenge, "otp", at, totp_step=step)
    except Refusal as refused:
        audit("otp.replayed", customer_id=challenge.customer_id, code=refused.code)
        raise
    action = "session.started" if proved.started else "identity.proved"
    audit(action, customer_id=challenge.customer_id, method="otp", operation=challenge.operation.value)
    return answer(200, proved_view(proved))
