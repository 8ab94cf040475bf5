"""Several local clouds, each in a process of its own: most of a cell is waiting, for a retry or a redelivery."""

import contextlib
import math
import multiprocessing
import queue
import time
from collections.abc import Iterable, Iterator
from multiprocessing.queues import Queue
from types import TracebackType
from typing import Self

from tools.faults.cells import Cell, Outcome, run
from tools.faults.world import a_world

MOST_SECONDS = 600
"""How long a cell may take; the first one of a cloud waits for its start, too."""


class Clouds:
    """`count` clouds that take cells as they get free. Use as a context manager."""

    def __init__(self, count: int) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._cells: Queue[Cell | None] = spawning.Queue()
        self._outcomes: Queue[Outcome | str] = spawning.Queue()
        self._processes = [
            spawning.Process(target=_work, args=(self._cells, self._outcomes), daemon=True) for _ in range(count)
        ]

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._processes:
            self._cells.put(None)
        for process in self._processes:
            process.join(timeout=30)
            process.terminate()

    def run(self, cells: Iterable[Cell], until: float = math.inf) -> Iterator[Outcome]:
        """The outcomes of these cells, as they come; none is begun after `until` (of time.monotonic).

        Raises RuntimeError where a cloud cannot go on.
        """
        waiting = iter(cells)
        under_way = sum(self._put(waiting, until) for _ in self._processes)
        while under_way:
            outcome = self._outcomes.get(timeout=MOST_SECONDS)
            if isinstance(outcome, str):
                raise RuntimeError(outcome)
            under_way += self._put(waiting, until) - 1
            yield outcome

    def _put(self, waiting: Iterator[Cell], until: float) -> int:
        """Hand out the next cell, if there is one and time for it: how many were."""
        cell = next(waiting, None) if time.monotonic() < until else None
        if cell is None:
            return 0
        self._cells.put(cell)
        return 1


def _work(cells: "Queue[Cell | None]", outcomes: "Queue[Outcome | str]") -> None:
    try:
        with a_world() as world:
            while (cell := _next(cells)) is not None:
                outcomes.put(run(world, cell))
    except Exception as failure:  # noqa: BLE001 - the process that waits for outcomes has to learn of it
        outcomes.put(f"a cloud failed: {failure!r}")


def _next(cells: "Queue[Cell | None]") -> Cell | None:
    """The next cell; None at the end, which is also the end of the process that chose the cells."""
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        with contextlib.suppress(queue.Empty):
            return cells.get(timeout=5)
    return None
