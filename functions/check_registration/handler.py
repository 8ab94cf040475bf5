"""POST /registrations/{registration_id}/check: before a transaction of high value, is the certificate good now?

The status check (GET) tells what the bank knows; this one asks the issuer, and its word must be younger than the
rules allow for high value. What the issuer says is applied at once. Without its word the answer is no, for now.
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.trust import Purpose
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration, Revocation
from registrar.domain.revocation.status import Answer as Word
from registrar.domain.revocation.status import Status
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.views import registration_view
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases
from registrar.steps.status_checks import Question

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
trust = stores.trust_bucket()
registrations = stores.registrations()
statuses = use_cases.status_checks()


@route
def lambda_handler(request: Request) -> Answer:
    caller = request.caller
    at = now()
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = registrations.get(caller.customer_id, registration_id)
    if found.lifecycle_at(at) is Lifecycle.LIVE:
        status = _asked(found, at)
        found = _applied(found, status, at)
        audit("registration.checked", customer_id=found.customer_id, registration_id=found.id, answer=status.answer)
    return answer(200, registration_view(found, request.language, at))


def _asked(found: Registration, at: datetime) -> Status:
    """The issuer's word, young enough. Raises Refusal where there is none, or a CA above it is not good."""
    store = trust.active(at)
    certificate = read_certificate(found.der)
    issuer = store.issuer_of(certificate, found.issuer_key_digest)
    if issuer is None or not issuer.accepted_at(at):
        raise Refusal(Code.TRUST_ISSUER_NOT_ACCEPTED_NOW, issuer=found.issuer)
    rules = store.rules.revocation
    limits = Limits(deadline(MOST_SECONDS), 0, PRIVATE)
    status, of_authority = statuses.check(
        Question(certificate, issuer, rules, rules.max_age[Purpose.HIGH_VALUE], at, limits)
    )
    if of_authority and status.definite:
        raise Refusal(Code.TRUST_CA_REVOKED, issuer=found.issuer)
    if status.answer not in (Word.GOOD, Word.REVOKED, Word.ON_HOLD):
        raise Refusal(Code.REVOCATION_NOT_CONFIRMED, retry_after=30, issuer=found.issuer)
    return status


def _applied(found: Registration, status: Status, at: datetime) -> Registration:
    named = found.customer_id, found.id
    if status.answer is Word.REVOKED:
        return registrations.revoke(*named, status.reason or "unspecified", status.revoked_at or at, at)
    if status.answer is Word.ON_HOLD:
        return registrations.add_hold(*named, Hold.ISSUER, at)
    if Hold.ISSUER in found.holds:
        registrations.lift_hold(*named, Hold.ISSUER, at)
    return registrations.note_word(*named, Revocation(status.as_of or at, status.source))
