"""Several clients that register for a minute: how long they wait, in calls of an echo function, and what fails.

A registration is the whole main way: login with a passkey, upload, decision, registration, by another customer with
another certificate each time. Each client makes an echo call before each, so that other work on the machine slows
both. The echo function is behind the same authorizer.
"""

import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.clock import wall
from bench.load.repeating import RepeatingPhone, name_of
from bench.load.tables import Table, share_at
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.pki.authorities import DemoPki, one_year_from

CLIENTS = (1, 4, 16)
SECONDS = 60
WARM_UP = 2
"""Registrations of each client before the minute: they start the functions, and do not count."""
SHARES = (50, 95, 99)
PASSWORD = "load-test-password"  # pragma: allowlist secret

_numbers = itertools.count()


@dataclass
class Found:
    """What clients at the same time met: seconds of each call and registration, and what was no success."""

    clients: int
    seconds: float = 0
    echo: list[float] = field(default_factory=list)
    registrations: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """Answers that the phone repeated, as the SDK does, or not."""
    errors: Counter[str] = field(default_factory=Counter)
    """Registrations that did not succeed, by what ended them."""

    def add(self, client: "Client") -> None:
        """Add what one client met."""
        self.echo += client.echo_seconds
        self.registrations += client.seconds
        self.refused += client.refused
        self.errors += client.errors


@dataclass
class Client:
    """One client of the load: a phone that calls the echo function, and customers who are about to register."""

    cloud: LocalCloud
    pki: DemoPki
    echoing: RepeatingPhone
    waiting: list[RepeatingPhone] = field(default_factory=list)
    echo_seconds: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def work(self, until: float) -> None:
        """Take turns until the moment `until` of the monotonic clock, or until no customer is left."""
        while self.waiting and time.monotonic() < until:
            self.echo_seconds.append(wall(self._echo)())
            phone = self.waiting.pop()
            start = time.perf_counter()
            try:
                self._register(phone)
                self.seconds.append(time.perf_counter() - start)
            except TimeoutError:
                self.errors["no decision or response within 30 s"] += 1
            except RuntimeError as error:
                self.errors[str(error)] += 1
            self.refused += phone.refused

    def _echo(self) -> None:
        response = self.echoing.call("GET", "/echo")
        if response.status != 200:
            self.errors[f"echo: {name_of(response)}"] += 1

    def _register(self, phone: RepeatingPhone) -> None:
        first, last = one_year_from(datetime.now(UTC))
        certificate = self.pki.issue_customer(not_before=first, not_after=last, key="ec")
        logged_in = phone.log_in()
        if logged_in.status != 200:
            raise RuntimeError(f"login: {name_of(logged_in)}")
        view = phone.upload({"signCert.der": certificate.der})
        if view["state"] != "AWAITING_PROOF":
            raise RuntimeError(f"upload: {view['state']} {[finding['code'] for finding in view['findings']]}")
        registered = phone.prove(view, certificate)
        if registered.status != 201:
            raise RuntimeError(f"registration: {name_of(registered)}")


def run(cloud: LocalCloud, pki: DemoPki, clients: int, seconds: float) -> Found:
    """Let so many clients work at the same time for so many seconds, on functions that are warm."""
    working = [Client(cloud, pki, _phone(cloud, logged_in=True)) for _ in range(clients)]
    _at_once(cloud, working, WARM_UP, 3600)
    quickest = min((each for client in working for each in client.seconds), default=1.0)
    each = int(2 * seconds / quickest) + 1  # the customers last: functions get quicker after the warm-up
    for client in working:
        for met in (client.echo_seconds, client.seconds, client.refused, client.errors):
            met.clear()
    found = Found(clients, _at_once(cloud, working, each, seconds))
    for client in working:
        found.add(client)
    return found


def _at_once(cloud: LocalCloud, working: Sequence[Client], customers: int, seconds: float) -> float:
    """Let clients with so many customers each work; returns how many seconds it took."""
    for client in working:
        client.waiting = [_phone(cloud) for _ in range(customers)]
    start = time.monotonic()
    with ThreadPoolExecutor(len(working)) as pool:
        list(pool.map(lambda client: client.work(start + seconds), working))
    return time.monotonic() - start


def _phone(cloud: LocalCloud, *, logged_in: bool = False) -> RepeatingPhone:
    number = next(_numbers)
    device = Authenticator(seed.RP_ID, seed.ORIGIN)
    customer = seed.enrol(cloud, f"load-{number}", device=device, password=PASSWORD)
    address = f"198.18.{number // 256}.{number % 256}"
    phone = RepeatingPhone(cloud.url, customer, device=device, address=address)
    if logged_in and phone.log_in().status != 200:
        raise RuntimeError(f"login: {phone.refused}")
    return phone


def table(runs: Sequence[Found]) -> Table:
    """One row for each number of clients."""
    head = [
        *("clients", "registrations", "a second"),
        *(f"p{share} ÷ echo's" for share in SHARES),
        *("time of all ÷ echo's", "errors", "refused and repeated"),
    ]
    return Table("The main way, beside an echo function", head, list(map(list, map(_row, runs))))


def _row(found: Found) -> Iterator[str]:
    count = len(found.registrations)
    yield str(found.clients)
    yield f"{count:,} in {found.seconds:.0f} s"
    yield f"{count / found.seconds:.1f}"
    for share in SHARES:
        yield f"{share_at(found.registrations, share) / share_at(found.echo, share):.1f} ×"
    yield f"{sum(found.registrations) / count / (sum(found.echo) / len(found.echo)):.1f} ×"
    yield ", ".join(f"{number} {what}" for what, number in found.errors.items()) or "0"
    yield ", ".join(f"{number} × {what}" for what, number in found.refused.items()) or "0"
