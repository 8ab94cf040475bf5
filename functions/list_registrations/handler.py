"""GET /registrations: all registrations of the caller, with what is true of them now."""

from registrar.aws.clients import client
from registrar.aws.tables.registrations import Registrations
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.settings import setting
from registrar.entry.views import registration_view

registrations = Registrations(client("dynamodb"), setting("REGISTRATIONS_TABLE"), setting("DENY_LIST_TABLE"))


@route
def lambda_handler(request: Request) -> Answer:
    caller, at = request.caller, now()
    found = registrations.of_customer(caller.customer_id)
    newest_first = sorted(found, key=lambda r: r.registered_at, reverse=True)
    return answer(200, {"registrations": [registration_view(r, request.language, at) for r in newest_first]})
