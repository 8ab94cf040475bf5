"""Changes of a registration, as tests make them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.registrations.block_proposal import propose_block
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.two_persons import digest_of
from tests.support.builders import NOW

Change = Callable[[Registrations, Registration], Registration]


def revoke(registrations: Registrations, r: Registration, reason: str = "superseded") -> Registration:
    return registrations.revoke(r.customer_id, r.id, reason, NOW - timedelta(days=1), NOW)


def propose(
    registrations: Registrations, r: Registration, staff: str = "staff-1", at: datetime = NOW
) -> Registration:
    registrations.propose_block(propose_block(r.customer_id, r.id, staff, "phone stolen", at), at)
    return registrations.get(r.customer_id, r.id)


def confirm(
    registrations: Registrations, r: Registration, staff: str = "staff-2", at: datetime = NOW
) -> Registration:
    """Confirm the last proposal, read now. Raises AdminStepRefused."""
    proposal = registrations.find_block_proposal(r.customer_id, r.id)
    if proposal is None:
        raise AdminStepRefused("there is no proposal to block it")
    return registrations.block(r, proposal.confirmed(digest_of(proposal.shown), staff, at), at)


def block(registrations: Registrations, r: Registration) -> Registration:
    propose(registrations, r)
    return confirm(registrations, r)


def hold(which: Hold) -> Change:
    return lambda registrations, r: registrations.add_hold(r.customer_id, r.id, which, NOW)


def lift(which: Hold) -> Change:
    if which is Hold.ISSUER:
        return lambda registrations, r: registrations.lift_by_issuer(r.customer_id, r.id, NOW, NOW)
    return lambda registrations, r: registrations.lift_hold(r.customer_id, r.id, which, NOW)


ENDS: dict[Lifecycle, Change] = {
    Lifecycle.REVOKED_BY_ISSUER: revoke,
    Lifecycle.DEREGISTERED: lambda registrations, r: registrations.deregister(r, NOW),
    Lifecycle.BLOCKED: confirm,
}
