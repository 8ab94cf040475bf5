"""GET /registrations: all registrations of the caller, with their effective state."""

from registrar.aws import wiring as stores
from registrar.entry.clock import now
from registrar.entry.registration_views import registration_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

registrations = stores.registrations()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    found = registrations.of_customer(caller.customer_id)
    newest_first = sorted(found, key=lambda r: r.registered_at, reverse=True)
    return respond(
        200, {"registrations": [registration_view(r, request.language, at) for r in newest_first]}, request.language
    )
