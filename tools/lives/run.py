"""`python -m tools.lives.run`: lives of customers on a new local cloud that is disturbed, checked throughout."""

import argparse
import random
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.lives import quiet, report
from tools.lives.course import STEPS, Plan, born, run_lives
from tools.lives.disturbances import STEPS_BETWEEN, Disturber, at_random
from tools.lives.events import Tap
from tools.lives.gate import Gate
from tools.lives.invariants import Watcher
from tools.lives.ledger import Ledger
from tools.lives.life import Life, World
from tools.pki.authorities import DemoPki
from tools.pki.issuers import DemoIssuers

RESTARTS = 2
FUNCTION_CLOCK = 30
"""Seconds by which a function's clock is wrong at most: two differ by a minute at most."""
CLOCK_ERROR = Path(__file__).parent / "clock_error"


@dataclass
class Result:
    """What a run did and found. `counts` are by name, `minutes` those of the lives and of the wait after them."""

    plan: Plan
    violations: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    minutes: float = 0


@contextmanager
def a_cloud(pki: DemoPki) -> Iterator[LocalCloud]:
    """A new local cloud that can be restarted, whose functions' clocks are wrong."""
    wrong_clock = {"CLOCK_ERROR_SECONDS": str(FUNCTION_CLOCK), "PYTHONPATH": str(CLOCK_ERROR)}
    with (
        DemoIssuers(pki) as issuers,
        LocalCloud.start(seed.parameters(pki), keeps_state=True, variables=wrong_clock) as cloud,
    ):
        seed.seed(cloud, pki, issuers.url)
        yield cloud


def run(
    cloud: LocalCloud,
    pki: DemoPki,
    plan: Plan,
    kinds: Iterator[str],
    victims: frozenset[str] | None = None,
    steps_between: tuple[int, int] = STEPS_BETWEEN,
) -> Result:
    """Lives on this cloud, disturbed by these kinds, from their enrolment to the last check."""
    rng = random.Random(plan.seed)
    gate = Gate()
    ledger = Ledger()
    world = World(pki, ledger, [], client_of(cloud, "transfers"))
    lives = born(cloud, world, plan, rng)
    tap = Tap.on(cloud)
    taken = partial(_steps_of, lives)
    seeded = random.Random(f"{plan.seed}-disturber")
    disturber = Disturber(cloud, tap, seeded, gate, kinds, taken, victims, steps_between=steps_between)
    disturber.after_restart = lambda: world.log_in_service(cloud)
    print(f"seed {plan.seed}: {len(lives)} customers are enrolled", flush=True)
    began = time.monotonic()
    with Watcher(cloud, ledger, gate, frozenset(life.id for life in lives)) as watcher:
        with disturber:
            wrong = run_lives(lives, plan, gate, disturber.finish)
        if disturber.failure:
            wrong.append(f"the disturber failed: {disturber.failure!r}")
        print(f"lives ended after {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
        if not wrong:
            wrong += quiet.wait_until_quiet(cloud, lives, tap)
            wrong += watcher.at_the_end(lives)
    dead = quiet.dead_letters(cloud)
    if len(ledger.failed_uploads) > sum(dead.values()):
        wrong.append(f"failed without a dead letter: one of {ledger.failed_uploads}, {dead}")
    tap.read()
    sent = quiet.notices(cloud, lives, tap)
    if not wrong:  # after a violation lives and deliveries are not at their end
        wrong += quiet.unequal_events(lives, tap) + quiet.open_uploads(cloud, lives) + sent.wrong
    wrong += quiet.secrets_in_logs(cloud, lives)
    if wrong:
        print("\n".join(disturber.journal))
    counts = {
        **dict(sorted(ledger.counts.items())),
        "customers": len(lives),
        "steps": taken(),
        "registrations": sum(len(life.registrations) for life in lives),
        "requests repeated": sum(life.phone.repeats for life in lives),
        "looks at the table": watcher.looks,
        "events": len(tap.events),
        "events delivered twice": tap.repeated,
        "texts": sent.texts,
        "notices claimed twice": sent.twice,
        "uploads failed": len(ledger.failed_uploads),
        "dead letters": sum(dead.values()),
        **disturber.counts,
    }
    return Result(plan, wrong, counts, (time.monotonic() - began) / 60)


def _steps_of(lives: Sequence[Life]) -> int:
    return sum(life.steps for life in lives)


def main() -> None:
    """Run, print, and exit with 1 if an invariant was violated."""
    parser = argparse.ArgumentParser(description="Let customers live on the local cloud.")
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--steps", type=int, default=STEPS, help="of each life")
    parser.add_argument("--calm", action="store_true", help="without kills, repeats and restarts")
    parser.add_argument("--save", action="store_true", help=f"write the figures to {report.DOCUMENT.name}")
    options = parser.parse_args()
    plan = Plan(options.customers, options.seed, options.steps)
    pki = seed.demo_pki(datetime.now(UTC))
    kinds = (
        iter(())
        if options.calm
        else at_random(random.Random(f"{plan.seed}-kinds"), plan.customers * plan.steps, RESTARTS)
    )
    with a_cloud(pki) as cloud:
        result = run(cloud, pki, plan, kinds)
    for name, count in result.counts.items():
        print(f"{name:30} {count}")
    print(f"{result.minutes:.1f} minutes")
    print("\n".join(result.violations) or "no violation")
    if options.save:
        report.save(result.counts, len(result.violations), plan.seed, result.minutes)
    sys.exit(bool(result.violations))


if __name__ == "__main__":
    main()
