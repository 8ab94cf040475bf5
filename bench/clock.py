"""Timing by pairs: what is compared takes turns, and each ratio is of two times of the same turn.

A figure is the median of these ratios; its quartiles say how sure it is. Other work on the machine slows both of a
pair: it widens the spread and leaves the median. Processor time is measured where the work is in one process, for
it does not count the time in which others run; wall time only where several processes share the work.
"""

import json
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tools.packaging.build import ROOT

PEERS = ROOT / ".venv-bench/bin/python"
NO_PEERS = "the other library is not installed: `make bench` installs it"

Timed = Callable[[], float]
"""Does something, and returns how many seconds it took."""


@dataclass(frozen=True)
class Spread:
    """The median of several figures, and their quartiles."""

    median: float
    low: float
    high: float


def spread(figures: Sequence[float]) -> Spread:
    """Median and quartiles of at least one figure."""
    if len(figures) == 1:
        return Spread(figures[0], figures[0], figures[0])
    low, middle, high = statistics.quantiles(figures, n=4, method="inclusive")
    return Spread(middle, low, high)


def ratio(own: Sequence[float], floor: Sequence[float], unit: float = 1) -> Spread:
    """Own ÷ floor, turn by turn, in parts of `unit` (0.01: percent)."""
    return spread([ours / bare / unit for ours, bare in zip(own, floor, strict=True)])


def times(calls: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """The seconds of each call, by turns. The first turns, a twentieth, warm up and do not count."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    warm = 0 if rounds == 1 else rounds // 20 + 1
    for _ in range(rounds + warm):
        for name, call in calls.items():
            found[name].append(call())
    return {name: seconds[warm:] for name, seconds in found.items()}


def _between_readings() -> float:
    start = time.process_time()
    return time.process_time() - start


# Half a microsecond, which would count beside a signature check.
_READING = statistics.median(_between_readings() for _ in range(1000))


def processor(call: Callable[[], object]) -> Timed:
    """The processor time of this process for a call, without that for reading the clock."""

    def timed() -> float:
        start = time.process_time()
        call()
        return time.process_time() - start - _READING

    return timed


def wall(call: Callable[[], object]) -> Timed:
    """The time until a call returns, whoever works."""

    def timed() -> float:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    return timed


def has_peers() -> bool:
    """Whether the libraries that ours are compared with are installed (`make bench` does it)."""
    return PEERS.exists()


@contextmanager
def peer(name: str, given: Mapping[str, object]) -> Iterator[Timed]:
    """Another library at the same task, in a process and environment of its own: its processor time for one call.

    A call raises RuntimeError where the library fails; it says why on standard error.
    """
    command = [str(PEERS), "-I", str(ROOT / "bench/peers.py"), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        asked = process.stdin
        answers = process.stdout
        if asked is None or answers is None:
            raise RuntimeError("no pipes")
        asked.write(json.dumps(given) + "\n")

        def timed() -> float:
            try:
                asked.write("\n")
                return float(answers.readline())
            except (BrokenPipeError, ValueError) as error:
                raise RuntimeError(f"{name} did not run") from error

        yield timed
