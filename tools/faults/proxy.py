"""A proxy between functions and the emulator: records every call, and makes one of them fail as a rule says.

Each function has a port of its own, so that a call's function is known without looking into credentials. Requests
are passed on byte by byte: the signature covers the Host header, which names the proxy.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tools.faults.calls import Request, cancelled, error, nothing_done, request_of
from tools.faults.episodes import NO_EFFECT, NO_RESPONSE, REFUSALS, THROTTLES, Episode, Fault, Kind

SLOW_SECONDS = 1.0
"""How much later a call with added latency is passed on."""
_LIMIT = 32 * 1024 * 1024


class FaultProxy:
    """Listens for each of `functions`; a thread of its own runs it. Use as a context manager."""

    def __init__(self, functions: Iterable[str]) -> None:
        self.functions = tuple(functions)
        self.ports: dict[str, int] = {}
        self.upstream: int | None = None
        """The emulator's port, once it runs."""
        self.episode = Episode()
        self._last_seen: dict[str, float] = {}
        self._under_way: dict[str, int] = {}
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def begin(self, *faults: Fault) -> Episode:
        """Begin a new episode with these faults; calls are counted from 1 again."""
        self.episode = Episode(faults)
        return self.episode

    def quiet_for(self, besides: frozenset[str] = frozenset()) -> float:
        """Seconds since the last request or response of any function but these; 0 while one is under way."""
        if any(count for function, count in self._under_way.items() if function not in besides):
            return 0.0
        seen = [at for function, at in self._last_seen.items() if function not in besides]
        return time.monotonic() - max(seen, default=0.0)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        for function in self.functions:

            async def serve(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, function: str = function
            ) -> None:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                    await self._serve(function, reader, writer)
                writer.close()

            server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_LIMIT)
            self._servers.append(server)
            self.ports[function] = server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, function: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Every request of one connection."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            self._under_way[function] = self._under_way.get(function, 0) + 1
            try:
                start, headers = _read_head(head)
                if headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                message = _Message(start, head, await reader.readexactly(int(headers.get("content-length", "0"))))
                request = request_of(function, start, headers, message.body)
                fault = self.episode.see(request) if request else None
                response = await self._response(message, request, fault.kind if fault else None)
                if fault and fault.kind is Kind.TIMEOUT:
                    await reader.read()  # until the client gives up
                if response is None:
                    writer.transport.abort()
                    return
                writer.write(response)
                await writer.drain()
            finally:
                self._under_way[function] -= 1
                self._last_seen[function] = time.monotonic()

    async def _response(self, message: "_Message", request: Request | None, kind: Kind | None) -> bytes | None:
        """What the client gets; None where the connection breaks."""
        if kind is Kind.RESET:
            return None
        if kind is Kind.LATENCY:
            await asyncio.sleep(SLOW_SECONDS)
        passed = None if kind in NO_EFFECT else await self._passed_on(message)
        if request is not None and kind in THROTTLES and request.operation.name == "TransactWriteItems":
            return message.answered(*cancelled(message.body))
        if request is not None and kind in REFUSALS:
            return message.answered(*error(request.service, throttled=kind in THROTTLES))
        if request is not None and kind is Kind.PARTIAL:
            return message.answered(200, "application/json", nothing_done(request.operation.name, message.body))
        return None if kind in NO_RESPONSE else passed

    async def _passed_on(self, message: "_Message") -> bytes:
        """The emulator's response to a request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=_LIMIT)
        try:
            lines = message.head.split(b"\r\n")
            kept = [line for line in lines if not line.lower().startswith((b"expect:", b"connection:"))]
            writer.write(b"\r\n".join([kept[0], b"Connection: close", *kept[1:]]) + message.body)
            answer = await reader.readuntil(b"\r\n\r\n")
            return _kept_open(answer) + await _body(reader, message.start, answer)
        finally:
            writer.close()


@dataclass(frozen=True)
class _Message:
    """A request as it came: its first line, the head with that line, the body."""

    start: str
    head: bytes
    body: bytes

    def answered(self, status: int, content: str, text: bytes) -> bytes:
        """A response of the proxy's own."""
        text = b"" if self.start.startswith("HEAD ") else text
        about = f"HTTP/1.1 {status} Fault\r\nContent-Type: {content}\r\nContent-Length: {len(text)}\r\n\r\n"
        return about.encode() + text


def _read_head(head: bytes) -> tuple[str, dict[str, str]]:
    """The first line, and the headers by their names in lower case."""
    start, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    return start, {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _kept_open(head: bytes) -> bytes:
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:"))


async def _body(reader: asyncio.StreamReader, start: str, head: bytes) -> bytes:
    line, headers = _read_head(head)
    if start.startswith("HEAD ") or line.split(" ")[1] in ("204", "304"):
        return b""
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    content = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        content += size + await reader.readexactly(length + 2)
        if not length:
            return content
