"""A scenario: who the customer is before it, what is played while one call fails, and what follows from it once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tools.faults import acts
from tools.faults.customer import FaultyDay
from tools.faults.world import World
from tools.pki.authorities import end_of_day_in_seoul

REGISTERED = "Certificate registered"


@dataclass(frozen=True)
class Scenario:
    """`prepare` makes the customer, without faults; `play` is what meets them.

    `registrations` counts rows afterwards, `events` and `texts` what `play` causes: each exactly once.
    `texts_first` is the function that sends a text before the change that it tells of: again where that failed.
    `audited` are functions, and the messages of what they did, that are in the audit's chain.
    """

    prepare: Callable[[World], FaultyDay]
    play: Callable[[World, FaultyDay], None]
    registrations: int = 0
    events: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    audited: tuple[tuple[str, str], ...] = ()
    texts_first: str = ""


def new(world: World) -> FaultyDay:
    """A customer who is not logged in."""
    return world.customer()


def logged_in(world: World) -> FaultyDay:
    """A customer with a session and a proof of identity to register."""
    day = world.customer()
    acts.log_in(world, day)
    return day


def registered(world: World) -> FaultyDay:
    """A customer with a registered certificate, whose id is in `facts`."""
    day = logged_in(world)
    certificate = world.certificate(day)
    day.facts["registration"] = acts.register(world, day, {"signCert.der": certificate.der})
    return day


def ending(world: World) -> FaultyDay:
    """A customer whose registered certificate ends in a week."""
    day = logged_in(world)
    last = end_of_day_in_seoul(datetime.now(UTC) + timedelta(days=7))
    certificate = world.certificate(day, not_before=last - timedelta(days=365), not_after=last)
    day.facts["registration"] = acts.register(world, day, {"signCert.der": certificate.der})
    return day
