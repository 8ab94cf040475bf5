"""Which cells are run: every recorded call of every scenario with every kind of fault, and random pairs of faults.

The order is that of a fixed seed and goes round: first every call of every scenario with one kind, then with the
next. What is run is the beginning of it, so a shorter run leaves out kinds rather than calls.
"""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tools.faults.calls import PARTIAL, Operation
from tools.faults.cells import Cell
from tools.faults.episodes import Fault, Kind
from tools.faults.world import POLLING

SEED = 20261130
PAIRS = 24
PART = 60
MOST_IN_BATCH = 8
LONG = frozenset({"expiry", "reevaluate"})
"""Scenarios of 64 shards, ten times as long as others: after their first kind of each call they come last."""
QUICK = [kind for kind in Kind if kind not in (Kind.TIMEOUT, Kind.PARTIAL)]
SLOW_CELLS = 12
"""Cells with time-outs: each takes the 10 seconds after which Lambda ends most functions."""
DELIVERED_ONCE = frozenset({"collect_audit"})
"""Log groups deliver to it: in this cloud once, in AWS up to three times, then to a queue. It has no faults."""


@dataclass(frozen=True)
class Recorded:
    """How often each scenario makes each call, without faults."""

    calls: Mapping[str, Mapping[Operation, int]]

    @classmethod
    def of(cls, recordings: Mapping[str, Sequence[Mapping[Operation, int]]]) -> Self:
        """What every recording of a scenario has, as often as the one with the fewest."""
        return cls(
            {
                scenario: {
                    operation: min(each[operation] for each in several)
                    for operation in several[0]
                    if operation.function not in DELIVERED_ONCE and all(operation in each for each in several)
                }
                for scenario, several in recordings.items()
            }
        )

    def cells(self) -> list[Cell]:
        """All cells, in the order in which they are run."""
        chance = random.Random(SEED)  # noqa: S311 - it chooses what is tested
        faults = [
            (scenario, operation, occurrence)
            for scenario, calls in sorted(self.calls.items())
            for operation, count in sorted(calls.items())
            for occurrence in _occurrences(operation, count)
        ]
        chance.shuffle(faults)
        single = [
            Cell(scenario, (Fault(operation, occurrence, QUICK[(number + turn) % len(QUICK)]),))
            for turn in range(len(QUICK))
            for number, (scenario, operation, occurrence) in enumerate(faults)
        ]
        partial = [
            Cell(scenario, (Fault(operation, occurrence, Kind.PARTIAL),))
            for scenario, operation, occurrence in faults
            if operation.name in PARTIAL
        ]
        slow = [Cell(scenario, (Fault(operation, n, Kind.TIMEOUT),)) for scenario, operation, n in faults]
        pairs = list(itertools.islice(self._pairs(chance, faults), PAIRS))
        later = [cell for cell in single[len(faults) :] if cell.scenario in LONG]
        single = [*single[: len(faults)], *(c for c in single[len(faults) :] if c.scenario not in LONG)]
        return [*chance.sample(slow, min(SLOW_CELLS, len(slow))), *pairs, *_mixed(single, partial), *later]

    def _pairs(self, chance: random.Random, faults: Sequence[tuple[str, Operation, int]]) -> Iterator[Cell]:
        while len({operation for _, operation, _ in faults}) > 1:
            scenario, operation, occurrence = chance.choice(faults)
            others = [each for each in faults if each[0] == scenario and each[1] != operation]
            if others:
                _, other, at = chance.choice(others)
                first = Fault(operation, occurrence, chance.choice(QUICK))
                yield Cell(scenario, (first, Fault(other, at, chance.choice(QUICK))))


def _mixed(most: Sequence[Cell], few: Sequence[Cell]) -> Iterator[Cell]:
    """All of both, with the few evenly among the most."""
    places = {number * len(most) // max(len(few), 1): cell for number, cell in enumerate(few)}
    for number, cell in enumerate(most):
        if number in places:
            yield places[number]
        yield cell


def _occurrences(operation: Operation, count: int) -> list[int]:
    """The first and the last call; of calls whose number depends on how long a phone waits, the first."""
    return [1] if operation.function in POLLING else sorted({1, count})


def batches(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """The cells in the order of PART after PART, within which those of a scenario are together, few at a time."""
    for first in range(0, len(cells), PART):
        part = cells[first : first + PART]
        for scenario in sorted({cell.scenario for cell in part}):
            together = [cell for cell in part if cell.scenario == scenario]
            for at in range(0, len(together), MOST_IN_BATCH):
                yield together[at : at + MOST_IN_BATCH]


def parsed(text: str) -> Cell:
    """The cell that `str(cell)` wrote. Raises ValueError."""
    scenario, _, rest = text.partition(":")
    faults = []
    for part in filter(None, rest.split("+")):
        function, name, occurrence, kind = part.split(":")
        faults.append(Fault(Operation(function, name), int(occurrence), Kind(kind)))
    return Cell(scenario, tuple(faults))
