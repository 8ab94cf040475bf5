"""Resident memory of each function of the main way over 10,000 calls of one process, each for another customer.

On the emulator 10,000 registrations would take hours. So one way is recorded in the in-memory account, and each
function is invoked with it in a process of its own, where AWS responds as recorded (replaying.py).
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load.recording import VERBS, record
from bench.load.tables import Table
from tools.packaging.build import ROOT

COUNTS = (1_000, 5_500, 10_000)
"""After how many calls memory is read; growth is counted from the first to the last."""
MOST_GROWTH = 1024
"""KB from the first count of calls to the last."""


@dataclass(frozen=True)
class Memory:
    """Resident memory of a function's process, in KB, after each count of calls."""

    verb: str
    counts: Sequence[int]
    kilobytes: Sequence[int]

    @property
    def growth(self) -> int:
        """KB from the first count to the last."""
        return self.kilobytes[-1] - self.kilobytes[0]

    @property
    def second_half(self) -> int:
        """KB of the growth that came in the second half of the calls."""
        return self.kilobytes[-1] - self.kilobytes[-2]


def run(counts: Sequence[int] = COUNTS, verbs: Sequence[str] = VERBS) -> list[Memory]:
    """Measure functions of the main way, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording"
        found = []
        recordings = record()
        for verb in verbs:
            path.write_bytes(pickle.dumps(recordings[verb]))
            found.append(Memory(verb, counts, _measured(path, counts)))
    return found


def _measured(recording: Path, counts: Sequence[int]) -> list[int]:
    """Replay a recording in another process. Raises CalledProcessError where a result is not as recorded."""
    results = recording.with_name("kilobytes")
    run_module("bench.load.replaying", str(recording), str(results), *map(str, counts))
    kilobytes: list[int] = json.loads(results.read_text())
    return kilobytes


def run_module(name: str, *arguments: str) -> None:
    """Run a module of this project in a process of its own, without its output. Raises CalledProcessError."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'layers/registrar/python'}:{ROOT}"}
    command = [sys.executable, "-m", name, *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def grown(found: Sequence[Memory]) -> Mapping[str, int]:
    """The functions that grew by more than a megabyte, and by how many KB."""
    return {each.verb: each.growth for each in found if each.growth > MOST_GROWTH}


def table(found: Sequence[Memory]) -> Table:
    """One row for each function."""
    head = [
        "function",
        *(f"MB after {count:,} calls" for count in found[0].counts),
        "growth",
        "of it in the last half",
    ]
    return Table("Memory of warm functions", head, [_row(each) for each in found])


def _row(found: Memory) -> list[str]:
    megabytes = (f"{each / 1024:.2f}" for each in found.kilobytes)
    return [f"`{found.verb}`", *megabytes, f"{found.growth} KB", f"{found.second_half} KB"]
