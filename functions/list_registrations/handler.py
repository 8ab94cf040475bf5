"""GET /registrations: all registrations of the caller, with what is true of them now."""

from registrar.aws import wiring as stores
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.views import registration_view

registrations = stores.registrations()


@route
def lambda_handler(request: Request) -> Answer:
    caller = request.caller
    at = now()
    found = registrations.of_customer(caller.customer_id)
    newest_first = sorted(found, key=lambda r: r.registered_at, reverse=True)
    return answer(200, {"registrations": [registration_view(r, request.language, at) for r in newest_first]})
