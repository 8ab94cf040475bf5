"""Timing: calls alternate in one run, so that load on the machine affects all of them equally."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from tools.packaging.build import ROOT

PEERS = ROOT / ".venv-bench/bin/python"


def medians(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each call in seconds; the first rounds do not count."""
    return {name: statistics.median(measured) for name, measured in _times(calls, rounds).items()}


def ratios(calls: Mapping[str, Callable[[], object]], floor: str, rounds: int) -> dict[str, float]:
    """The median, over all rounds, of each call's time ÷ the floor's in the same round: valid on a busy machine."""
    times = _times(calls, rounds)
    return {
        name: statistics.median(own / base for own, base in zip(measured, times[floor], strict=True))
        for name, measured in times.items()
    }


def _times(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    warm = rounds // 20 + 1
    for _ in range(rounds + warm):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: measured[warm:] for name, measured in times.items()}


def peer_median(peer: str, given: Mapping[str, object]) -> float:
    """The median time of another library at the same task, in its own environment; `make bench` installs it."""
    command = [str(PEERS), "-I", str(ROOT / "bench/peers.py"), peer]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{peer} did not run: {done.stderr[-2000:]}")
    return float(_last(done.stdout))


def _last(output: str) -> Any:
    return json.loads(output.splitlines()[-1])
