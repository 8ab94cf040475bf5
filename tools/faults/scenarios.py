"""What is played while one call fails: each scenario with a new customer, and what has to be true afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from registrar.domain.access.throttles import FREE_TRIES
from tools.faults import acts, jobs
from tools.faults.customer import Broken, FaultyDay
from tools.faults.world import LIST_PATH, LISTING_OPERATOR, World
from tools.pki.authorities import end_of_day_in_seoul
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import sign_pri_key

PASSWORD = "open sesame! 42"  # noqa: S105 - made up
REGISTERED = "Certificate registered"
CHECKED = "Certificate checked"
SUSPENDED = "Lost certificate suspended"
LOSS_CANCELLED = "Loss report cancelled"
REMOVED = "Certificate removed"
REVOKED = "Certificate revoked by issuer"
HELD = "Certificate suspended by the bank"
ENDS = "certificate ends "


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


def _registered_to_log_in(world: World) -> FaultyDay:
    day = _registered(world)
    day.phone.device_id = None
    return day


def _log_in_by_certificate(_: World, day: FaultyDay) -> None:
    acts.log_in_by_certificate(day, day.certificates[-1])
    day.step(lambda: day.phone.call("GET", "/registrations"))


def _register_pair(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day)
    files = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, PASSWORD)}
    acts.register(world, day, files, PASSWORD)


def _register_pfx(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day)
    acts.register(world, day, {"mine.pfx": pfx(certificate, PASSWORD)}, PASSWORD)


def _decline(world: World, day: FaultyDay) -> None:
    request = acts.ask(world, day)
    path = f"/signature-requests/{request['request_id']}/decline"
    day.step(lambda: day.phone.call("POST", path))
    if (state := acts.polled(world, day, request)["state"]) != "DECLINED":
        raise Broken(f"declined, and the service sees {state}")


def _lose_and_find(world: World, day: FaultyDay) -> None:
    path = f"/registrations/{day.facts['registration']}"
    day.step(lambda: day.phone.call("POST", f"{path}/loss"))
    if _usable(day):
        raise Broken("reported lost, and still usable")
    acts.resume(world, day, day.facts["registration"])
    if not _usable(day):
        raise Broken("resumed, and not usable")


def _usable(day: FaultyDay) -> bool:
    path = f"/registrations/{day.facts['registration']}"
    return bool(day.step(lambda: day.phone.call("GET", path)).json()["usable"])


def _locked_out(world: World) -> FaultyDay:
    """A stranger guessed until logins from unknown devices have to wait."""
    day = _registered(world)
    wrong = {"customer_id": day.phone.customer.id, "password": "a guess", "operation": "register"}
    for _ in range(FREE_TRIES + 1):
        day.phone.call("POST", "/login", wrong)
    return day


def _report_by_password(_: World, day: FaultyDay) -> None:
    customer = day.phone.customer
    body = {"customer_id": customer.id, "password": customer.password}
    day.step(lambda: day.phone.call("POST", "/loss", body))


def _renew(world: World, day: FaultyDay) -> None:
    old = day.certificates[-1]
    new = world.certificate(day, key=old.key)
    acts.register(world, day, {"signCert.der": new.der}, replaces=day.facts["registration"])


def _deregister(world: World, day: FaultyDay) -> None:
    acts.deregister(world, day, day.facts["registration"])


def _register_deferred(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day, operator="kica")
    world.issuers.set_mode(certificate.certificate, "tryLater")
    acts.register_deferred(world, day, certificate)


def _ending(world: World) -> FaultyDay:
    day = _logged_in(world)
    last = end_of_day_in_seoul(datetime.now(UTC) + timedelta(days=7))
    certificate = world.certificate(day, not_before=last - timedelta(days=365), not_after=last)
    day.facts["registration"] = acts.register(world, day, {"signCert.der": certificate.der})
    return day


def _run_expiry(world: World, _: FaultyDay) -> None:
    jobs.flag_expiring(world)


def _over(world: World) -> FaultyDay:
    day = _registered(world)
    acts.deregister(world, day, day.facts["registration"])
    jobs.let_retention_pass(world, day.phone.customer.id, day.facts["registration"])
    return day


def _erase(world: World, day: FaultyDay) -> None:
    jobs.repeated(lambda: world.cloud.invoke("EraseEndedFunction", {}))
    if world.rows(day) or world.locks(day):
        raise Broken("something of an erased registration is left")


def _on_a_list(world: World) -> FaultyDay:
    day = _logged_in(world)
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
    day = _logged_in(world)
    certificate = world.certificate(day, operator="tradesign")
    day.facts["registration"] = acts.register(world, day, {"signCert.der": certificate.der})
    return day


def _stop_accepting(world: World, _: FaultyDay) -> None:
    version = jobs.activate(world, accepted=False)
    jobs.reevaluate(world, version)


SCENARIOS: Mapping[str, Scenario] = {
    "login-passkey": Scenario(_new, _log_in("passkey")),
    "login-otp": Scenario(_new, _log_in("otp")),
    "login-sms": Scenario(_new, _log_in("sms")),
    "login-certificate": Scenario(_registered_to_log_in, _log_in_by_certificate, 1),
    "register": Scenario(_logged_in, _register_bare, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-pair": Scenario(_logged_in, _register_pair, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-pfx": Scenario(_logged_in, _register_pfx, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-deferred": Scenario(
        _logged_in, _register_deferred, 1, {"RegistrationActivated": 1}, {CHECKED: 1, REGISTERED: 1}
    ),
    "renew": Scenario(_ending, _renew, 2, {"RegistrationActivated": 1, "Superseded": 1}, {REGISTERED: 1}),
    "sign": Scenario(_registered, _sign, 1, {"SignatureCompleted": 1}),
    "decline": Scenario(_registered, _decline, 1, {"SignatureDeclined": 1}),
    "loss": Scenario(
        _registered, _lose_and_find, 1, {"HoldAdded": 1, "HoldLifted": 1}, {SUSPENDED: 1, LOSS_CANCELLED: 1}
    ),
    "loss-by-password": Scenario(_registered, _report_by_password, 1, {"HoldAdded": 1}, {SUSPENDED: 1}),
    "loss-locked-out": Scenario(_locked_out, _report_by_password, 1, {"HoldAdded": 1}, {SUSPENDED: 1}),
    "deregister": Scenario(_registered, _deregister, 1, {"Deregistered": 1}, {REMOVED: 1}),
    "expiry": Scenario(_ending, _run_expiry, 1, {"Expiring": 1}, {ENDS: 1}),
    "erase": Scenario(_over, _erase),
    "watch": Scenario(_on_a_list, _watch, 1, {"RevokedByIssuer": 1}, {REVOKED: 1}),
    "reevaluate": Scenario(_accepted_until_now, _stop_accepting, 1, {"HoldAdded": 1}, {HELD: 1}),
}
