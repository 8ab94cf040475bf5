"""POST /logout: end the session of the request, and no other."""

from registrar.aws import wiring as stores
from registrar.domain.access.session import bearer_token, read_token, secret_digest
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

sessions = stores.sessions()


@route
def lambda_handler(request: Request) -> Response:
    customer_id = request.caller.customer_id
    claimed = read_token(bearer_token(request.headers))
    if claimed is None:
        raise Refusal(Code.AUTH_REQUIRED)
    sessions.end(customer_id, secret_digest(claimed[1]))
    audit("session.ended", customer_id=customer_id)
    return respond(200, {"logged_out": True})
