"""HTTP responses: valid ones, and those of broken or hostile servers."""

import pytest

from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.domain.revocation.addresses import HttpAddress
from registrar.net import http
from registrar.net.stream import OVERHEAD
from tests.support.others import made_by_others
from tests.support.wire import Wire, frozen, ticking

AT = HttpAddress("ocsp.example.org", 4612, "/OCSPServer?a=b")
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def test_a_get_request_is_complete(wire: Wire) -> None:
    wire.answer = OK + b"Content-Length: 3\r\n\r\ncrl"

    assert http.get(AT, frozen()) == b"crl"
    assert wire.request() == (
        b"GET /OCSPServer?a=b HTTP/1.1\r\nHost: ocsp.example.org:4612\r\nConnection: close\r\n\r\n"
    )


def test_a_post_request_contains_its_body(wire: Wire) -> None:
    wire.answer = OK + b"Content-Length: 2\r\n\r\n\x30\x00"
    address = HttpAddress("ocsp.example.org", 80, "/")

    assert http.post(address, b"\x30\x01\r", "application/ocsp-request", frozen()) == b"\x30\x00"
    assert wire.request() == (
        b"POST / HTTP/1.1\r\nHost: ocsp.example.org\r\nConnection: close\r\n"
        b"Content-Type: application/ocsp-request\r\nContent-Length: 3\r\n\r\n\x30\x01\r"
    )


@pytest.mark.parametrize(
    "response",
    [
        OK + b"Content-Length: 3\r\n\r\ncrl and more",
        OK + b"content-length:3 \r\nX: a:b\r\n\r\ncrl",
        OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\ncrl",
        OK + b"\r\ncrl",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\ncrl",
        b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nLink: x\r\n\r\nHTTP/1.1 102\n\n" + OK + b"\r\ncrl",
        b"HTTP/1.0 200 OK\n\ncrl",
        b"HTTP/1.1 200\r\n\r\ncrl",
        CHUNKED + b"1\r\nc\r\n2;x=y\r\nrl\r\n0\r\n\r\n",
        CHUNKED + b"003\r\ncrl\r\n000\r\nTrailer: x\r\n\r\n",
        # RFC 9112 section 6.3: chunks override a length.
        OK + b"Content-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\ncrl\r\n0\r\n\r\n",
    ],
)
def test_a_body_of_each_encoding_is_read(wire: Wire, response: bytes) -> None:
    wire.answer = response

    assert http.get(AT, frozen()) == b"crl"


@pytest.mark.parametrize("status", [101, 201, 204, 206, 301, 302, 303, 307, 308, 400, 401, 404, 429, 500, 503])
def test_a_status_other_than_200_is_refused(wire: Wire, status: int) -> None:
    headers = b"Location: http://169.254.169.254/latest/meta-data/\r\nContent-Length: 3\r\n\r\n"
    wire.answer = f"HTTP/1.1 {status} It\r\n".encode() + headers + b"crl"

    with pytest.raises(IssuerUnreachable, match=f"HTTP status {status}") as caught:
        http.get(AT, frozen())
    assert wire.looked_up == ["ocsp.example.org"]
    assert caught.value.server_failed is (status not in (400, 401, 404)), "4xx is about the request"


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (b"", "cut off"),
        (b"HTTP/1.1 200 O", "cut off"),
        (OK, "cut off"),
        (OK + b"Content-Length: 3\r\n", "cut off"),
        (OK + b"Content-Length: 4\r\n\r\ncrl", "cut off"),
        (CHUNKED + b"3\r\ncr", "cut off"),
        (CHUNKED + b"3\r\ncrl\r\n", "cut off"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP"),
        (b"HTTP/2 200\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 \xb2\xb0\xb0 OK\r\n\r\n", "not HTTP"),
        (OK + b"no colon\r\n\r\ncrl", "colon"),
        (OK + b"Content-Length: -1\r\n\r\ncrl", "no number"),
        (OK + b"Content-Length: +3\r\n\r\ncrl", "no number"),
        (OK + b"Content-Length: 3, 3\r\n\r\ncrl", "no number"),
        (OK + b"Content-Length: 0_3\r\n\r\ncrl", "no number"),
        (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\ncrl", "no number"),
        (OK + b"Content-Length: 999999999999\r\n\r\ncrl", "too large"),
        (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\ncrl", "two lengths"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "transfer coding"),
        (CHUNKED + b"0x3\r\ncrl\r\n0\r\n\r\n", "no number"),
        (CHUNKED + b"-3\r\ncrl\r\n0\r\n\r\n", "no number"),
        (CHUNKED + b"\r\ncrl\r\n0\r\n\r\n", "no number"),
        (CHUNKED + b"ffffffffffff\r\ncrl", "too large"),
        (CHUNKED + b"2\r\ncrl\r\n0\r\n\r\n", "another length|too long"),
        (CHUNKED + b"7fffffffffffffff\r\n", "no number"),
        (b"HTTP/1.1 200 " + b"a" * 9000 + b"\r\n\r\ncrl", "line is too long"),
        (OK + b"X: " + b"a" * 9000 + b"\r\n\r\ncrl", "line is too long"),
        (OK + b"X: y\r\n" * 101 + b"\r\ncrl", "too many header lines"),
    ],
)
def test_malformed_responses_are_refused(wire: Wire, response: bytes, why: str) -> None:
    wire.answer = response

    with pytest.raises(IssuerUnreachable, match=why):
        http.get(AT, frozen())


@pytest.mark.parametrize("most", [2, 3])
@pytest.mark.parametrize(
    "head", [OK + b"\r\n%b", OK + b"Content-Length: 3\r\n\r\n%b", CHUNKED + b"3\r\n%b\r\n0\r\n"]
)
def test_a_response_above_the_size_limit_is_refused(wire: Wire, head: bytes, most: int) -> None:
    wire.answer = head % b"crl"

    if most == 3:
        assert http.get(AT, frozen(most)) == b"crl"
    else:
        with pytest.raises(IssuerUnreachable, match="too large"):
            http.get(AT, frozen(most))


@pytest.mark.parametrize(
    "response",
    [
        OK + b"\r\n" + bytes(OVERHEAD + 1000),
        CHUNKED + b"1\r\na\r\n" * OVERHEAD,
        CHUNKED + (b"1;" + b"x" * 8000 + b"\r\na\r\n") * 10,
    ],
)
def test_every_part_of_a_response_is_bounded(wire: Wire, response: bytes) -> None:
    wire.answer = response

    with pytest.raises(IssuerUnreachable, match="too large"):
        http.get(AT, frozen(100))


def test_a_silent_server_fails_at_the_deadline(wire: Wire) -> None:
    wire.answer = OK
    wire.stays_open = True

    with pytest.raises(IssuerUnreachable, match="in time"):
        http.get(AT, frozen(seconds=0.02))


def test_content_from_servers_is_not_in_the_reason(wire: Wire) -> None:
    wire.answer = b"HTTP/1.1 404 <script>\r\n\r\n"

    with pytest.raises(IssuerUnreachable) as caught:
        http.get(AT, ticking(100))
    assert caught.value.why == "HTTP status 404"


def test_interim_responses_are_bounded(wire: Wire) -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.answer = interim * 10 + OK + b"\r\ncrl"
    assert http.get(AT, frozen()) == b"crl"
    wire.answer = interim * 11 + OK + b"\r\ncrl"
    with pytest.raises(IssuerUnreachable, match="too many interim responses"):
        http.get(AT, frozen())


def test_response_of_another_products_report_is_read(wire: Wire) -> None:
    wire.answer = made_by_others("cases/http-100-continue.txt").read_bytes()
    assert http.get(AT, frozen()) == b"abc"
