"""The OCSP servers behave as the tests rely on."""

import shutil
import socket
from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import urlsplit

import pytest
from cryptography.x509 import ocsp

from registrar.domain.revocation import status as revocation
from tests.support.builders import NOW
from tests.support.ocsp_answers import DAY, NONCE, a_request, asked, ca_itself, issuing_ca, status
from tools.cloud.http_calls import HttpResponse, send
from tools.pki.responder_servers import MODES, Entry, FaultyResponder, OpensslResponder
from tools.pki.responders import RESPONSE_MODES

# Both listen on loopback.
pytestmark = pytest.mark.cloud

TYPE = {"Content-Type": "application/ocsp-request"}


def ask(url: str) -> HttpResponse:
    return send("POST", url, a_request(), TYPE)


def test_mode_decides_the_response_and_requests_are_counted() -> None:
    with FaultyResponder(ca_itself(), clock=lambda: NOW) as responder:
        assert status(ask(responder.url).body).value is revocation.StatusValue.GOOD
        for mode in RESPONSE_MODES:
            responder.mode = mode
            answer = ask(responder.url)
            assert answer.status == 200
            assert answer.headers["content-type"] == "application/ocsp-response"
        assert responder.requests == 1 + len(RESPONSE_MODES)
        responder.mode = "hold"
        assert status(ask(responder.url).body).value is revocation.StatusValue.ON_HOLD


def test_broken_server_modes_fail_as_named() -> None:
    with FaultyResponder(ca_itself(), "http500", clock=lambda: NOW) as responder:
        assert ask(responder.url).status == 500
        responder.mode = "closed"
        with pytest.raises(RemoteDisconnected):
            ask(responder.url)
        responder.mode = "huge"
        assert len(ask(responder.url).body) == 16 * 1024 * 1024
        responder.mode = "redirect"
        moved = ask(responder.url)
        assert moved.status == 307
        # A client that follows gets a good response, and is counted.
        assert status(ask(moved.headers["location"]).body).value is revocation.StatusValue.GOOD
        assert responder.requests == 5
    assert set(MODES) - set(RESPONSE_MODES) == {"http500", "closed", "huge", "redirect", "slow"}


def test_slow_server_stops_only_on_exit() -> None:
    with FaultyResponder(ca_itself(), "slow", clock=lambda: NOW) as responder:
        connection = HTTPConnection(str(urlsplit(responder.url).netloc), timeout=30)
        connection.request("POST", "/", a_request(), TYPE)
        answer = connection.getresponse()
        assert answer.read(3) == b"000"
        connection.close()
    with pytest.raises(ConnectionRefusedError), socket.socket() as probe:
        probe.connect(("127.0.0.1", urlsplit(responder.url).port or 0))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command to start")
def test_openssl_responder_reports_its_current_index() -> None:
    with OpensslResponder(issuing_ca(), [Entry(asked().serial)]) as responder:
        url = responder.url
        for entries, expected in (
            ([Entry(asked().serial)], revocation.StatusValue.GOOD),
            ([Entry(asked().serial, "certificateHold", NOW - DAY)], revocation.StatusValue.ON_HOLD),
            ([Entry(asked().serial, "keyCompromise", NOW - DAY)], revocation.StatusValue.REVOKED),
            ([], revocation.StatusValue.UNKNOWN),
        ):
            responder.set_entries(entries)
            for _twice in range(2):
                answer = ask(responder.url)
                made = ocsp.load_der_ocsp_response(answer.body).this_update_utc
                assert status(answer.body, now=made).value is expected
                assert status(answer.body, now=made, nonce=NONCE[::-1]).why == "nonce is not ours"
        assert responder.url == url
    with pytest.raises(OSError, match="refused"):
        ask(url)
