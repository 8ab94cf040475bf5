"""A Korean message provider over a real socket, as docs/messages.md describes one, and with the faults of one.

It checks signatures, refuses a nonce that it has seen, and remembers idempotency keys: a message with a known key
is not delivered again. `faults` are used up, one a request; without one a request is accepted.
"""

import hashlib
import hmac
import ipaddress
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 key=(?P<key>[^,]+), timestamp=(?P<timestamp>\d+), nonce=(?P<nonce>[0-9a-f]{32}), "
    r"signature=(?P<signature>[0-9a-f]{64})"
)


class Fault(Enum):
    """What goes wrong with one request."""

    TOO_MANY = auto()
    """429."""
    DOWN = auto()
    """503."""
    FAILS = auto()
    """500, and the message is not delivered."""
    FAILS_AFTER_TAKING = auto()
    """500, and the message is delivered."""
    RESETS = auto()
    """The connection is reset, after the request was read."""
    HANGS_AFTER_TAKING = auto()
    """The message is delivered, and the response never comes."""
    REFUSES = auto()
    """422 with a body that quotes the message."""
    NO_TEMPLATE = auto()
    """422 TEMPLATE_UNKNOWN."""


@dataclass
class FakeProvider:
    """What a test asks of the provider, and gives to it."""

    secrets: dict[str, str] = field(default_factory=lambda: {"bank-1": "first secret"})
    faults: list[Fault] = field(default_factory=list)
    delivered: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    """The headers of every request."""
    remembers_keys: bool = True
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    _keys: set[str] = field(default_factory=set)
    _nonces: set[str] = field(default_factory=set)

    def texts(self, kind: str) -> list[dict[str, Any]]:
        """The messages of a type that were delivered."""
        return [each for each in self.delivered if each["type"] == kind]

    def take(self, key: str, message: dict[str, Any]) -> None:
        """Deliver a message once for each key."""
        if key in self._keys and self.remembers_keys:
            return
        self._keys.add(key)
        self.delivered.append(message)

    def is_signed(self, path: str, headers: dict[str, str], body: bytes) -> bool:
        """Whether a request is signed with a current secret, and was not seen before."""
        given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if given is None or given["key"] not in self.secrets or given["nonce"] in self._nonces:
            return False
        self._nonces.add(given["nonce"])
        digest = hashlib.sha256(body).hexdigest()
        parts = ("POST", path, given["timestamp"], given["nonce"], headers["idempotency-key"], digest)
        expected = hmac.new(self.secrets[given["key"]].encode(), "\n".join(parts).encode(), hashlib.sha256)
        return hmac.compare_digest(expected.hexdigest(), given["signature"])


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[FakeProvider]:
    """A provider on a free port of this machine."""
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            _answer(self, provider)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    provider.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/v1/messages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, provider: FakeProvider) -> None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.rfile.read(int(headers["content-length"]))
    provider.requests.append(headers)
    if not provider.is_signed(request.path, headers, body):
        return _respond(request, 401, {"code": "SIGNATURE_INVALID"})
    message = json.loads(body)
    fault = provider.faults.pop(0) if provider.faults else None
    if fault in (None, Fault.FAILS_AFTER_TAKING, Fault.HANGS_AFTER_TAKING):
        provider.take(headers["idempotency-key"], message)
    responses: dict[Fault | None, tuple[int, dict[str, str]]] = {
        None: (202, {"message_id": "m-1"}),
        Fault.TOO_MANY: (429, {"code": "TOO_FAST"}),
        Fault.DOWN: (503, {}),
        Fault.FAILS: (500, {"error": message["text"]}),
        Fault.FAILS_AFTER_TAKING: (500, {"error": message["text"]}),
        Fault.REFUSES: (422, {"code": message["text"], "message": message["text"]}),
        Fault.NO_TEMPLATE: (422, {"code": "TEMPLATE_UNKNOWN", "message": message["text"]}),
    }
    if fault in responses:
        return _respond(request, *responses[fault])
    if fault is Fault.HANGS_AFTER_TAKING:
        provider.released.wait()
    else:
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.close_connection = True
    return None


def _respond(request: BaseHTTPRequestHandler, status: int, document: dict[str, str]) -> None:
    content = json.dumps(document).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def tls_contexts(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context, with a certificate of the address `name` that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "provider.pem"
    file.write_bytes(pem + chain)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cadata=chain.decode())
    return server, client
