"""GET /.well-known/jwks.json: the public keys by which anybody checks a receipt (RFC 7517).

A replaced key has another ARN, and with it comes a new environment of this function: what was read once stays true.
"""

from functools import cache
from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.evidence.jwk import public_jwk
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

# Short enough for a key that replaces a compromised one.
HEADERS = {"Content-Type": "application/jwk-set+json", "Cache-Control": "public, max-age=300"}
receipt_keys = stores.receipt_keys()


@route
def lambda_handler(request: Request) -> Response:
    response = respond(200, _key_set())
    return {**response, "headers": {**response["headers"], **HEADERS}}


@cache
def _key_set() -> dict[str, Any]:
    return {"keys": [public_jwk(key.key_id, key.public_half()) for key in receipt_keys]}
