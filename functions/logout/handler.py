"""POST /logout: end the session of the request, and no other."""

from registrar.aws import wiring as stores
from registrar.domain.access.session import bearer_token, read_token, secret_digest
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

uses = stores.session_uses()


@route
def lambda_handler(request: Request) -> Response:
    customer_id = request.caller.customer_id
    claimed = read_token(bearer_token(request.headers))
    if claimed is None:
        raise Refusal(Code.AUTH_REQUIRED)
    uses.end(secret_digest(claimed[1]), now())
    audit("session.ended", customer_id=customer_id)
    return respond(200, {"logged_out": True})
