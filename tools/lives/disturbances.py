"""What goes wrong while customers live: each kind at random moments, counted and written down."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tools.cloud.beside import Beside
from tools.cloud.local_cloud import LocalCloud
from tools.lives.events import Tap
from tools.lives.gate import Gate
from tools.lives.redelivery import LONGEST_HOLD, QUEUES, Redelivery
from tools.lives.workers import Worker, workers, working

STEPS_BETWEEN = (4, 16)
"""Steps of all customers between two disturbances, at least and at most, so that a slow machine has no more."""
WEIGHTS: Final[Mapping[str, int]] = {"kill": 12, "freeze": 2, "redeliver": 5, "republish": 2}
SPARED = 25
"""Seconds for which a function is left alone after a kill or stop."""
A_LOOK = 0.2
"""Seconds between two looks at how many steps were taken."""
QUIET_SECONDS = 60
"""A restart waits so long for a moment in which no function works."""
_SETTINGS = (
    *("EventSourceArn", "BatchSize", "BisectBatchOnFunctionError", "MaximumRecordAgeInSeconds"),
    *("DestinationConfig", "FilterCriteria", "StartingPosition"),
)


def at_random(rng: random.Random, steps: int, restarts: int) -> Iterator[str]:
    """Kinds by weight, without end; so many restarts, spread over `steps` of all customers."""
    kinds = list(WEIGHTS)
    weights = list(WEIGHTS.values())
    between = max(1, steps * 2 // sum(STEPS_BETWEEN) // (restarts + 1))
    for done in itertools.count(1):
        yield rng.choices(kinds, weights)[0]
        if done % between == 0 and done <= between * restarts:
            yield "restart"


@dataclass
class Disturber(Beside):
    """Disturbs the cloud from a thread of its own, by what `kinds` names next, until they end or it is left."""

    cloud: LocalCloud
    tap: Tap
    rng: random.Random
    gate: Gate
    kinds: Iterator[str]
    steps: Callable[[], int]
    """How many steps all customers have taken."""
    victims: frozenset[str] | None = None
    """The functions that may be killed or stopped, by their names in the template; None for all."""
    counts: Counter[str] = field(default_factory=Counter)
    journal: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    """Function → how often it was killed or stopped while it may have worked."""
    steps_between: tuple[int, int] = STEPS_BETWEEN
    after_restart: Callable[[], None] = lambda: None
    _spared: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.redelivery = Redelivery(self.cloud, self.rng)

    def work(self) -> None:
        """One disturbance after another."""
        acts = {
            "kill": self.kill,
            "freeze": self.freeze,
            "redeliver": self.redeliver,
            "republish": self.republish,
            "restart": self.restart,
        }
        while self._comes_next() and (kind := next(self.kinds, None)):
            acts[kind]()

    def _comes_next(self) -> bool:
        """Wait for the moment of the next disturbance; False if there is none any more."""
        wanted = self.steps() + self.rng.randint(*self.steps_between)
        while self.steps() < wanted:
            if self._over.wait(A_LOOK):
                return False
        return not self._over.wait(self.rng.random())

    def _note(self, what: str) -> None:
        self.journal.append(f"{datetime.now(UTC):%H:%M:%S.%f} {what}")

    def _victim(self) -> Worker | None:
        """A worker that works, or any, of a function that was left alone for a while.

        One that starts works hardest: without the pause a function would be killed at each start.
        """
        at = time.monotonic()
        spared = {name for name, until in self._spared.items() if until > at}
        found = self._possible(working(self.cloud.emulator), spared)
        found = found or self._possible(workers(self.cloud.emulator), spared)
        victim = self.rng.choice(found) if found else None
        if victim:
            self._spared[victim.function] = at + SPARED
        return victim

    def _possible(self, found: Sequence[Worker], spared: Collection[str]) -> list[Worker]:
        chosen = [each for each in found if each.function not in spared]
        return [each for each in chosen if self.victims is None or each.function in self.victims]

    def kill(self) -> None:
        """Kill a function's process."""
        victim = self._victim()
        if victim and victim.kill():
            self.counts["kills"] += 1
            self.killed[victim.function] += 1
            self._note(f"killed {victim.function}")

    def freeze(self) -> None:
        """Stop a function's process, so that short time-outs pass."""
        victim = self._victim()
        seconds = self.rng.uniform(1, 12)
        if victim and victim.freeze(seconds):
            self.counts["freezes"] += 1
            self.killed[victim.function] += 1
            self._note(f"{victim.function} stood still for {seconds:.0f} s")

    def redeliver(self) -> None:
        """Deliver a queue's messages late, twice, and in another order."""
        queue = self.rng.choice(QUEUES)
        repeats = self.redelivery.of_queue(queue, self.rng.uniform(0.5, 3))
        self.counts["doubled deliveries"] += repeats
        self._note(f"{queue}: {repeats} messages twice")

    def republish(self) -> None:
        """Hand records of the stream to the publisher again, as soon as there are some."""
        end = time.monotonic() + LONGEST_HOLD
        while not (repeats := self.redelivery.of_stream()) and time.monotonic() < end:
            if self._over.wait(1):
                return
        self.counts["doubled deliveries"] += repeats
        self._note(f"stream: {repeats} records twice")

    def restart(self) -> None:
        """Stop the emulator in a quiet moment, and start it with the state that it wrote.

        It keeps no records of streams: before, those that there are have to be delivered.
        """
        with self.gate.closed():
            aws = self.cloud.client("lambda")
            mappings = aws.list_event_source_mappings()["EventSourceMappings"]
            queued = [each["UUID"] for each in mappings if ":sqs:" in each["EventSourceArn"]]
            for mapping in queued:
                aws.update_event_source_mapping(UUID=mapping, Enabled=False)
            self._wait_until_quiet()
            self.cloud.emulator.restart()
            for each in mappings:
                if ":sqs:" not in each["EventSourceArn"]:
                    _map_anew(aws, each)
            for mapping in queued:
                aws.update_event_source_mapping(UUID=mapping, Enabled=True)
            self.after_restart()
        self.counts["restarts"] += 1
        self._note("restarted")

    def _wait_until_quiet(self) -> None:
        deadline = time.monotonic() + QUIET_SECONDS
        quiet = 0
        while quiet < 20 and time.monotonic() < deadline:
            self.tap.read()
            quiet = 0 if working(self.cloud.emulator) else quiet + 1
            time.sleep(0.1)


def _map_anew(aws: Any, mapping: Mapping[str, Any]) -> None:
    """Make a stream's mapping again: the emulator keeps its position, but not the records that it counts."""
    aws.delete_event_source_mapping(UUID=mapping["UUID"])
    settings = {name: mapping[name] for name in _SETTINGS if mapping.get(name)}
    aws.create_event_source_mapping(FunctionName=mapping["FunctionArn"], **settings)
