"""POST /registrations/{registration_id}/check: before a transaction of high value, is the certificate good now?

The status check (GET) returns what the bank knows; this one queries the issuer, and the revocation status must be
within the maximum age for high value. It is applied at once. Without a fresh status the request is refused for now.
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.trust import Purpose
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.registration import Lifecycle, Registration
from registrar.domain.revocation.status import Status, StatusValue
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.views import registration_view
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases
from registrar.steps.applying_status import apply_status
from registrar.steps.status_checks import StatusQuery

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
trust = stores.trust_bucket()
registrations = stores.registrations()
throttles = stores.throttles()
statuses = use_cases.status_checks()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    registration_id = request.path_id("registration_id", otherwise=Code.REG_NOT_FOUND)
    found = registrations.get(caller.customer_id, registration_id)
    if found.lifecycle_at(at) is Lifecycle.LIVE:
        throttles.count_check(caller.customer_id, at)
        status = _fresh_status(found, at)
        found = apply_status(registrations, found, status, at)
        audit("registration.checked", customer_id=found.customer_id, registration_id=found.id, answer=status.value)
    return respond(200, registration_view(found, request.language, at), request.language)


def _fresh_status(found: Registration, at: datetime) -> Status:
    """A fresh revocation status. Raises Refusal where there is none, or a CA above the certificate is not good."""
    store = trust.active(at)
    certificate = read_certificate(found.der)
    issuers = store.issuers_of(certificate, found.issuer_key_digest, at)
    if not any(issuer.accepted_at(at) for issuer in issuers):
        raise Refusal(Code.TRUST_ISSUER_NOT_ACCEPTED_NOW, issuer=found.issuer)
    max_age = store.rules.revocation.max_age[Purpose.HIGH_VALUE]
    limits = Limits(deadline(MOST_SECONDS), 0, PRIVATE)
    status, of_authority = statuses.check(StatusQuery(certificate, issuers, store, max_age, at, limits))
    if of_authority and status.definite:
        raise Refusal(Code.TRUST_CA_REVOKED, issuer=found.issuer)
    if status.value not in (StatusValue.GOOD, StatusValue.REVOKED, StatusValue.ON_HOLD):
        raise Refusal(Code.REVOCATION_NOT_CONFIRMED, retry_after=30, issuer=found.issuer)
    return status
