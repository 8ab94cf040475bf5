"""Two OCSP servers on loopback ports: openssl's, and one with every fault of a server.

For the local cloud and the tests only. The statuses of `OpensslResponder` and the mode of
`FaultyResponder` may change while they run.
"""

import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tools.pki.authorities import Authority
from tools.pki.responders import RESPONSE_MODES, Responder, issuer_itself, response_in_mode

MODES: Final = (*RESPONSE_MODES, "slow", "huge", "redirect", "http500", "closed")
_HUGE: Final = 16 * 1024 * 1024
_PAUSE_SECONDS: Final = 0.2
_MOVED: Final = "/moved"


def _now() -> datetime:
    return datetime.now(UTC)


class FaultyResponder:
    """An OCSP server on a loopback port. Set `mode` to one of MODES at any time; use as a context manager.

    `requests` counts every request. In the mode `redirect` a client that follows gets a good response, which counts
    as another request.
    """

    def __init__(self, responder: Responder, mode: str = "good", clock: Callable[[], datetime] = _now) -> None:
        self.responder = responder
        self.mode = mode
        self.clock = clock
        self.requests = 0
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def count(self) -> None:
        """Count a request."""
        with self._lock:
            self.requests += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, faulty: FaultyResponder) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faulty = faulty

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that closes the connection early: some modes cause it."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Refuse GET; a followed redirect may arrive as one."""
        self.server.faulty.count()
        self.send_error(404)

    def do_POST(self) -> None:
        """One OCSP request (RFC 6960 A.1)."""
        faulty = self.server.faulty
        faulty.count()
        request = self.rfile.read(int(self.headers["Content-Length"]))
        mode = "good" if self.path == _MOVED else faulty.mode
        if mode == "closed":
            self.close_connection = True
        elif mode == "http500":
            self.send_error(500)
        elif mode == "redirect":
            self._head(307, 0, ("Location", faulty.url + _MOVED))
        elif mode == "slow":
            self._drip()
        elif mode == "huge":
            self._head(200, _HUGE)
            self.wfile.write(bytes(_HUGE))
        else:
            body = response_in_mode(mode, request, faulty.responder, faulty.clock())
            self._head(200, len(body))
            self.wfile.write(body)

    def _drip(self) -> None:
        self._head(200, _HUGE)
        while not self.server.faulty.stopped.wait(_PAUSE_SECONDS):
            self.wfile.write(b"0")

    def _head(self, status: int, length: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", "application/ocsp-response"),
            ("Content-Length", str(length)),
            *headers,
        ):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the overridden name
        """Quiet."""


class Entry(NamedTuple):
    """The index entry of one serial number: good, or revoked for a `reason` such as `keyCompromise`."""

    serial_number: int
    reason: str | None = None
    revoked_at: datetime | None = None


class OpensslResponder:
    """`openssl ocsp` as a child process on a free port. Use as a context manager.

    The status of a serial number without an entry is `unknown`. The nonce is echoed. Raises OSError if openssl does
    not start.
    """

    def __init__(
        self, issuer: Authority, entries: Sequence[Entry] = (), *, responder: Responder | None = None
    ) -> None:
        self._issuer = issuer
        self._responder = responder or issuer_itself(issuer)
        self._entries = entries
        self._folder = tempfile.TemporaryDirectory(prefix="ocsp-")
        self._process: subprocess.Popen[str] | None = None
        self._port = "0"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Replace the index and restart at the same port: openssl would read it one request too late."""
        self._stop()
        self._entries = entries
        self._start()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._folder.cleanup()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        # With port 0 the system picks one, and openssl prints it once it listens.
        printed = re.match(r"ACCEPT .*:(\d+) PID=", next(iter(self._process.stdout or ()), ""))
        if printed is None:
            self._stop()
            raise OSError("openssl ocsp did not start")
        self._port = printed[1]

    def _stop(self) -> None:
        if self._process is not None:
            with self._process as process:
                process.kill()

    def _command(self) -> list[str]:
        files = {
            "index": "".join(map(index_line, self._entries)).encode(),
            "CA": self._issuer.certificate.public_bytes(Encoding.PEM),
            "rsigner": self._responder.certificate.public_bytes(Encoding.PEM),
            "rkey": self._responder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        }
        options = ["-port", self._port, "-nmin", "60", "-rmd", "sha256", "-ignore_err"]
        for option, content in files.items():
            path = Path(self._folder.name) / option
            path.write_bytes(content)
            options += [f"-{option}", str(path)]
        return ["openssl", "ocsp", *options]


def index_line(entry: Entry) -> str:
    """A line of the index of `openssl ca`: status, end, revocation, serial number, file, subject."""
    end = f"{datetime(2049, 12, 31, tzinfo=UTC):%y%m%d%H%M%SZ}"
    serial_number = f"{entry.serial_number:X}"
    serial_number = serial_number.zfill(len(serial_number) + len(serial_number) % 2)
    if entry.reason is None:
        # openssl refuses an index with two valid certificates of one subject.
        return f"V\t{end}\t\t{serial_number}\tunknown\t/CN={serial_number}\n"
    at = (entry.revoked_at or _now()).astimezone(UTC)
    return f"R\t{end}\t{at:%y%m%d%H%M%SZ},{entry.reason}\t{serial_number}\tunknown\t/CN={serial_number}\n"
