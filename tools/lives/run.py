"""`python -m tools.lives.run`: lives of customers on a new local cloud that is disturbed, checked throughout."""

import argparse
import random
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.demo.authenticator import Authenticator
from tools.lives import quiet
from tools.lives.app import PatientPhone
from tools.lives.disturbances import Disturber
from tools.lives.events import Tap
from tools.lives.gate import Gate
from tools.lives.invariants import Watcher
from tools.lives.ledger import Ledger, Violation
from tools.lives.life import Life, World
from tools.pki.issuers import DemoIssuers

STEPS = 12
"""Of one life, those that follow an upload included."""
THREADS = 4
BY_CODE = 0.06
"""The part of the customers who have no passkey: they wait for codes."""
SHARED = 0.2
"""Certificates that several customers have files of, for each customer."""
FUNCTION_CLOCK = 30
"""Seconds by which a function's clock is wrong at most: two differ by a minute at most."""
PHONE_CLOCK = 10
"""Seconds by which a phone's clock is wrong at most, for one-time codes."""
FEW = 0.15
"""The part of the lives that is left undisturbed."""
PROGRESS = 30
"""Seconds between two lines that tell how far it is."""
CLOCK_ERROR = Path(__file__).parent / "clock_error"


@dataclass
class Plan:
    """How many live, and what disturbs them."""

    customers: int
    seed: int
    steps: int = STEPS
    restarts: int = 2
    disturbed: bool = True


@dataclass
class Result:
    """What a run found."""

    plan: Plan
    violations: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    minutes: float = 0


@dataclass
class Course:
    """How far the lives are."""

    left: int
    calm: Callable[[], None]
    violations: list[str] = field(default_factory=list)
    failed: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.few = self.left * FEW

    def end_of_one(self) -> None:
        """A life ended. With few left, each would meet so many disturbances that the service rightly gives up."""
        with self._lock:
            self.left -= 1
            if self.left <= self.few:
                self.calm()

    def fail(self, why: str) -> None:
        """A violation: all lives end."""
        self.violations.append(why)
        self.failed.set()


@contextmanager
def a_cloud(plan: Plan) -> Iterator[LocalCloud]:
    """A new local cloud; its functions' clocks are wrong where the plan says so."""
    pki = seed.demo_pki(datetime.now(UTC))
    wrong_clock = {"CLOCK_ERROR_SECONDS": str(FUNCTION_CLOCK), "PYTHONPATH": str(CLOCK_ERROR)}
    variables = wrong_clock if plan.disturbed else {}
    with (
        DemoIssuers(pki) as issuers,
        LocalCloud.start(seed.parameters(pki), keeps_state=True, variables=variables) as cloud,
    ):
        seed.seed(cloud, pki, issuers.url)
        yield cloud


def born(cloud: LocalCloud, world: World, plan: Plan, rng: random.Random) -> list[Life]:
    """Enrol customers, as the bank does; several of them have files of the same certificates."""
    world.shared += [world.new_certificate(rng) for _ in range(max(1, int(plan.customers * SHARED)))]
    lives = []
    for number in range(plan.customers):
        device = None if rng.random() < BY_CODE else Authenticator(seed.RP_ID, seed.ORIGIN)
        customer = seed.enrol(cloud, f"life-{number}", phone=f"+8210{number:08d}", device=device)
        address = f"198.18.{number // 250}.{number % 250 + 1}"
        error = rng.uniform(-PHONE_CLOCK, PHONE_CLOCK) if plan.disturbed else 0
        phone = PatientPhone(cloud.url, customer, device=device, address=address, clock_error=error)
        lives.append(Life(phone, world, random.Random(rng.getrandbits(64))))
    return lives


def live(lives: Sequence[Life], plan: Plan, rng: random.Random, gate: Gate, course: Course) -> None:
    """Let these customers take a step each in a random order, until each took its steps and has no upload open."""
    open_lives = list(lives)
    while open_lives and not course.failed.is_set():
        ready = [life for life in open_lives if life.is_ready]
        if not ready:
            time.sleep(0.1)
            continue
        life = rng.choice(ready)
        with gate.passing():
            life.step()
        if life.steps >= plan.steps and life.pending is None:
            open_lives.remove(life)
            course.end_of_one()


def run_lives(lives: Sequence[Life], plan: Plan, gate: Gate, calm: Callable[[], None]) -> list[str]:
    """Drive the lives in threads, and call `calm` when few are left; returns the violations."""
    course = Course(len(lives), calm)

    def drive(number: int) -> None:
        try:
            live(lives[number::THREADS], plan, random.Random(f"{plan.seed}-{number}"), gate, course)
        except Violation as violation:
            course.fail(str(violation))
        except Exception as failure:
            course.fail(f"the run itself failed: {failure!r}")
            raise

    drivers = [threading.Thread(target=drive, args=(number,)) for number in range(THREADS)]
    for driver in drivers:
        driver.start()
    began = time.monotonic()
    for driver in drivers:
        while driver.is_alive():
            driver.join(PROGRESS)
            if driver.is_alive():
                steps = sum(life.steps for life in lives)
                print(f"{time.monotonic() - began:5.0f} s: {steps} steps, {course.left} lives left", flush=True)
    return course.violations


def run(plan: Plan) -> Result:
    """One run, from an empty cloud to the last check."""
    rng = random.Random(plan.seed)
    result = Result(plan)
    with a_cloud(plan) as cloud:
        gate = Gate()
        ledger = Ledger()
        world = World(seed.demo_pki(datetime.now(UTC)), ledger, [], client_of(cloud, "transfers"))
        lives = born(cloud, world, plan, rng)
        tap = Tap.on(cloud)
        disturber = Disturber(cloud, tap, random.Random(f"{plan.seed}-disturber"), gate, plan.restarts)
        disturber.after_restart = lambda: world.log_in_service(cloud)
        print(f"seed {plan.seed}: {len(lives)} customers are enrolled", flush=True)
        began = time.monotonic()
        with Watcher(cloud, ledger, gate) as watcher:
            with disturber if plan.disturbed else nullcontext():
                result.violations += run_lives(lives, plan, gate, disturber.finish)
            if disturber.failure:
                result.violations.append(f"the disturber failed: {disturber.failure!r}")
            print(f"lives ended after {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
            result.violations += quiet.wait_until_quiet(cloud, tap)
            result.violations += watcher.at_the_end(lives)
        result.violations += quiet.unequal_events(lives, tap)
        result.violations += quiet.open_uploads(cloud)
        dead = quiet.dead_letters(cloud)
        if len(ledger.failed_uploads) > sum(dead.values()):
            result.violations.append(f"failed without a dead letter: one of {ledger.failed_uploads}, {dead}")
        sent = quiet.notices(cloud, lives, tap)
        result.violations += sent.wrong
        result.violations += quiet.secrets_in_logs(cloud, lives)
        result.minutes = (time.monotonic() - began) / 60
        result.counts = {
            **dict(sorted(ledger.counts.items())),
            "steps": sum(life.steps for life in lives),
            "registrations": sum(len(life.registrations) for life in lives),
            "requests repeated": sum(life.phone.repeats for life in lives),
            "looks at the table": watcher.looks,
            "events": len(tap.events),
            "events delivered twice": tap.repeated,
            "texts": sent.texts,
            "notices claimed twice": sent.twice,
            **disturber.counts,
            **dead,
            "uploads failed": len(ledger.failed_uploads),
        }
        if result.violations:
            print("\n".join(disturber.journal))
    return result


def main() -> None:
    """Run, print, and exit with 1 if an invariant was violated."""
    parser = argparse.ArgumentParser(description="Let customers live on the local cloud.")
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--calm", action="store_true", help="without disturbances")
    options = parser.parse_args()
    result = run(Plan(options.customers, options.seed, options.steps, disturbed=not options.calm))
    for name, count in result.counts.items():
        print(f"{name:30} {count}")
    print(f"{result.minutes:.1f} minutes")
    print("\n".join(result.violations) or "no violation")
    sys.exit(bool(result.violations))


if __name__ == "__main__":
    main()
