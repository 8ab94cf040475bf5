"""HTTP/1.1 to an issuer's servers (RFC 9112): one request a connection, no redirects, nothing but 200.

http.client sets a time-out for each wait, not for the whole, and allots as much memory as a chunk claims to need.
"""

import re
from typing import Final

from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.addresses import HttpAddress
from registrar.net.limits import Limits
from registrar.net.stream import Stream, connected

MOST_HEADERS: Final = 100
MOST_INTERIM: Final = 10
MOST_OF_A_LINE: Final = 8 * 1024


def get(address: HttpAddress, limits: Limits) -> bytes:
    """The body at an address. Raises IssuerUnreachable."""
    return _ask(address, "GET", {}, b"", limits)


def post(address: HttpAddress, body: bytes, content_type: str, limits: Limits) -> bytes:
    """The response to a body. Raises IssuerUnreachable."""
    return _ask(address, "POST", {"Content-Type": content_type, "Content-Length": str(len(body))}, body, limits)


def _ask(address: HttpAddress, method: str, headers: dict[str, str], body: bytes, limits: Limits) -> bytes:
    host = address.host if address.port == 80 else f"{address.host}:{address.port}"
    with connected(address.host, address.port, limits) as stream:
        stream.send(request(method, address.path, {"Host": host, "Connection": "close", **headers}, body))
        response = _response(stream)
    if len(response) > limits.most_bytes:
        raise IssuerUnreachable("the response is too large")
    return response


def request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it is sent."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _response(stream: Stream) -> bytes:
    status = final_status(stream)
    if status != b"200":
        # RFC 9110 section 15.5: 4xx is about this request, but 429 about too many of them.
        about_request = status.startswith(b"4") and status != b"429"
        raise IssuerUnreachable(f"HTTP status {status.decode()}", server_failed=not about_request)
    return content(stream)


def content(stream: Stream) -> bytes:
    """What follows the status of a response: its body, after the headers. Raises IssuerUnreachable."""
    headers = _headers(stream)
    coding = headers.get(b"transfer-encoding")
    if coding is not None:
        if coding.lower() != b"chunked":
            raise IssuerUnreachable("an unknown transfer coding")
        return _chunks(stream)
    length = headers.get(b"content-length")
    if length is None:
        return stream.rest()
    return stream.exactly(_number(length, 10))


def final_status(stream: Stream) -> bytes:
    """The status of the response itself, after interim ones, which any server may send (RFC 9110 section 15.2)."""
    for _ in range(MOST_INTERIM + 1):
        status = re.fullmatch(rb"HTTP/1\.[01] ([0-9]{3})(?: .*)?", stream.line(MOST_OF_A_LINE))
        if not status:
            raise IssuerUnreachable("the response is not HTTP")
        # 101 is final here: we offer no other protocol.
        if not status[1].startswith(b"1") or status[1] == b"101":
            return status[1]
        _headers(stream)
    raise IssuerUnreachable("too many interim responses")


def _headers(stream: Stream) -> dict[bytes, bytes]:
    """Names in lower case. Raises IssuerUnreachable for a name that comes twice with a body's length in doubt."""
    headers: dict[bytes, bytes] = {}
    for _ in range(MOST_HEADERS):
        line = stream.line(MOST_OF_A_LINE)
        if not line:
            return headers
        name, colon, value = line.partition(b":")
        if not colon:
            raise IssuerUnreachable("a header line without a colon")
        name = name.lower()
        value = value.strip(b" \t")
        if headers.setdefault(name, value) != value and name in (b"content-length", b"transfer-encoding"):
            raise IssuerUnreachable("two lengths of one body")
    raise IssuerUnreachable("too many header lines")


def _chunks(stream: Stream) -> bytes:
    """RFC 9112 section 7.1. The trailer after the last chunk is not read."""
    body = bytearray()
    while size := _number(stream.line(MOST_OF_A_LINE).partition(b";")[0].strip(b" \t"), 16):
        body += stream.exactly(size)
        if stream.line(0):
            raise IssuerUnreachable("a chunk of another length than it says")
    return bytes(body)


def _number(text: bytes, base: int) -> int:
    """A length; int() would also take signs and underscores, and digits without end."""
    if not re.fullmatch(rb"[0-9]{1,12}" if base == 10 else rb"[0-9A-Fa-f]{1,12}", text):
        raise IssuerUnreachable("a length that is no number")
    return int(text, base)
