"""Changes of a registration, as tests make them."""

from collections.abc import Callable
from datetime import timedelta

from registrar.aws.tables.registrations import Registrations
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from tests.support.builders import NOW

Change = Callable[[Registrations, Registration], Registration]


def revoke(registrations: Registrations, r: Registration, reason: str = "superseded") -> Registration:
    return registrations.revoke(r.customer_id, r.id, reason, NOW - timedelta(days=1), NOW)


def block(registrations: Registrations, r: Registration) -> Registration:
    registrations.propose_block(r.customer_id, r.id, "staff-1", "phone stolen", NOW)
    return registrations.block(r, "staff-2", NOW)


def hold(which: Hold) -> Change:
    return lambda registrations, r: registrations.add_hold(r.customer_id, r.id, which, NOW)


def lift(which: Hold) -> Change:
    return lambda registrations, r: registrations.lift_hold(r.customer_id, r.id, which, NOW)


ENDS: dict[Lifecycle, Change] = {
    Lifecycle.REVOKED_BY_ISSUER: revoke,
    Lifecycle.DEREGISTERED: lambda registrations, r: registrations.deregister(r, NOW),
    Lifecycle.BLOCKED: lambda registrations, r: registrations.block(r, "staff-2", NOW),
}
