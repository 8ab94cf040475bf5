"""POST /login/otp: a one-time code answers the challenge and starts the session. A code counts once (RFC 6238)."""

from datetime import datetime

from registrar.aws.challenges import Challenges
from registrar.aws.clients import client
from registrar.aws.keys import CustomerSecrets
from registrar.aws.sessions import Sessions
from registrar.domain.challenges import Challenge
from registrar.domain.errors import ConditionFailed, Refusal
from registrar.domain.findings import iso
from registrar.domain.sessions import new_session
from registrar.domain.totp import matching_step
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.settings import setting

dynamodb = client("dynamodb")
challenges = Challenges(dynamodb, setting("CHALLENGES_TABLE"))
sessions = Sessions(dynamodb, setting("SESSIONS_TABLE"))
customer_secrets = CustomerSecrets(client("kms"), setting("CUSTOMER_KEY"))


@route
def lambda_handler(request: Request) -> Answer:
    fields = request.fields()
    challenge_id = fields.text("challenge_id", r"[A-Za-z0-9_-]{22}")
    code = fields.text("code", r"[0-9]{6}")
    at = now()

    challenge = _counted(challenge_id, at)
    if challenge.totp_ciphertext is None:
        raise Refusal("STEP_UP_METHOD_UNAVAILABLE", methods=challenge.methods)
    secret = customer_secrets.open(challenge.customer_id, challenge.totp_ciphertext)
    step = matching_step(secret, code, at)
    if step is None:
        audit("otp.refused", customer_id=challenge.customer_id, tries_left=challenge.tries_left)
        if challenge.tries_left == 0:
            raise Refusal("STEP_UP_LOCKED")
        raise Refusal("STEP_UP_INVALID", tries_left=challenge.tries_left)

    session, token = new_session(challenge.customer_id, challenge.customer_kind, "otp", at)
    try:
        sessions.start(session, totp_step=step, challenge_created_at=challenge.created_at)
    except Refusal as refused:
        audit("otp.replayed", customer_id=challenge.customer_id, code=refused.code)
        raise
    audit("session.started", customer_id=session.customer_id, method=session.method)
    return answer(200, {"token": token, "token_type": "Bearer", "expires_at": iso(session.expires_at)})


def _counted(challenge_id: str, at: datetime) -> Challenge:
    """The challenge, with this try counted before anything is compared."""
    try:
        return challenges.count_try(challenge_id, at)
    except ConditionFailed:
        known = challenges.find(challenge_id)
        locked = known is not None and known.tries_left == 0 and at < known.expires_at
        raise Refusal("STEP_UP_LOCKED" if locked else "STEP_UP_EXPIRED") from None
