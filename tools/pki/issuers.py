"""The demo issuers' OCSP responder: one server on a loopback port for every operator of a demo NPKI.

    with DemoIssuers(pki) as issuers:
        issuers.set_mode(certificate, "revoked")    # one of responders.RESPONSE_MODES; the default is "good"
        issuers.mode = "tryLater"                   # for every certificate

As in Korea, a responder whose certificate the root issued signs the responses. `make up` runs it in the background
(`python -m tools.pki.issuers PORT`), and `python -m tools.pki.revoke` sets the mode of a certificate.
"""

import argparse
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp

from tools.cloud.emulator import ROOT
from tools.pki.authorities import DemoPki
from tools.pki.responders import Responder, issue_responder, response_in_mode

MODES_FILE = ROOT / "build/demo-issuers.json"
LOG_FILE = ROOT / "build/demo-issuers.log"


def issue_root_responder(pki: DemoPki, now: datetime) -> Responder:
    """Issue a responder that the root authorises for every issuing CA, valid for 400 days."""
    key = rsa.generate_private_key(65537, 2048)
    last = now + timedelta(days=400)
    return issue_responder(pki.root, key, not_before=now - timedelta(days=1), not_after=last)


class DemoResponder:
    """Responds for the demo issuers, without a server. `requests` counts requests."""

    def __init__(self, responder: Responder, *, file: Path | None = None) -> None:
        self._responder = responder
        self._modes: dict[str, str] = {}
        self._file = file
        self.mode: str | None = None
        self.requests = 0

    def set_mode(self, certificate: x509.Certificate, mode: str) -> None:
        """Set the mode of the responses about this certificate."""
        self._modes[f"{certificate.serial_number:x}"] = mode

    def respond(self, request: bytes, now: datetime) -> bytes:
        """The DER of the OCSPResponse to a DER OCSPRequest."""
        self.requests += 1
        modes: Mapping[str, str] = json.loads(self._file.read_text()) if self._file else self._modes
        serial = f"{ocsp.load_der_ocsp_request(request).serial_number:x}"
        return response_in_mode(self.mode or modes.get(serial, "good"), request, self._responder, now)


class DemoIssuers(DemoResponder):
    """The responder as a server; use as a context manager."""

    def __init__(self, pki: DemoPki, *, port: int = 0, file: Path | None = None) -> None:
        super().__init__(issue_root_responder(pki, datetime.now(UTC)), file=file)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.responder = self
        self._thread = threading.Thread(target=self.serve, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        """Respond until shut down."""
        self._server.serve_forever(0.05)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    responder: DemoResponder


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """One OCSP request (RFC 6960 A.1)."""
        body = self.server.responder.respond(
            self.rfile.read(int(self.headers["Content-Length"])), datetime.now(UTC)
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the overridden name
        """Quiet."""


def store_mode(certificate: x509.Certificate, mode: str) -> None:
    """Set the mode of the responses about this certificate of the responder that runs in the background."""
    modes = json.loads(MODES_FILE.read_text()) if MODES_FILE.exists() else {}
    written = MODES_FILE.with_suffix(".new")
    written.parent.mkdir(exist_ok=True)
    written.write_text(json.dumps({**modes, f"{certificate.serial_number:x}": mode}))
    written.replace(MODES_FILE)  # in one step: the responder reads it at each request


def main() -> None:
    """Respond at a port for the demo authorities in build/."""
    from tools.cloud import seed

    parser = argparse.ArgumentParser("python -m tools.pki.issuers", description="The demo issuers' OCSP responder.")
    parser.add_argument("port", type=int)
    if not MODES_FILE.exists():
        MODES_FILE.write_text("{}")
    DemoIssuers(seed.demo_pki(datetime.now(UTC)), port=parser.parse_args().port, file=MODES_FILE).serve()


if __name__ == "__main__":
    main()
