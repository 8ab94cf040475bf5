"""POST /status, POST /status/batch: whether certificates may be used now, for a relying service.

It returns what the bank knows, and whose certificate it is; no issuer is queried.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.relying_service import Use
from registrar.domain.registrations.usability import usability
from registrar.entry.certificate_status import purpose, selector, status_view
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.relying import RelyingRequest, relying_route
from registrar.entry.responses import Response, respond

MOST_IN_A_BATCH = 100
# The longest names of 100 certificates, with white space between members.
MOST_OF_A_BATCH = 64 * 1024
services = stores.relying_services()
trust = stores.trust_bucket()
statuses = stores.status_reads()


@relying_route(services.find)
def lambda_handler(request: RelyingRequest) -> Response:
    request.service.check_use(Use.STATUS)
    at = now()
    batch = request.route == "/status/batch"
    fields = request.fields(MOST_OF_A_BATCH)
    asked = purpose(fields)
    named = fields.each("certificates", MOST_IN_A_BATCH) if batch else [fields.object("certificate")]
    known = statuses.find([selector(each) for each in named])
    max_ages = trust.active(at).rules.revocation.max_age
    found = [usability(each, asked, max_ages, at) for each in known]
    audit(
        "status.returned",
        purpose=asked.value,
        registrations=[each.registration.id if each else None for each in known],
        reasons=[each.reason for each in found],
    )
    views = [status_view(each, asked, request.language, at) for each in found]
    return respond(200, {"results": views} if batch else views[0], request.language)
