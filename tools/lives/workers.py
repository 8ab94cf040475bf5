"""The emulator's child processes that run functions, one function each: found, killed, stopped for a while."""

import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.cloud.emulator import Emulator

_NAMED = re.compile(r"ministack-lambda-(?:registrar-)?(?P<function>\w+?)(-[0-9A-F]+)?-\w{8}/_worker\.py")
A_MOMENT = 0.03
"""Seconds in which a process that works uses processor time."""


@dataclass(frozen=True)
class Worker:
    """A process that runs a function."""

    pid: int
    function: str

    def kill(self) -> bool:
        """Kill it as the platform never would: at once. Whether it still ran."""
        return self._send(signal.SIGKILL)

    def freeze(self, seconds: float) -> bool:
        """Stop it for so long, so that its invocation times out if it takes less. Whether it still ran."""
        if not self._send(signal.SIGSTOP):
            return False
        time.sleep(seconds)
        self._send(signal.SIGCONT)
        return True

    def _send(self, sent: int) -> bool:
        with suppress(ProcessLookupError):
            os.kill(self.pid, sent)
            return True
        return False


def workers(emulator: Emulator) -> list[Worker]:
    """All workers of this emulator, and of no other."""
    return [
        Worker(pid, found["function"])
        for pid in children(emulator.pid)
        if (found := _NAMED.search(_read(pid, "cmdline").replace("\0", " ")))
    ]


def working(emulator: Emulator) -> list[Worker]:
    """The workers that use the processor now."""
    before = {worker: _ticks(worker.pid) for worker in workers(emulator)}
    time.sleep(A_MOMENT)
    return [worker for worker, ticks in before.items() if _ticks(worker.pid) > ticks]


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    listed: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            listed += map(int, (task / "children").read_text().split())
    return listed


def _ticks(pid: int) -> int:
    """Nanoseconds on a processor."""
    return int((_read(pid, "schedstat") or "0").split()[0])


def _read(pid: int, name: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_text()
    return ""
