"""A provider that reads a request and then does with its connection what a test says."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[socket.socket], None]


@dataclass
class ScriptedProvider:
    """Its address, and the requests that it has read."""

    url: str
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def scripted(*scripts: Script) -> Iterator[ScriptedProvider]:
    """A server of one connection for each of `scripts`, in their order."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider = ScriptedProvider(f"http://127.0.0.1:{listener.getsockname()[1]}/v1/messages")
        thread = threading.Thread(target=_serve, args=(listener, scripts, provider), daemon=True)
        thread.start()
        yield provider
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


def says(response: bytes) -> Script:
    """Send this, and close."""
    return lambda connection: connection.sendall(response)


def drips(start: bytes, drop: bytes) -> Script:
    """Send `start`, and then `drop` again and again, until the client has enough."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        pause = threading.Event()
        while not pause.wait(0.02):
            connection.sendall(drop)

    return drip


def _serve(listener: socket.socket, scripts: tuple[Script, ...], provider: ScriptedProvider) -> None:
    for script in scripts:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            provider.requests.append(_request(connection))
            script(connection)


def _request(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length
    while len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
