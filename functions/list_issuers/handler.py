"""GET /issuers: which issuers and kinds of certificates the bank accepts, without login.

It is the active trust document in the words of customers: nothing in it is secret.
"""

from registrar.aws import wiring as stores
from registrar.entry.clock import now
from registrar.entry.issuer_list import issuer_list
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

# As long as other functions may still decide by the document before, and a little more.
HEADERS = {"Cache-Control": "public, max-age=300"}
trust = stores.trust_bucket()


@route
def lambda_handler(_request: Request) -> Response:
    at = now()
    response = respond(200, issuer_list(trust.active(at), at))
    return {**response, "headers": {**response["headers"], **HEADERS}}
