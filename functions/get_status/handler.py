"""POST /status: whether a certificate may be used now, for a relying service."""

from registrar.aws import wiring as stores
from registrar.domain.access.relying_service import Use
from registrar.entry.clock import now
from registrar.entry.fields import CUSTOMER_ID, REGISTRATION_ID
from registrar.entry.relying import RelyingRequest, relying_route
from registrar.entry.responses import Response, respond

services = stores.relying_services()
registrations = stores.registrations()


@relying_route(services.find)
def lambda_handler(request: RelyingRequest) -> Response:
    request.service.check_use(Use.STATUS)
    at = now()
    named = request.fields().object("certificate")
    found = registrations.get(
        named.text("customer_id", CUSTOMER_ID), named.text("registration_id", REGISTRATION_ID)
    )
    return respond(200, {"usable": found.usable_at(at), "customer_id": found.customer_id})
