"""What is played while one call fails: each scenario with a new customer, and what has to be true afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tools.faults import acts
from tools.faults.customer import Broken, FaultyDay
from tools.faults.world import World

REGISTERED = "Certificate registered"


@dataclass(frozen=True)
class Scenario:
    """`prepare` makes the customer, without faults; `play` is what meets them.

    `registrations` counts rows afterwards, `events` and `texts` what `play` causes: each exactly once.
    """

    prepare: Callable[[World], FaultyDay]
    play: Callable[[World, FaultyDay], None]
    registrations: int = 0
    events: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)


def _new(world: World) -> FaultyDay:
    return world.customer()


def _logged_in(world: World) -> FaultyDay:
    day = world.customer()
    acts.log_in(world, day)
    return day


def _registered(world: World) -> FaultyDay:
    day = _logged_in(world)
    certificate = world.certificate(day)
    day.facts["registration"] = acts.register(world, day, {"signCert.der": certificate.der})
    return day


def _log_in(method: str) -> Callable[[World, FaultyDay], None]:
    def play(world: World, day: FaultyDay) -> None:
        acts.log_in(world, day, method)
        day.step(lambda: day.phone.call("GET", "/registrations"))

    return play


def _register_bare(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day)
    acts.register(world, day, {"signCert.der": certificate.der})


def _sign(world: World, day: FaultyDay) -> None:
    request = acts.ask(world, day)
    signed = acts.sign_transfer(day, request, day.facts["registration"])
    result = acts.polled(world, day, request)
    if (signed["state"], result["state"]) != ("COMPLETED", "COMPLETED") or not result["receipt"]:
        raise Broken(f"signed: {signed['state']}; the service sees {result['state']} ({result['reason']})")


SCENARIOS: Mapping[str, Scenario] = {
    "login": Scenario(_new, _log_in("passkey")),
    "register": Scenario(_logged_in, _register_bare, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "sign": Scenario(_registered, _sign, 1, {"SignatureCompleted": 1}),
}
