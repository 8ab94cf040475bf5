"""Scenarios of customers: every login, every container, signatures, losses, ends."""

from collections.abc import Callable, Mapping

from registrar.domain.access.throttles import FREE_TRIES
from tools.faults import acts
from tools.faults.customer import Broken, FaultyDay
from tools.faults.scenario import REGISTERED, Scenario, ending, logged_in, new, registered
from tools.faults.world import World
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import sign_pri_key

PASSWORD = "open sesame! 42"  # pragma: allowlist secret  # noqa: S105 - made up
SUSPENDED = "Lost certificate suspended"
LOSS_CANCELLED = "Loss report cancelled"
REMOVED = "Certificate removed"


def _log_in(method: str) -> Callable[[World, FaultyDay], None]:
    def play(world: World, day: FaultyDay) -> None:
        acts.log_in(world, day, method)
        day.step(lambda: day.phone.call("GET", "/registrations"))

    return play


def _register_bare(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day)
    acts.register(world, day, {"signCert.der": certificate.der})


def _register_pair(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day)
    files = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, PASSWORD)}
    acts.register(world, day, files, PASSWORD)


def _register_pfx(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day)
    acts.register(world, day, {"mine.pfx": pfx(certificate, PASSWORD)}, PASSWORD)


def _register_deferred(world: World, day: FaultyDay) -> None:
    certificate = world.certificate(day, operator="kica")
    world.issuers.set_mode(certificate.certificate, "tryLater")
    acts.register_deferred(world, day, certificate)


def _renew(world: World, day: FaultyDay) -> None:
    old = day.certificates[-1]
    new = world.certificate(day, key=old.key)
    acts.register(world, day, {"signCert.der": new.der}, replaces=day.facts["registration"])


def _sign(world: World, day: FaultyDay) -> None:
    request = acts.ask(world, day)
    signed = acts.sign_transfer(day, request, day.facts["registration"])
    result = acts.polled(world, day, request)
    if (signed["state"], result["state"]) != ("COMPLETED", "COMPLETED") or not result["receipt"]:
        raise Broken(f"signed: {signed['state']}; the service sees {result['state']} ({result['reason']})")


def _decline(world: World, day: FaultyDay) -> None:
    request = acts.ask(world, day)
    path = f"/signature-requests/{request['request_id']}/decline"
    day.step(lambda: day.phone.call("POST", path))
    if (state := acts.polled(world, day, request)["state"]) != "DECLINED":
        raise Broken(f"declined, and the service sees {state}")


def _registered_to_log_in(world: World) -> FaultyDay:
    day = registered(world)
    day.phone.device_id = None
    return day


def _log_in_by_certificate(_: World, day: FaultyDay) -> None:
    acts.log_in_by_certificate(day, day.certificates[-1])
    day.step(lambda: day.phone.call("GET", "/registrations"))


def _lose_and_find(world: World, day: FaultyDay) -> None:
    path = f"/registrations/{day.facts['registration']}"
    day.step(lambda: day.phone.call("POST", f"{path}/loss"))
    if acts.is_usable(day):
        raise Broken("reported lost, and still usable")
    acts.resume(world, day, day.facts["registration"])
    if not acts.is_usable(day):
        raise Broken("resumed, and not usable")


def _locked_out(world: World) -> FaultyDay:
    """A stranger guessed until logins from unknown devices have to wait."""
    day = registered(world)
    wrong = {"customer_id": day.phone.customer.id, "password": "a guess", "operation": "register"}
    for _ in range(FREE_TRIES + 1):
        day.phone.call("POST", "/login", wrong)
    return day


def _report_by_password(_: World, day: FaultyDay) -> None:
    customer = day.phone.customer
    body = {"customer_id": customer.id, "password": customer.password}
    day.step(lambda: day.phone.call("POST", "/loss", body))


def _deregister(world: World, day: FaultyDay) -> None:
    acts.deregister(world, day, day.facts["registration"])


def _with_mistakes(world: World, day: FaultyDay) -> None:
    acts.log_in_after_mistakes(world, day)
    acts.register_after_a_wrong_proof(world, day)


SCENARIOS: Mapping[str, Scenario] = {
    "login-passkey": Scenario(new, _log_in("passkey")),
    "login-otp": Scenario(new, _log_in("otp")),
    "login-sms": Scenario(new, _log_in("sms")),
    "login-certificate": Scenario(_registered_to_log_in, _log_in_by_certificate, 1),
    "register": Scenario(logged_in, _register_bare, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-after-mistakes": Scenario(new, _with_mistakes, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-pair": Scenario(logged_in, _register_pair, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-pfx": Scenario(logged_in, _register_pfx, 1, {"RegistrationActivated": 1}, {REGISTERED: 1}),
    "register-deferred": Scenario(
        logged_in, _register_deferred, 1, {"RegistrationActivated": 1}, {acts.CHECKED: 1, REGISTERED: 1}
    ),
    "renew": Scenario(ending, _renew, 2, {"RegistrationActivated": 1, "Superseded": 1}, {REGISTERED: 1}),
    "sign": Scenario(registered, _sign, 1, {"SignatureCompleted": 1}),
    "decline": Scenario(registered, _decline, 1, {"SignatureDeclined": 1}),
    "loss": Scenario(
        registered, _lose_and_find, 1, {"HoldAdded": 1, "HoldLifted": 1}, {SUSPENDED: 1, LOSS_CANCELLED: 1}
    ),
    "loss-by-password": Scenario(registered, _report_by_password, 1, {"HoldAdded": 1}, {SUSPENDED: 1}),
    "loss-locked-out": Scenario(_locked_out, _report_by_password, 1, {"HoldAdded": 1}, {SUSPENDED: 1}),
    "deregister": Scenario(registered, _deregister, 1, {"Deregistered": 1}, {REMOVED: 1}),
}
