"""OPTIONS on every route: what a page may send, for a browser that asks before it does (preflight)."""

from registrar.entry.cors import preflight
from registrar.entry.request import Request
from registrar.entry.responses import Response
from registrar.entry.route import route


@route
def lambda_handler(request: Request) -> Response:
    return preflight(request)
