"""Which pages in a browser may read a response (CORS, Fetch standard section 3.3).

The customers' API names their origins; a page of another origin gets no header of CORS at all. The session's token
is in the header Authorization and never in a cookie, so credentials of the browser are not allowed.
"""

from registrar.entry.request import Request
from registrar.entry.responses import Response

METHODS = "GET, POST, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type, Accept-Language, Idempotency-Key, Proof-Id"
"""What the API reads, and nothing else."""
EXPOSED_HEADERS = "Retry-After, x-amzn-RequestId"
"""The others that clients need are open to every page that may read a response: Content-Type, Content-Language."""
MAX_AGE = 7200
"""Seconds for which a browser may keep the answer to a preflight; Chromium keeps none for longer."""


def readable_by_page(response: Response, request: Request) -> Response:
    """The response with the headers that let the page read it, if it may.

    Where no origin is listed, nothing changes. Otherwise the header Vary keeps a cache from giving a response
    without the headers to a page.
    """
    if not request.web_origins:
        return response
    headers = {**response["headers"], "Vary": "Origin"}
    if request.page_origin:
        headers["Access-Control-Allow-Origin"] = request.page_origin
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    return {**response, "headers": headers}


def preflight(request: Request) -> Response:
    """The answer to a browser that asks what a page may send. It says nothing of the route, which may not exist."""
    if request.page_origin is None:
        return {"statusCode": 204, "headers": {}, "body": ""}
    headers = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(MAX_AGE),
    }
    return {"statusCode": 204, "headers": headers, "body": ""}
