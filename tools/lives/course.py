"""Customers are enrolled, and live in threads, a step of one at a time in a random order."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.lives.app import PatientPhone
from tools.lives.gate import Gate
from tools.lives.ledger import Violation
from tools.lives.life import Life, World

STEPS = 8
"""Of one life, those that follow an upload included."""
THREADS = 4
BY_CODE = 0.06
"""The part of the customers who have no passkey: they wait for codes."""
SHARED = 0.2
"""Certificates that several customers have files of, for each customer."""
PHONE_CLOCK = 10
"""Seconds by which a phone's clock is wrong at most, for one-time codes."""
FEW = 0.15
"""The part of the lives that is left undisturbed."""
PROGRESS = 30
"""Seconds between two lines that tell how far it is."""


@dataclass(frozen=True)
class Plan:
    """How many live, for how many steps each; `name` begins their ids. The same seed makes the same lives."""

    customers: int
    seed: int
    steps: int = STEPS
    name: str = "life"
    by_code: float = BY_CODE


@dataclass
class Course:
    """How far the lives are; `calm` is called when few are left."""

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


def born(cloud: LocalCloud, world: World, plan: Plan, rng: random.Random) -> list[Life]:
    """Enrol customers, as the bank does; several of them have files of the same certificates."""
    world.shared += [world.new_certificate(rng) for _ in range(max(1, int(plan.customers * SHARED)))]
    lives = []
    for number in range(plan.customers):
        device = None if rng.random() < plan.by_code else Authenticator(seed.RP_ID, seed.ORIGIN)
        customer = seed.enrol(cloud, f"{plan.name}-{number}", phone=f"+82108{number:07d}", device=device)
        address = f"198.19.{number // 250}.{number % 250 + 1}"
        error = rng.uniform(-PHONE_CLOCK, PHONE_CLOCK)
        phone = PatientPhone(cloud.url, customer, device=device, address=address, clock_error=error)
        lives.append(Life(phone, world, random.Random(rng.getrandbits(64))))
    return lives


def run_lives(lives: Sequence[Life], plan: Plan, gate: Gate, calm: Callable[[], None]) -> list[str]:
    """Drive the lives in threads until all ended, or one met a violation; returns the violations."""
    course = Course(len(lives), calm)

    def drive(number: int) -> None:
        try:
            _live(lives[number::THREADS], plan, random.Random(f"{plan.seed}-{number}"), gate, course)
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


def _live(lives: Sequence[Life], plan: Plan, rng: random.Random, gate: Gate, course: Course) -> None:
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
