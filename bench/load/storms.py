"""Storms of logins: what is let through, what is refused and why, and what the service has counted.

The limits are the documented ones: 120 requests a minute from one address, five attempts at one account. A count
that was lost between two functions would let more through.
"""

import itertools
import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.load.repeating import name_of
from bench.load.tables import Table
from registrar.aws import dynamo
from registrar.domain.access.throttles import ADDRESS_LIMIT, FREE_TRIES, WAITS, account_key, address_key
from tools.cloud import seed
from tools.cloud.http_calls import HttpResponse, send
from tools.cloud.local_cloud import LocalCloud

LOGINS = 300
AT_ONCE = 8
"""Threads that send logins."""
PASSWORD = "storm-password"  # pragma: allowlist secret
WRONG_PASSWORD = "not-the-password"  # pragma: allowlist secret
REFUSED = "429 RATE_LIMITED"
FAILED = "401 LOGIN_FAILED"

_numbers = itertools.count()


@dataclass(frozen=True)
class Login:
    """One login to send: whose, with which password, from where."""

    customer_id: str
    password: str
    address: str


@dataclass
class Storm:
    """What came of many logins at once."""

    title: str
    logins: Sequence[Login]
    answers: Counter[str] = field(default_factory=Counter)
    """By status and code; 200 where the password was right and a second factor is asked for."""
    tries_left: Counter[int] = field(default_factory=Counter)
    """As `LOGIN_FAILED` stated it."""
    waits: dict[str, list[int]] = field(default_factory=dict)
    """Seconds of `Retry-After`, by status and code."""
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)
    """What is not as documented."""

    def add(self, response: HttpResponse) -> None:
        """Count one response."""
        name = "200" if response.status == 200 else name_of(response)
        self.answers[name] += 1
        if name == FAILED:
            self.tries_left[response.json()["params"]["tries_left"]] += 1
        if "retry-after" in response.headers:
            self.waits.setdefault(name, []).append(int(response.headers["retry-after"]))

    @property
    def let_through(self) -> int:
        """Logins that the limit of their address let through."""
        return len(self.logins) - self.answers[REFUSED]

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note a figure that is not the documented one."""
        if found != expected:
            self.wrong.append(f"{self.title}: {what}: {found}, not {expected}")


def run_all(cloud: LocalCloud, logins: int = LOGINS) -> list[Storm]:
    """Each kind of storm with so many logins, one after another."""
    storms = []
    for password in (PASSWORD, WRONG_PASSWORD):
        storms += [
            from_one_address(cloud, logins, password),
            at_one_customer(cloud, logins, password),
            by_many_customers(cloud, logins, password),
        ]
    return storms


def from_one_address(cloud: LocalCloud, logins: int, password: str, before: int = 0) -> Storm:
    """As many customers behind one address: it counts each of them, up to its limit.

    So many are counted `before`, in this minute and the next: a small storm meets the limit too.
    """
    (address,) = addresses(1)
    storm = Storm(f"{logins} customers, one address, {_kind(password)}", [])
    storm.logins = [Login(name, password, address) for name in _enrolled(cloud, logins)]
    start = datetime.now(UTC)
    counted_before = count_before(cloud, address, start, before) if before else 0
    _send(cloud, storm)
    minutes = _counted_minutes(cloud, address, start)
    storm.expect("answers", set(storm.answers) - {REFUSED}, {_let_in(password)})
    storm.expect("let through, of those counted", storm.let_through, sum(minutes) - counted_before)
    # Of a storm that lasts longer than a minute each minute has its own count.
    most = ADDRESS_LIMIT.per_minute
    storm.expect("counted in each minute within the limit", max(minutes) <= most, True)
    storm.expect("refused once a minute's limit is reached", max(minutes) == most, storm.answers[REFUSED] > 0)
    storm.expect("longest wait within a minute", max(storm.waits.get(REFUSED, [0])) <= 60, True)
    storm.expect("a wait with each refusal", len(storm.waits.get(REFUSED, [])), storm.answers[REFUSED])
    return storm


def at_one_customer(cloud: LocalCloud, logins: int, password: str) -> Storm:
    """As many addresses for one customer: five attempts, then each has to wait, whatever the password."""
    (customer,) = _enrolled(cloud, 1)
    storm = Storm(f"one customer, {logins} addresses, {_kind(password)}", [])
    storm.logins = [Login(customer, password, address) for address in addresses(logins)]
    _send(cloud, storm)
    counted = _attempts(cloud, customer)
    # After the first wait, a minute, one more counts.
    most = FREE_TRIES + (storm.seconds >= WAITS[0].total_seconds())
    storm.expect("attempts counted within the limit", FREE_TRIES <= counted <= most, True)
    free = counted if password == PASSWORD else 0
    expected = {"200": free, FAILED: logins - free}
    storm.expect("answers", dict(storm.answers), {name: count for name, count in expected.items() if count})
    if password != PASSWORD:
        left = {tries: storm.tries_left[tries] for tries in range(1, FREE_TRIES)}
        storm.expect("attempts with tries left", left, dict.fromkeys(range(1, FREE_TRIES), 1))
    longest = WAITS[counted - FREE_TRIES].total_seconds()
    storm.expect("wait within the documented one", max(storm.waits[FAILED]) <= longest, True)
    return storm


def by_many_customers(cloud: LocalCloud, logins: int, password: str) -> Storm:
    """As many customers from as many addresses: none is refused for what others do."""
    storm = Storm(f"{logins} customers, {logins} addresses, {_kind(password)}", [])
    names = _enrolled(cloud, logins)
    addressed = zip(names, addresses(logins), strict=True)
    storm.logins = [Login(customer, password, address) for customer, address in addressed]
    _send(cloud, storm)
    storm.expect("answers", dict(storm.answers), {_let_in(password): logins})
    if password != PASSWORD:
        storm.expect("tries left", dict(storm.tries_left), {FREE_TRIES - 1: logins})
    storm.expect("attempts counted", sum(_attempts(cloud, each) for each in names), logins)
    return storm


def table(storms: Sequence[Storm]) -> Table:
    """One row for each storm."""
    head = ["storm", "asked for a second factor", FAILED, REFUSED, "attempts left, as stated", "longest wait"]
    return Table("Storms of logins", head, [_row_of(storm) for storm in storms])


def _row_of(storm: Storm) -> list[str]:
    left = ", ".join(f"{count} × {tries}" for tries, count in sorted(storm.tries_left.items(), reverse=True))
    waits = [wait for each in storm.waits.values() for wait in each]
    counts = [str(storm.answers[name]) for name in ("200", FAILED, REFUSED)]
    return [storm.title, *counts, left or "-", f"{max(waits)} s" if waits else "-"]


def addresses(count: int) -> list[str]:
    """Addresses that no storm has used."""
    return [f"198.19.{number // 256}.{number % 256}" for number in itertools.islice(_numbers, count)]


def count_before(cloud: LocalCloud, address: str, at: datetime, logins: int) -> int:
    """Count logins from an address in this minute and the next; returns how many."""
    for moment in (at, at + timedelta(minutes=1)):
        key = {"id": dynamo.text(f"{address_key(address)}:{moment:%Y%m%d%H}")}
        names = {"#minute": f"m{moment.minute}"}
        cloud.client("dynamodb").update_item(
            TableName=cloud.physical("ThrottlesTable"),
            Key=key,
            UpdateExpression="ADD counted :count, #minute :count",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":count": dynamo.number(logins)},
        )
    return 2 * logins


def _kind(password: str) -> str:
    return "right passwords" if password == PASSWORD else "wrong passwords"


def _let_in(password: str) -> str:
    return "200" if password == PASSWORD else FAILED


def _send(cloud: LocalCloud, storm: Storm) -> None:
    def log_in(login: Login) -> HttpResponse:
        body = {"customer_id": login.customer_id, "password": login.password}
        return send("POST", f"{cloud.url}/login", body, {"X-Forwarded-For": login.address})

    start = datetime.now(UTC)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for response in pool.map(log_in, storm.logins):
            storm.add(response)
    storm.seconds = (datetime.now(UTC) - start).total_seconds()


def customers(count: int) -> list[str]:
    """Ids that no customer has."""
    return [f"storm-{secrets.token_hex(4)}-{number}" for number in range(count)]


def _enrolled(cloud: LocalCloud, count: int) -> list[str]:
    """New customers with the one password."""
    names = customers(count)
    for name in names:
        seed.enrol(cloud, name, password=PASSWORD)
    return names


def _counted_minutes(cloud: LocalCloud, address: str, since: datetime) -> list[int]:
    """What the service counted for an address, minute by minute."""
    hours = {f"{at:%Y%m%d%H}" for at in (since, datetime.now(UTC), since + timedelta(minutes=1))}
    rows = [_row(cloud, f"{address_key(address)}:{hour}") for hour in sorted(hours)]
    return [dynamo.read_number(row, name) for row in rows for name in row if name[0] == "m" and name[1:].isdigit()]


def _attempts(cloud: LocalCloud, customer_id: str) -> int:
    """The attempts that the service counted for a customer from devices that it does not know."""
    return dynamo.read_number(_row(cloud, account_key(customer_id, None, None)), "attempts")


def _row(cloud: LocalCloud, key: str) -> dynamo.Item:
    table = cloud.physical("ThrottlesTable")
    return dynamo.get(cloud.client("dynamodb"), table, {"id": dynamo.text(key)}) or {}
