"""What came of the matrix: survived of tried, and which calls of which functions failed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.support.grants import POWERS
from tests.support.shape import FUNCTIONS, verb
from tools.faults.calls import Operation
from tools.faults.cells import Cell, Outcome
from tools.faults.episodes import Kind
from tools.faults.matrix import SEED

# Not through the proxy: SSM is played by tools.cloud.automation, and writing a log is no call of our code.
_ELSEWHERE = ("ssm:", "logs:")


@dataclass
class Result:
    """What came of the cells that were run, of all that there are."""

    cells: Sequence[Cell]
    outcomes: list[Outcome] = field(default_factory=list)
    covered: set[tuple[str, str]] = field(default_factory=set)
    """Functions and the IAM actions of calls of theirs that failed."""

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.outcomes.append(outcome)
        for fault in outcome.episode.fired:
            actions = outcome.episode.actions[fault.operation]
            self.covered |= {(fault.operation.function, action) for action in actions}

    @property
    def broken(self) -> list[Outcome]:
        """The cells that something did not survive."""
        return [outcome for outcome in self.outcomes if outcome.broken]

    def table(self) -> str:
        """Survived of tried, by scenario and kind, in Markdown; without cells whose fault did not come up."""
        tried: Counter[tuple[str, str]] = Counter()
        survived: Counter[tuple[str, str]] = Counter()
        for outcome in self.outcomes:
            if outcome.met:
                faults = outcome.cell.faults
                key = outcome.cell.scenario, faults[0].kind.value if len(faults) == 1 else "two faults"
                tried[key] += 1
                survived[key] += not outcome.broken
        kinds = [*(kind.value for kind in Kind), "two faults"]
        rows = [["scenario", *kinds]]
        for scenario in sorted({scenario for scenario, _ in tried}):
            cells = ((scenario, kind) for kind in kinds)
            rows.append([scenario, *(f"{survived[key]}/{tried[key]}" if tried[key] else "" for key in cells)])
        sums = [[(survived[key], tried[key]) for key in tried if key[1] == kind] for kind in kinds]
        rows.append(["all", *(f"{sum(s for s, _ in each)}/{sum(t for _, t in each)}" for each in sums)])
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])

    def summary(self) -> str:
        """One paragraph: how many cells of how many, and what was covered."""
        run = len(self.outcomes)
        met = [outcome for outcome in self.outcomes if outcome.met]
        survived = len([outcome for outcome in met if not outcome.broken])
        allowed = powers()
        covered = self.covered & allowed
        functions = len({function for function, _ in covered})
        operations = {fault.operation for cell in self.cells for fault in cell.faults}
        every = _alone(self.cells)
        tried = _alone(outcome.cell for outcome in met)
        return (
            f"Alone were tried {len(every & tried)} of {len(every)} pairs of an operation and a kind of fault that"
            f" it can have; the scenarios call {len(operations)} operations, those of each function counted.\n"
            f"{run} cells of {len(self.cells)} were run (seed {SEED}). In {run - len(met)} the fault did not come"
            f" up; of the other {len(met)}, {survived} were survived. Calls that failed: {len(covered)} of the"
            f" {len(allowed)} pairs of function and action that the template's policies allow, of {functions} of"
            f" {len({function for function, _ in allowed})} functions."
        )


def _alone(cells: Iterable[Cell]) -> set[tuple[Operation, Kind]]:
    """Which operations met which kind of fault, in cells with one fault."""
    return {(fault.operation, fault.kind) for cell in cells if len(cell.faults) == 1 for fault in cell.faults}


def powers() -> set[tuple[str, str]]:
    """Functions, by folder, and the actions that their policies allow, as far as calls pass the proxy."""
    names = {name.removesuffix("Function"): verb(name) for name in FUNCTIONS}
    return {
        (names[holder], power.action)
        for power in POWERS
        for holder in power.holders
        if not power.action.startswith(_ELSEWHERE)
    }
