"""Scenarios that ask and change nothing: public routes, lists, a status, a signature made elsewhere."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

from registrar.domain.times import iso
from tools.demo.phone import sign
from tools.faults.customer import FaultyDay
from tools.faults.scenario import Scenario, registered
from tools.faults.world import World, fingerprint

DOCUMENT = "the order, as it is executed"


def _look_around(_: World, day: FaultyDay) -> None:
    phone = day.phone
    certificate = base64.b64encode(day.certificates[-1].der).decode()
    day.step(lambda: phone.call("GET", "/issuers"))
    asked = {"certificate": certificate, "customer_kind": "personal"}
    day.step(lambda: phone.call("POST", "/precheck", asked))
    day.step(lambda: phone.call("GET", "/sealing-key"))
    day.step(lambda: phone.call("GET", "/.well-known/jwks.json"))
    day.step(lambda: phone.call("GET", "/registrations"))
    path = f"/registrations/{day.facts['registration']}"
    day.step(lambda: phone.call("GET", path))
    day.step(lambda: phone.call("POST", f"{path}/check"))
    day.step(lambda: phone.call("POST", "/logout"), also=frozenset({"SESSION_EXPIRED"}))


def _ask_as_a_service(world: World, day: FaultyDay) -> None:
    certificate = day.certificates[-1]
    named = {"fingerprint": fingerprint(certificate)}
    call = world.transfers.call
    day.step(lambda: call("POST", "/status", {"certificate": named, "purpose": "NORMAL"}))
    day.step(lambda: call("POST", "/status/batch", {"certificates": [named], "purpose": "VIEW"}))
    body = {
        "content": base64.b64encode(DOCUMENT.encode()).decode(),
        "signed_at": iso(datetime.now(UTC)),
        "customer_kind": "personal",
        "signature": sign(certificate.key, DOCUMENT),
        "certificate": base64.b64encode(certificate.der).decode(),
    }
    day.step(lambda: call("POST", "/verify", body))


SCENARIOS: Mapping[str, Scenario] = {
    "look-around": Scenario(registered, _look_around, 1),
    "relying-service": Scenario(registered, _ask_as_a_service, 1),
}
