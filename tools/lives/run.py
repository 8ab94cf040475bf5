"""`python -m tools.lives.run`: lives of customers on a new local cloud, checked throughout."""

import argparse
import random
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.relying import client_of
from tools.demo.authenticator import Authenticator
from tools.lives.app import PatientPhone
from tools.lives.invariants import Watcher
from tools.lives.ledger import Ledger, Violation
from tools.lives.life import Life, World
from tools.pki.issuers import DemoIssuers

STEPS = 14
"""Of one life, those that follow an upload included."""
THREADS = 4
BY_CODE = 0.08
"""The part of the customers who have no passkey: they wait for codes."""
SHARED_PER_CUSTOMER = 0.2


@contextmanager
def a_cloud() -> Iterator[tuple[LocalCloud, World]]:
    """A new local cloud, and what the lives share."""
    pki = seed.demo_pki(datetime.now(UTC))
    with DemoIssuers(pki) as issuers, LocalCloud.start(seed.parameters(pki)) as cloud:
        seed.seed(cloud, pki, issuers.url)
        yield cloud, World(pki, Ledger(), [], lambda: client_of(cloud, "transfers"))


def born(cloud: LocalCloud, world: World, count: int, rng: random.Random) -> list[Life]:
    """Enrol customers, as the bank does; several of them have files of the same certificates."""
    world.shared += [world.new_certificate(rng) for _ in range(max(1, int(count * SHARED_PER_CUSTOMER)))]
    lives = []
    for number in range(count):
        device = None if rng.random() < BY_CODE else Authenticator(seed.RP_ID, seed.ORIGIN)
        customer = seed.enrol(cloud, f"life-{number}", phone=f"+8210{number:08d}", device=device)
        address = f"198.18.{number // 250}.{number % 250 + 1}"
        phone = PatientPhone(cloud.url, customer, device=device, address=address)
        lives.append(Life(phone, world, random.Random(rng.getrandbits(64))))
    return lives


def live(lives: list[Life], steps: int, rng: random.Random, failed: threading.Event) -> None:
    """Let these customers take a step each in a random order, until each has taken `steps`."""
    open_lives = list(lives)
    while open_lives and not failed.is_set():
        ready = [life for life in open_lives if life.is_ready]
        if not ready:
            time.sleep(0.1)
            continue
        life = rng.choice(ready)
        life.step()
        if life.steps >= steps:
            open_lives.remove(life)


def run_lives(lives: list[Life], seeded: int, threads: int, steps: int) -> list[str]:
    """Drive the lives in threads; returns the violations."""
    failed = threading.Event()
    violations: list[str] = []

    def drive(number: int) -> None:
        try:
            live(lives[number::threads], steps, random.Random(f"{seeded}-{number}"), failed)
        except Violation as violation:
            violations.append(str(violation))
            failed.set()

    drivers = [threading.Thread(target=drive, args=(number,)) for number in range(threads)]
    for driver in drivers:
        driver.start()
    for driver in drivers:
        driver.join()
    return violations


def main() -> None:
    """Run, print, and exit with 1 if an invariant was violated."""
    parser = argparse.ArgumentParser(description="Let customers live on the local cloud.")
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    began = time.monotonic()
    with a_cloud() as (cloud, world):
        lives = born(cloud, world, options.customers, rng)
        print(f"seed {options.seed}: {len(lives)} customers after {time.monotonic() - began:.0f} s", flush=True)
        with Watcher.on(cloud, world.ledger) as watcher:
            violations = run_lives(lives, options.seed, THREADS, STEPS)
            violations += watcher.at_the_end(lives)
    print(f"lives took {(time.monotonic() - began) / 60:.1f} minutes with the cloud")
    for name, count in sorted(world.ledger.counts.items()):
        print(f"{name:30} {count}")
    print(f"{sum(life.steps for life in lives)} steps, {(time.monotonic() - began) / 60:.1f} minutes")
    print("\n".join(violations) or "no violation")
    sys.exit(bool(violations))


if __name__ == "__main__":
    main()
