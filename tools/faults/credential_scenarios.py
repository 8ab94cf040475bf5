"""Scenarios of what customers prove their identity with: passkeys, authenticator apps, phone numbers.

A change that is repeated after its response was lost is refused with STEP_UP_REQUIRED, which says that it took
effect (docs/integrate.md); the list of credentials shows it.
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.cloud import seed
from tools.demo.authenticator import Authenticator, from_websafe
from tools.demo.phone import code_at
from tools.faults import acts
from tools.faults.customer import Broken, FaultyDay
from tools.faults.scenario import Scenario, logged_in
from tools.faults.world import World

TOOK_EFFECT = frozenset({"STEP_UP_REQUIRED"})


def _listed(day: FaultyDay, kind: str) -> list[dict[str, Any]]:
    found = day.step(lambda: day.phone.call("GET", "/credentials")).json()["credentials"]
    return [each for each in found if each["kind"] == kind]


def _add_passkey(world: World, day: FaultyDay) -> None:
    proof = {"proof_id": acts.step_up(world, day, "enrol", "passkey")}
    asked = day.step(lambda: day.phone.call("POST", "/credentials/passkey/options", proof)).json()
    device = Authenticator(seed.RP_ID, seed.ORIGIN)
    body = {**proof, "name": "second phone", **device.create(from_websafe(asked["challenge"]))}
    day.step(lambda: day.phone.call("POST", "/credentials/passkey", body), also=TOOK_EFFECT)
    if (count := len(_listed(day, "passkey"))) != 2:
        raise Broken(f"one passkey was added to one, and there are {count}")
    day.phone.device = device
    acts.log_in(world, day)


def _remove_passkey(world: World, day: FaultyDay) -> None:
    (known,) = _listed(day, "passkey")
    proof = {"proof_id": acts.step_up(world, day, "remove", known["credential_id"])}
    path = f"/credentials/{known['credential_id']}/removal"
    day.step(lambda: day.phone.call("POST", path, proof), also=TOOK_EFFECT)
    if _listed(day, "passkey"):
        raise Broken("the passkey was removed, and is listed")
    acts.log_in(world, day, "otp")


def _replace_app(world: World, day: FaultyDay) -> None:
    proof = {"proof_id": acts.step_up(world, day, "enrol", "totp")}
    uri = day.step(lambda: day.phone.call("POST", "/credentials/totp", proof)).json()["otpauth_uri"]
    secret = base64.b32decode(parse_qs(urlsplit(uri).query)["secret"][0])
    day.secrets.add(secret)
    day.phone.code()
    body = {**proof, "code": code_at(secret, day.phone.last_step)}
    day.step(lambda: day.phone.call("POST", "/credentials/totp/code", body), also=TOOK_EFFECT)
    day.replace_secret(secret)
    acts.log_in(world, day, "otp")


def _change_phone(world: World, day: FaultyDay) -> None:
    number = f"+82109{day.phone.customer.phone[-7:]}"

    def act() -> None:
        proof = {"proof_id": acts.step_up(world, day, "enrol", "phone")}
        day.step(lambda: day.phone.call("POST", "/credentials/phone", {**proof, "phone": number}))
        code = re.findall(r"\b\d{6}\b", world.cloud.sms(number)[-1], re.ASCII)[0]
        body = {**proof, "code": code}
        day.step(lambda: day.phone.call("POST", "/credentials/phone/code", body), also=TOOK_EFFECT)

    day.part(act)
    (phone,) = _listed(day, "phone")
    if phone["phone"][-4:] != number[-4:]:
        raise Broken(f"the phone was changed, and {phone['phone']} is listed")


def _telling(what: str, function: str, play: Callable[[World, FaultyDay], None]) -> Scenario:
    """A change of a logged-in customer's methods, whose text goes out before it."""
    return Scenario(logged_in, play, texts={f"You asked to {what}": 1}, texts_first=function)


SCENARIOS: Mapping[str, Scenario] = {
    "add-passkey": _telling("add a passkey", "add_passkey", _add_passkey),
    "remove-passkey": _telling("remove a passkey", "remove_credential", _remove_passkey),
    "replace-app": _telling("set up an OTP app", "add_totp", _replace_app),
    "change-phone": _telling("change your phone", "change_phone", _change_phone),
}
