"""Deeds of the bank's staff, each by its document: a person whose form failed fills it in again."""

from typing import Any

from tools.faults.customer import FaultyDay
from tools.faults.jobs import done, repeated
from tools.faults.world import World

REASON = "unusual transfers, case 4711"


def _act(world: World, person: str, document: str, **form: str) -> dict[str, Any]:
    return repeated(lambda: done(world.automation.act(person, document, **form)))


def _registration(day: FaultyDay) -> dict[str, str]:
    return {"CustomerId": day.phone.customer.id, "RegistrationId": day.facts["registration"]}


def hold(world: World, day: FaultyDay) -> None:
    """Put the bank's hold on the customer's registration."""
    _act(world, "fraud.lee", "Hold", **_registration(day), Reason=REASON)


def lift(world: World, day: FaultyDay) -> None:
    """Lift it."""
    _act(world, "fraud.lee", "Lift", **_registration(day), Reason=REASON)


def block(world: World, day: FaultyDay) -> None:
    """One person proposes to block the registration, another reads that and confirms it."""
    named = _registration(day)
    _act(world, "kim.teller", "ProposeBlock", **named, Reason=REASON)
    digest = _act(world, "lee.manager", "ViewBlock", **named)["digest"]
    _act(world, "lee.manager", "ConfirmBlock", **named, Confirm=digest)


def lock_out(world: World, day: FaultyDay) -> None:
    """Lock the customer out."""
    _act(world, "fraud.lee", "LockOut", CustomerId=day.phone.customer.id, Reason=REASON)


def unlock(world: World, day: FaultyDay) -> None:
    """Let the customer log in again."""
    _act(world, "fraud.lee", "Unlock", CustomerId=day.phone.customer.id, Reason=REASON)


def recover(world: World, day: FaultyDay) -> None:
    """One person proposes to replace the customer's lost phone, another reads that and approves it."""
    customer = {"CustomerId": day.phone.customer.id}
    number = f"+82109{day.phone.customer.phone[-7:]}"
    wanted = {"Lost": "phone", "Phone": number, "Reason": "identity card seen at the branch"}
    proposed = _act(world, "kim.teller", "ProposeRecovery", **customer, **wanted)
    named = {**customer, "RecoveryId": proposed["recovery_id"]}
    digest = _act(world, "lee.manager", "ViewRecovery", **named)["digest"]
    _act(world, "lee.manager", "ApproveRecovery", **named, Confirm=digest)
