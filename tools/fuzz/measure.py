"""One call of a reader, with what it cost: seconds of processor time, bytes of memory at its peak, how it ended."""

import hashlib
import os
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_SECONDS = 1.0
MOST_BYTES = 64 * 1024 * 1024
_ALLOWED_BESIDE = 2 * 1024 * 1024 * 1024
"""Address space over what a process has: a reader that wants more gets MemoryError instead of the machine."""

_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call took. `bytes` is the peak of resident memory over what was resident before; 0 where the system
    does not say (Linux alone does)."""

    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a reader failed: what was wrong and where, and an input with which it fails."""

    what: str
    content: bytes

    @property
    def name(self) -> str:
        """Names a file with the input."""
        return hashlib.sha256(self.content).hexdigest()[:16]


@dataclass(slots=True)
class Measured:
    """All calls of one reader: how many, the worst costs, and failures, one for each place that fails."""

    calls: int = 0
    read: int = 0
    """Inputs that were not refused."""
    most_seconds: float = 0.0
    most_bytes: int = 0
    failures: dict[str, Failure] = field(default_factory=dict)

    def call(self, content: bytes, reader: Callable[[bytes], object], refuses: tuple[type[Exception], ...]) -> None:
        """Call `reader`, which may raise `refuses` and nothing else, within both limits."""
        wrong = None
        before = _restarted_peak()
        started = time.process_time()
        try:
            reader(content)
            self.read += 1
        except refuses:
            pass
        except Exception as error:  # noqa: BLE001 - any other is what is looked for
            wrong = _place(error)
        cost = Cost(time.process_time() - started, max(0, _peak() - before))
        self.calls += 1
        self.most_seconds = max(self.most_seconds, cost.seconds)
        self.most_bytes = max(self.most_bytes, cost.bytes)
        if wrong is None and cost.seconds > MOST_SECONDS:
            wrong = "more than a second"
        if wrong is None and cost.bytes > MOST_BYTES:
            wrong = "more than 64 MB of memory"
        if wrong is not None and (wrong not in self.failures or len(content) < len(self.failures[wrong].content)):
            self.failures[wrong] = Failure(wrong, content)

    def as_json(self, seconds: float, crashes: Path) -> dict[str, Any]:
        """The figures; `failures` with the files in the folder `crashes` that now hold an input of each."""
        found = {}
        for failure in self.failures.values():
            crashes.mkdir(exist_ok=True)
            path = crashes / failure.name
            path.write_bytes(failure.content)
            found[failure.what] = str(path)
        return {
            "calls": self.calls,
            "read": self.read,
            "seconds": seconds,
            "most_seconds": self.most_seconds,
            "most_bytes": self.most_bytes,
            "failures": found,
        }


def bound_memory() -> None:
    """Let this process have two GB more address space than it has, and no more."""
    most = _pages(0) * _PAGE + _ALLOWED_BESIDE
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _place(error: Exception) -> str:
    """The kind of an error, and the last line of ours that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/registrar/" in frame.filename] or list(frames)
    where = ours[-1]
    return f"{type(error).__name__} at {where.filename.rpartition('/registrar/')[2]}:{where.lineno}"


# Linux counts the peak anew when it is told to; elsewhere these files are not there, and no memory is reported.
_STATM = os.open("/proc/self/statm", os.O_RDONLY) if Path("/proc/self/statm").exists() else None
_RESTART = os.open("/proc/self/clear_refs", os.O_WRONLY) if _STATM else None


def _restarted_peak() -> int:
    """Resident bytes now, from which the system counts the peak anew."""
    if _RESTART is not None:
        os.pwrite(_RESTART, b"5", 0)
    return _pages(1) * _PAGE


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 if _STATM else 0


def _pages(column: int) -> int:
    return int(os.pread(_STATM, 128, 0).split()[column]) if _STATM else 0
