"""A connection to a checked address, on which every wait ends at one deadline and the bytes read are counted."""

import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from registrar.domain.reasons.errors import IssuerUnreachable
from registrar.net.limits import Limits
from registrar.net.resolving import resolve

OVERHEAD: Final = 64 * 1024
"""Bytes that a response may have beside its content: header lines, chunk sizes, LDAP names."""

_AT_ONCE: Final = 64 * 1024
_LATE: Final = "no complete response in time"
_TOO_LARGE: Final = "the response is too large"
_CUT_OFF: Final = "the response is cut off"


class Stream:
    """Bytes to and from one server. Methods raise IssuerUnreachable at the deadline or when a connection breaks."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._left = limits.most_bytes + OVERHEAD
        self._read = bytearray()

    def send(self, message: bytes) -> None:
        """All of a message."""
        with _failures():
            # Unlike other methods of a socket, sendall takes its time-out as one for all of its waits.
            self._connection.settimeout(_remaining(self._limits))
            self._connection.sendall(message)

    def exactly(self, length: int) -> bytes:
        """The next `length` bytes."""
        if length - len(self._read) > self._left:
            raise IssuerUnreachable(_TOO_LARGE)
        while len(self._read) < length:
            if not self._receive():
                raise IssuerUnreachable(_CUT_OFF)
        return self._take(length)

    def line(self, most: int) -> bytes:
        """The next line without its end: CR LF, or LF alone, which RFC 9112 section 2.2 lets a reader take."""
        while (end := self._read.find(b"\n", 0, most + 2)) < 0:
            if len(self._read) >= most + 2:
                raise IssuerUnreachable("a line is too long")
            if not self._receive():
                raise IssuerUnreachable(_CUT_OFF)
        return self._take(end + 1)[:-1].removesuffix(b"\r")

    def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        while self._receive():
            pass
        return self._take(len(self._read))

    def _receive(self) -> bool:
        """Whether more came."""
        with _failures():
            self._connection.settimeout(_remaining(self._limits))
            # One byte more than there may be shows that a response is too large.
            piece = self._connection.recv(min(_AT_ONCE, self._left + 1))
        self._left -= len(piece)
        if self._left < 0:
            raise IssuerUnreachable(_TOO_LARGE)
        self._read += piece
        return bool(piece)

    def _take(self, length: int) -> bytes:
        taken = bytes(self._read[:length])
        del self._read[:length]
        return taken


@contextmanager
def connected(host: str, port: int, limits: Limits, tls: ssl.SSLContext | None = None) -> Iterator[Stream]:
    """A stream to the first address of `host` that takes a connection, with `tls` if given.

    Raises IssuerUnreachable.
    """
    with _connection(_resolved(host, port, limits), port, limits) as connection:
        if tls is None:
            yield Stream(connection, limits)
            return
        with _encrypted(connection, host, limits, tls) as encrypted:
            yield Stream(encrypted, limits)


def _encrypted(connection: socket.socket, host: str, limits: Limits, tls: ssl.SSLContext) -> ssl.SSLSocket:
    with _failures():
        connection.settimeout(_remaining(limits))
        try:
            return tls.wrap_socket(connection, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise IssuerUnreachable("the certificate of the server is not accepted") from error


def _connection(addresses: list[str], port: int, limits: Limits) -> socket.socket:
    """Each address gets a fair share of the time left: one that swallows packets must not hide the next."""
    for tried, address in enumerate(addresses):
        share = _remaining(limits) / (len(addresses) - tried)
        try:
            # A numeric address is connected to as it is: there is no second look-up.
            return socket.create_connection((address, port), timeout=share)
        except OSError:
            continue
    raise IssuerUnreachable("no address takes a connection")


def _resolved(host: str, port: int, limits: Limits) -> list[str]:
    """getaddrinfo has no time-out: a thread waits for it, and is abandoned after the deadline."""
    results: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            results.put(resolve(host, port, private_allowed=limits.private_allowed))
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
            results.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        result = results.get(timeout=_remaining(limits))
    except queue.Empty:
        raise IssuerUnreachable(_LATE) from None
    if isinstance(result, Exception):
        raise result
    return result


def _remaining(limits: Limits) -> float:
    """Seconds until the deadline. Raises IssuerUnreachable when there are none."""
    seconds = limits.deadline - limits.clock()
    if seconds <= 0:
        raise IssuerUnreachable(_LATE)
    return seconds


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise IssuerUnreachable(_LATE) from None
    except OSError as error:
        raise IssuerUnreachable("the connection broke") from error
