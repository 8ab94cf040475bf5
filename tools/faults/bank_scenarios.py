"""Scenarios of the bank: nightly jobs, issuers' lists, a re-evaluation, deeds of staff."""

import time
from collections.abc import Mapping

from registrar.domain.reasons.codes import Code
from tools.faults import acts, jobs, staff
from tools.faults.customer import Broken, FaultyDay
from tools.faults.scenario import Scenario, ending, logged_in, registered
from tools.faults.world import LIST_PATH, LISTING_OPERATOR, World

REVOKED = "Certificate revoked by issuer"
HELD = "Certificate suspended by the bank"
LIFTED = "Suspension lifted by the bank"
BLOCKED = "Certificate blocked"
ENDS = "certificate ends "
RESET = "Reset: codes to "
OLD_DOCUMENT_SECONDS = 70
"""A function keeps the trust document for a minute: the one of the cell before, which does not accept."""


def _run_expiry(world: World, _: FaultyDay) -> None:
    jobs.flag_expiring(world)


def _over(world: World) -> FaultyDay:
    day = registered(world)
    acts.deregister(world, day, day.facts["registration"])
    jobs.let_retention_pass(world, day.phone.customer.id, day.facts["registration"])
    return day


def _erase(world: World, day: FaultyDay) -> None:
    jobs.repeated(lambda: world.cloud.invoke("EraseEndedFunction", {}))
    if world.rows(day) or world.locks(day):
        raise Broken("something of an erased registration is left")


def _on_a_list(world: World) -> FaultyDay:
    day = logged_in(world)
    jobs.forget_fetches(world)
    certificate = world.certificate(day, operator=LISTING_OPERATOR, crl_url=world.web.url(LIST_PATH))
    day.facts["registration"] = acts.register(world, day, {"signCert.der": certificate.der})
    jobs.publish_list(world, certificate)
    jobs.forget_fetches(world)
    return day


def _watch(world: World, _: FaultyDay) -> None:
    jobs.watch(world)


def _accepted_until_now(world: World) -> FaultyDay:
    jobs.activate(world, accepted=True)
    day = logged_in(world)
    certificate = world.certificate(day, operator="tradesign")
    files = {"signCert.der": certificate.der}
    end = time.monotonic() + OLD_DOCUMENT_SECONDS
    while acts.upload(world, day, files)["headline"] == "CERT_POLICY_NOT_ACCEPTED" and time.monotonic() < end:
        time.sleep(10)
    day.facts["registration"] = acts.register(world, day, files)
    return day


def _stop_accepting(world: World, _: FaultyDay) -> None:
    version = jobs.activate(world, accepted=False)
    jobs.reevaluate(world, version)


def _hold_and_lift(world: World, day: FaultyDay) -> None:
    staff.hold(world, day)
    if acts.is_usable(day):
        raise Broken("held by the bank, and still usable")
    staff.lift(world, day)
    if not acts.is_usable(day):
        raise Broken("the bank lifted its hold, and it is not usable")


def _block(world: World, day: FaultyDay) -> None:
    staff.block(world, day)
    if acts.is_usable(day):
        raise Broken("blocked, and still usable")


def _lock_out(world: World, day: FaultyDay) -> None:
    staff.lock_out(world, day)
    refused = frozenset({Code.SESSION_EXPIRED})
    if day.step(lambda: day.phone.call("GET", "/registrations"), also=refused).status < 400:
        raise Broken("locked out, and the session still works")
    staff.unlock(world, day)
    acts.log_in(world, day)


def _recover(world: World, day: FaultyDay) -> None:
    staff.recover(world, day)
    if "recovery" not in day.step(lambda: day.phone.call("GET", "/credentials")).json():
        raise Broken("approved, and no recovery is cooling off")
    day.step(lambda: day.phone.call("POST", "/recovery/cancellation"), also=frozenset({"RECOVERY_NOT_FOUND"}))
    if "recovery" in day.step(lambda: day.phone.call("GET", "/credentials")).json():
        raise Broken("cancelled, and the recovery is still cooling off")


SCENARIOS: Mapping[str, Scenario] = {
    "expiry": Scenario(ending, _run_expiry, 1, {"Expiring": 1}, {ENDS: 1}),
    "erase": Scenario(_over, _erase),
    "watch": Scenario(_on_a_list, _watch, 1, {"RevokedByIssuer": 1}, {REVOKED: 1}),
    "reevaluate": Scenario(_accepted_until_now, _stop_accepting, 1, {"HoldAdded": 1}, {HELD: 1}),
    "hold": Scenario(
        registered,
        _hold_and_lift,
        1,
        {"HoldAdded": 1, "HoldLifted": 1},
        {HELD: 1, LIFTED: 1},
        (("set_bank_hold", "bank_hold.on"), ("set_bank_hold", "bank_hold.off")),
    ),
    "block": Scenario(
        registered,
        _block,
        1,
        {"Blocked": 1},
        {BLOCKED: 1},
        (("propose_block", "block.proposed"), ("confirm_block", "registration.blocked")),
    ),
    "lock-out": Scenario(
        logged_in,
        _lock_out,
        audited=(("lock_customer", "customer.locked_out"), ("lock_customer", "customer.unlocked")),
    ),
    "recovery": Scenario(
        logged_in,
        _recover,
        texts={RESET: 1},
        audited=(("propose_recovery", "recovery.proposed"), ("approve_recovery", "recovery.approved")),
        texts_first="approve_recovery",
    ),
}
