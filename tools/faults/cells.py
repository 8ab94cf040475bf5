"""A cell of the matrix: one scenario, with one or two faults, and whether everything holds afterwards."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tools.faults.checks import missing, note_what_was, wrong
from tools.faults.customer import BeginAgain, Broken, FaultyDay
from tools.faults.episodes import Episode, Fault
from tools.faults.jobs import forget_fetches
from tools.faults.scenario import REGISTERED
from tools.faults.scenarios import SCENARIOS
from tools.faults.world import World, wait_until_idle

SETTLED_SECONDS = 120


@dataclass(frozen=True)
class Cell:
    """One run; without faults it records which calls the scenario makes."""

    scenario: str
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        parts = [
            f"{fault.operation.function}:{fault.operation.name}:{fault.occurrence}:{fault.kind}"
            for fault in self.faults
        ]
        return ":".join([self.scenario, "+".join(parts)])


@dataclass(frozen=True)
class Outcome:
    """What came of a cell. `met` is whether every fault fired; `broken` what does not hold."""

    cell: Cell
    met: bool
    broken: tuple[str, ...]
    seconds: float
    episode: Episode
    codes: tuple[str, ...] = ()


def run(world: World, cell: Cell) -> Outcome:
    """Play the cell, wait until nothing is at work, and check. What nobody expected is an outcome, too."""
    begun = time.monotonic()
    try:
        return _run(world, cell)
    except Exception as failure:  # noqa: BLE001 - the cells after it are to be run, and this one is reported
        episode = world.proxy.begin()
        return Outcome(cell, True, (f"failed: {failure!r}",), time.monotonic() - begun, episode)


def _run(world: World, cell: Cell) -> Outcome:
    scenario = SCENARIOS[cell.scenario]
    begun = time.monotonic()
    world.proxy.begin()
    day = scenario.prepare(world)
    if day.certificates:
        world.cloud.wait_for_sms(day.phone.customer.phone, REGISTERED)  # all that follows from it is done
    wait_until_idle(world)
    note_what_was(world, day)
    since = time.time()
    episode = world.proxy.begin(*cell.faults)
    broken: list[str] = []
    try:
        scenario.play(world, day)
        broken += _settled(world, lambda: missing(world, day, scenario, cell.faults), day, cell.faults)
    except (Broken, BeginAgain, TimeoutError) as found:
        broken.append(str(found))
    broken += wrong(world, day, scenario, cell.faults, since)
    world.proxy.begin()
    if broken:
        world.empty_dead_letters()
    met = set(cell.faults) == episode.fired
    return Outcome(cell, met, tuple(broken), time.monotonic() - begun, episode, tuple(day.codes))


def _settled(
    world: World, missing: Callable[[], Iterable[str]], day: FaultyDay, faults: tuple[Fault, ...]
) -> list[str]:
    """Wait until nothing is missing and nothing at work; what is missing in the end."""
    end = time.monotonic() + SETTLED_SECONDS
    # A fault of the sender may end among the dead letters, with an alarm: a person decides.
    decided = any(fault.operation.function == "send_notice" for fault in faults)
    while time.monotonic() < end:
        still = list(missing())
        if not still and world.is_idle() and not (decided and world.dead_letters()):
            return []
        if world.surely_failed():
            # A queue of the bank delivers again after both have passed, this cloud's much sooner.
            world.end_leases(day)
            forget_fetches(world)
            if decided and world.dead_letters():
                world.clear_given_up(arrived=not still)
        time.sleep(0.1)
    # Dead letters are reported by `wrong`.
    return [*missing()] or ([] if world.is_idle() else ["something was still at work"])
