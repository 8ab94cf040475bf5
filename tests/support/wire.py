"""Servers that send what a test wants, and limits for asking them."""

import itertools
import socket
import threading

from registrar.net.limits import Limits

PUBLIC = "93.184.216.34"


def frozen(most_bytes: int = 10_000, *, private_allowed: bool = False, seconds: float = 5.0) -> Limits:
    """Time stands still: a wait may take `seconds`, and the next one too."""
    return Limits(seconds, most_bytes, private_allowed, clock=lambda: 0.0)


def ticking(reads: int, most_bytes: int = 10_000, *, private_allowed: bool = False) -> Limits:
    """Each look at the clock costs a second of `reads`."""
    return Limits(reads, most_bytes, private_allowed, clock=itertools.count().__next__)


class Wire:
    """Stands in for the internet: names are looked up in `names`, and every connection gets `answer`."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        """The addresses of a name at the first look-up, the second, …"""
        self.looked_up: list[str] = []
        self.tried: list[tuple[str, int]] = []
        self.dead: set[str] = set()
        self.answer = b""
        self.stays_open = False
        self._ends: list[socket.socket] = []

    def getaddrinfo(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        """As socket.getaddrinfo."""
        self.looked_up.append(host)
        answers = self.names.get(host, [[PUBLIC]])
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def create_connection(self, address: tuple[str, int], timeout: float) -> socket.socket:
        """As socket.create_connection."""
        assert timeout > 0
        self.tried.append(address)
        if address[0] in self.dead:
            raise ConnectionRefusedError
        ours, theirs = socket.socketpair()
        self._ends.append(theirs)
        ours.settimeout(timeout)
        threading.Thread(target=self._serve, args=(theirs,), daemon=True).start()
        return ours

    def request(self) -> bytes:
        """What the last connection was sent, once it is closed."""
        return b"".join(iter(lambda: self._ends[-1].recv(65536), b""))

    def close(self) -> None:
        """Let go of the servers' ends."""
        for end in self._ends:
            end.close()

    def _serve(self, end: socket.socket) -> None:
        try:
            end.sendall(self.answer)
            if not self.stays_open:
                end.shutdown(socket.SHUT_WR)
        except OSError:
            return  # the client has heard enough
