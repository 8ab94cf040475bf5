"""`make test-faults`: play each scenario, with one call to AWS failing, and check that nothing is lost or doubled.

python -m tools.faults [--minutes 20] [--clouds 4] [--save] [WHAT]

WHAT are scenarios (`sign,watch`), or one cell as it is printed (`scenario:function:operation:occurrence:kind`).
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping

from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT
from tools.faults.calls import Operation
from tools.faults.cells import Cell, Outcome
from tools.faults.clouds import Clouds
from tools.faults.episodes import Kind
from tools.faults.matrix import Recorded, batches, parsed
from tools.faults.result import Result
from tools.faults.scenarios import SCENARIOS

DOCUMENT = ROOT / "docs/reliability.md"
BEGIN = "<!-- faults:begin -->\n"
END = "<!-- faults:end -->"


def main() -> None:
    """Run the matrix, or a part of it; the exit code is 0 where every cell was survived, and a named one met."""
    parser = argparse.ArgumentParser("python -m tools.faults", description="Faults between functions and AWS.")
    parser.add_argument("what", nargs="?", default="", help="scenarios, or one cell as it is printed")
    parser.add_argument("--minutes", type=float, default=20, help="begin no cell after so many minutes")
    parser.add_argument("--clouds", type=int, default=4, help="how many local clouds at once")
    parser.add_argument("--save", action="store_true", help=f"write the result to {DOCUMENT.name}")
    chosen = parser.parse_args()
    begun = time.monotonic()
    scenarios = chosen.what.partition(":")[0].split(",") if chosen.what else sorted(SCENARIOS)
    if unknown := [each for each in scenarios if each not in SCENARIOS]:
        parser.error(f"no scenario {', '.join(unknown)}; there are {', '.join(sorted(SCENARIOS))}")
    if ":" in chosen.what:
        try:
            cell = parsed(chosen.what)
        except ValueError:
            parser.error(f"no cell {chosen.what}: scenario:function:operation:occurrence:kind, {', '.join(Kind)}")
        with Clouds(1) as clouds:
            outcomes = list(_shown(clouds.run([[cell]])))
        # A fault that did not come up shows nothing.
        sys.exit(0 if all(outcome.met and not outcome.broken for outcome in outcomes) else 1)
    with Clouds(chosen.clouds) as clouds:
        result = _matrix(clouds, scenarios, begun + chosen.minutes * 60)
    minutes = (time.monotonic() - begun) / 60
    took = f"It took {minutes:.0f} minutes, with {chosen.clouds} local clouds at once on {os.cpu_count()} cores."
    text = f"{result.table()}\n\n{result.summary()} {took}\n"
    print(f"\n{text}")
    for outcome in result.broken:
        print(f"not survived: {outcome.cell}: {'; '.join(outcome.broken)}")
    if chosen.save:
        DOCUMENT.write_text(with_section(DOCUMENT.read_text(), BEGIN, END, text))
    sys.exit(1 if result.broken else 0)


def _matrix(clouds: Clouds, scenarios: list[str], until: float) -> Result:
    # Twice: what is called both times is neither the start of a function nor a schedule's own.
    recordings: dict[str, list[Mapping[Operation, int]]] = {scenario: [] for scenario in scenarios}
    for outcome in _shown(clouds.run([Cell(scenario)] * 2 for scenario in scenarios)):
        if outcome.broken:
            sys.exit(f"{outcome.cell.scenario} fails without any fault: {'; '.join(outcome.broken)}")
        calls = {operation: len(made) for operation, made in outcome.episode.calls.items()}
        recordings[outcome.cell.scenario].append(calls)
    cells = Recorded.of(recordings).cells()
    result = Result(cells)
    for outcome in _shown(clouds.run(batches(cells), until)):
        result.add(outcome)
    return result


def _shown(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        held = "; ".join(outcome.broken) or ("survived" if outcome.met else "did not come up")
        print(f"{outcome.seconds:5.1f} s  {outcome.cell}  {held}  {' '.join(outcome.codes)}", flush=True)
        yield outcome


if __name__ == "__main__":
    main()
