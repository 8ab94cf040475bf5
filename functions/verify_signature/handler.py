"""POST /verify: for a relying service, a signature that was made elsewhere. The verdict has every finding.

Nothing is looked up among registrations: whose certificate it is, and whether it is registered, is not said here.
"""

from registrar.aws import wiring as stores
from registrar.domain.access.relying_service import Use
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit
from registrar.entry.relying import RelyingRequest, relying_route
from registrar.entry.responses import Response, respond
from registrar.entry.verifications import MOST_OF_A_BODY, signed_elsewhere, verification_view
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases

MOST_SECONDS = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
services = stores.relying_services()
verifier = use_cases.signature_verifier()


@relying_route(services.find)
def lambda_handler(request: RelyingRequest) -> Response:
    request.service.check_use(Use.VERIFY)
    at = now()
    fields = request.fields(MOST_OF_A_BODY)
    customer_kind = fields.text("customer_kind", "personal|corporate")
    signed, certificate = signed_elsewhere(fields)
    limits = Limits(deadline(MOST_SECONDS), 0, PRIVATE)
    found = verifier.verify(signed, certificate, customer_kind, at, limits)
    codes = [finding.code for finding in found.findings]
    audit("signature.verified", verdict=found.verdict.value, codes=codes)
    return respond(200, verification_view(found, request.language))
