"""One whole registration on the local cloud ÷ an echo call: what a customer waits for, alone and beside others.

A registration is all that the app sends and waits for, from the login with a passkey to the response 201: its
requests, the file, and the polls, up to a tenth of a second apart, until the issuer's responder has stated the
status. The floor is one call of an echo function behind the same authorizer. Each client makes both by turns;
several clients do so at the same time.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.clock import ratio, times, wall
from bench.echo import GET, with_functions
from bench.report import Row
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.issuers import DemoIssuers

GROUP = "One whole registration ÷ an echo call, on the local cloud"
MOST = {1: 9, 4: 11}
"""Number of clients at the same time → limit."""
ROUNDS = 20


@dataclass
class Client:
    """A customer's phone that can call the echo function, and customers who are about to register."""

    echoing: Phone
    waiting: list[tuple[Phone, CustomerCertificate]]

    def echo(self) -> None:
        """One call of the floor."""
        response = self.echoing.call("GET", "/echo")
        if response.status != 200:
            raise RuntimeError(f"echo: {response.status} {response.body.decode()}")

    def register(self) -> None:
        """The next customer logs in and registers."""
        phone, certificate = self.waiting.pop()
        logged_in = phone.log_in()
        if logged_in.status != 200:
            raise RuntimeError(f"login: {logged_in.status} {logged_in.body.decode()}")
        registered = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate)
        if registered.status != 201:
            raise RuntimeError(f"registration: {registered.status} {registered.body.decode()}")


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """The ratio for each number of clients."""
    template, built = with_functions(registering_echo=GET)
    pki = seed.demo_pki(datetime.now(UTC))
    with (
        DemoIssuers(pki) as issuers,
        LocalCloud.start(seed.parameters(pki), template=template, built=built) as cloud,
    ):
        seed.seed(cloud, pki, issuers.url)
        for clients, most in MOST.items():
            found = _by_turns([_a_client(cloud, pki, clients, n, 2 * rounds) for n in range(clients)], rounds)
            name = f"{clients} client" + ("s" if clients > 1 else "")
            yield Row(GROUP, name, ratio(found["registration"], found["echo"]), most)


def _by_turns(clients: Sequence[Client], rounds: int) -> dict[str, list[float]]:
    """The times of all clients, which work at the same time."""

    def work(client: Client) -> dict[str, list[float]]:
        return times({"echo": wall(client.echo), "registration": wall(client.register)}, rounds)

    with ThreadPoolExecutor(len(clients)) as pool:
        found = list(pool.map(work, clients))
    return {name: [seconds for each in found for seconds in each[name]] for name in ("echo", "registration")}


def _a_client(cloud: LocalCloud, pki: DemoPki, clients: int, client: int, customers: int) -> Client:
    first, last = one_year_from(datetime.now(UTC))
    phones = []
    for number in range(customers + 1):
        device = Authenticator(seed.RP_ID, seed.ORIGIN)
        enrolled = seed.enrol(cloud, f"registering-{clients}-{client}-{number}", device=device)
        phones.append(Phone(cloud.url, enrolled, device=device, address=f"198.18.{client}.{number}"))
    echoing, *others = phones
    echoing.log_in()
    certificates = [pki.issue_customer(not_before=first, not_after=last, key="ec") for _ in others]
    return Client(echoing, list(zip(others, certificates, strict=True)))
