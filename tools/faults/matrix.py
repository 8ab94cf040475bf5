"""Which cells are run: each operation that a function calls, with every kind of fault; then in every scenario.

The order is that of a fixed seed and goes round: first each operation of each function with one kind, then with the
next, each time in another scenario that makes the call. What is run is the beginning of it, so a shorter run leaves
out kinds rather than calls.
"""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tools.faults.calls import Operation
from tools.faults.cells import Cell
from tools.faults.episodes import ONLY, Fault, Kind
from tools.faults.world import POLLING

SEED = 20261130
PAIRS = 24
PART = 60
MOST_IN_BATCH = 8
LONG = frozenset({"expiry", "reevaluate"})
"""Scenarios of 64 shards, ten times as long as others: they are for operations that no other one calls."""
IN_PAIRS = [kind for kind in Kind if kind is not Kind.TIMEOUT and kind not in ONLY]
DELIVERED_ONCE = frozenset({"collect_audit"})
"""Log groups deliver to it: in this cloud once, in AWS up to three times, then to a queue. It has no faults."""

Call = tuple[str, Operation, int]
"""A scenario, an operation that it calls, and which of the calls, from 1."""


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
        calls = [
            (scenario, operation, occurrence)
            for scenario, made in sorted(self.calls.items())
            for operation, count in sorted(made.items())
            for occurrence in _occurrences(operation, count)
        ]
        chance.shuffle(calls)
        pairs = itertools.islice(_pairs(chance, calls), PAIRS)
        first = _each_operation(calls)
        known = set(first)
        rest = [
            Cell(scenario, (Fault(operation, occurrence, kind),))
            for turn in range(len(Kind))
            for number, (scenario, operation, occurrence) in enumerate(calls)
            for kind in _turn(operation, number, turn)
        ]
        rest = sorted((cell for cell in rest if cell not in known), key=lambda cell: cell.scenario in LONG)
        return [*pairs, *first, *rest]


def _each_operation(calls: Sequence[Call]) -> list[Cell]:
    """Each operation of each function with every kind, each time in another of the scenarios that call it."""
    where: dict[Operation, list[tuple[str, int]]] = {}
    for scenario, operation, occurrence in sorted(calls, key=lambda call: call[0] in LONG):
        if scenario not in LONG or all(known in LONG for known, _ in where.get(operation, [])):
            where.setdefault(operation, []).append((scenario, occurrence))
    return [
        Cell(scenario, (Fault(operation, occurrence, kind),))
        for turn in range(len(Kind))
        for number, (operation, places) in enumerate(where.items())
        for kind in _turn(operation, number, turn)
        for scenario, occurrence in [places[turn % len(places)]]
    ]


def _turn(operation: Operation, number: int, turn: int) -> list[Kind]:
    """The kind of fault that the `number`-th operation meets in this turn: none where it cannot have it."""
    kind = list(Kind)[(number + turn) % len(Kind)]
    return [kind] if operation.name in ONLY.get(kind, {operation.name}) else []


def _pairs(chance: random.Random, calls: Sequence[Call]) -> Iterator[Cell]:
    while len({operation for _, operation, _ in calls}) > 1:
        scenario, operation, occurrence = chance.choice(calls)
        others = [each for each in calls if each[0] == scenario and each[1] != operation]
        if others:
            _, other, at = chance.choice(others)
            first = Fault(operation, occurrence, chance.choice(IN_PAIRS))
            yield Cell(scenario, (first, Fault(other, at, chance.choice(IN_PAIRS))))


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
