"""An HTTP server for files such as CRLs that can fail as a CA's server, or attack as an attacker's.

with FileServer() as server:
    server.put("/root.crl", crl_der)
    server.put("/slow.crl", crl_der, Fault.DRIP)
"""

import contextlib
import threading
from collections import Counter
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self

DRIP_SECONDS: Final = 0.01
DRIP_BYTES: Final = 3000
"""Half a minute in all: no client should wait that long, and a test that does should end."""
_PIECE: Final = bytes(64 * 1024)


class Fault(StrEnum):
    """The fault when a file is requested."""

    DRIP = "one byte at a time, for half a minute"
    HUGE = "zeros that never end"
    REDIRECT = "sends the client to /elsewhere"
    MISSING = "404"
    TOO_LONG = "announces more bytes than come"
    CLOSED = "closes the connection without a response"


class FileServer:
    """Serves files on a free loopback port, to GET and POST. Use as a context manager.

    `requests` counts them by path, also those for what is not there; `bodies` keeps what was posted, in order.
    """

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.bodies: list[bytes] = []
        self._files: dict[str, tuple[bytes, Fault | None]] = {}
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        """The origin, as in a list of accepted origins."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def url(self, path: str) -> str:
        """The address of a file."""
        return self.origin + path

    def put(self, path: str, contents: bytes, fault: Fault | None = None) -> None:
        """Serve these bytes from now on."""
        self._files[path] = contents, fault

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests[self.path] += 1
                contents, fault = server._files.get(self.path, (b"", Fault.MISSING))
                # The client may close the connection at any time.
                with contextlib.suppress(OSError):
                    server._answer(self, contents, fault)

            def do_POST(self) -> None:
                server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.do_GET()

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
                pass

        return Handler

    def _answer(self, to: BaseHTTPRequestHandler, contents: bytes, fault: Fault | None) -> None:
        if fault is Fault.CLOSED:
            return
        status = {Fault.MISSING: 404, Fault.REDIRECT: 302}.get(fault, 200) if fault else 200
        to.send_response(status)
        if fault is Fault.REDIRECT:
            to.send_header("Location", self.url("/elsewhere"))
        if fault not in (Fault.DRIP, Fault.HUGE):
            to.send_header("Content-Length", str(len(contents) + (fault is Fault.TOO_LONG)))
        to.end_headers()
        to.wfile.write(contents)
        while fault is Fault.HUGE and not self._ended.is_set():
            to.wfile.write(_PIECE)
        for _ in range(DRIP_BYTES if fault is Fault.DRIP else 0):
            if self._ended.wait(DRIP_SECONDS):
                return
            to.wfile.write(b"\0")
