"""Several local clouds, each in a process of its own: most of a cell is waiting, for a retry or a redelivery."""

import contextlib
import math
import multiprocessing
import queue
import time
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.queues import Queue
from types import TracebackType
from typing import Self

from tools.faults.cells import Cell, Outcome, run
from tools.faults.starting import a_world

MOST_SECONDS = 600
"""How long a cell may take; the first one of a cloud waits for its start, too."""


class Clouds:
    """`count` clouds that take batches of cells as they get free. Use as a context manager."""

    def __init__(self, count: int) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._batches: Queue[Sequence[Cell] | None] = spawning.Queue()
        self._outcomes: Queue[Outcome | str | None] = spawning.Queue()
        self._processes = [
            spawning.Process(target=_work, args=(self._batches, self._outcomes), daemon=True) for _ in range(count)
        ]

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._processes:
            self._batches.put(None)
        for process in self._processes:
            process.join(timeout=30)
            process.terminate()

    def run(self, batches: Iterable[Sequence[Cell]], until: float = math.inf) -> Iterator[Outcome]:
        """The outcomes of these cells, as they come; no batch is begun after `until` (of time.monotonic).

        A batch is run by one cloud, whose functions stay warm. Raises RuntimeError where a cloud cannot go on.
        """
        waiting = iter(batches)
        under_way = sum(self._put(waiting, until) for _ in self._processes)
        while under_way:
            outcome = self._outcomes.get(timeout=MOST_SECONDS)
            if isinstance(outcome, str):
                raise RuntimeError(outcome)
            if outcome is None:
                under_way += self._put(waiting, until) - 1
            else:
                yield outcome

    def _put(self, waiting: Iterator[Sequence[Cell]], until: float) -> int:
        """Hand out the next batch, if there is one and time for it: how many were."""
        batch = next(waiting, None) if time.monotonic() < until else None
        if batch is None:
            return 0
        self._batches.put(batch)
        return 1


def _work(batches: "Queue[Sequence[Cell] | None]", outcomes: "Queue[Outcome | str | None]") -> None:
    """Run batches; None says that one is finished."""
    try:
        with a_world() as world:
            while (batch := _next(batches)) is not None:
                for cell in batch:
                    outcomes.put(run(world, cell))
                outcomes.put(None)
    except Exception as failure:  # noqa: BLE001 - the process that waits for outcomes has to learn of it
        outcomes.put(f"a cloud failed: {failure!r}")


def _next(batches: "Queue[Sequence[Cell] | None]") -> Sequence[Cell] | None:
    """The next batch; None at the end, which is also the end of the process that chose the cells."""
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        with contextlib.suppress(queue.Empty):
            return batches.get(timeout=5)
    return None
