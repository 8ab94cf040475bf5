"""What customers do in the scenarios: parts that are begun again where a response says so."""

import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from registrar.domain.reasons.codes import Code
from tools.cloud.http_calls import HttpResponse
from tools.demo.banking import TRANSFER, path_of
from tools.demo.phone import sign
from tools.faults import jobs
from tools.faults.customer import Broken, FaultyDay
from tools.faults.world import World, fingerprint
from tools.pki.authorities import CustomerCertificate, one_year_from

DECIDED_SECONDS = 60
CHECKED = "Certificate checked"
TEXT_SECONDS = 20
"""A customer whose certificate had to wait expects a text for so long."""
SIGNED_DOCUMENT = "5e" * 32


def log_in(world: World, day: FaultyDay, method: str = "passkey", operation: str = "register") -> None:
    """Log in with password and `method` (passkey, otp, sms)."""
    phone = day.phone

    def act() -> HttpResponse:
        phone.token = None
        body = {"customer_id": phone.customer.id, "password": phone.customer.password, "operation": operation}
        known = {"device_id": phone.device_id} if phone.device_id else {}
        challenge = day.step(lambda: phone.call("POST", "/login", body | known)).json()
        return _completed(world, day, challenge, method)

    earned = day.part(act).json()
    _keep_session(day, earned)
    phone.proof_id = earned.get("proof_id")


def log_in_after_mistakes(world: World, day: FaultyDay) -> None:
    """Log in with a wrong password and a wrong code first, each once."""
    phone = day.phone
    right = {"customer_id": phone.customer.id, "password": phone.customer.password, "operation": "register"}
    wrong = {**right, "password": "not this one"}

    def act() -> HttpResponse:
        phone.token = None
        day.refused(lambda: phone.call("POST", "/login", wrong), Code.LOGIN_FAILED)
        challenge = day.step(lambda: phone.call("POST", "/login", right)).json()
        answer = {"challenge_id": challenge["challenge_id"], "code": phone.wrong_code()}
        day.refused(lambda: phone.call("POST", "/challenges/otp", answer), Code.STEP_UP_INVALID)
        return _completed(world, day, challenge, "otp")

    earned = day.part(act).json()
    _keep_session(day, earned)
    phone.proof_id = earned.get("proof_id")


def register_after_a_wrong_proof(world: World, day: FaultyDay) -> None:
    """Register a certificate after another one's key signed for it."""
    certificate = world.certificate(day)
    first, last = one_year_from(datetime.now(UTC))
    other = world.pki.issue_customer(not_before=first, not_after=last, key="ec")

    def act() -> HttpResponse:
        view = upload(world, day, {"signCert.der": certificate.der})
        day.refused(lambda: day.phone.prove(view, other), Code.PROOF_FAILED)
        return day.step(lambda: day.phone.prove(view, certificate))

    day.part(act)


def log_in_by_certificate(day: FaultyDay, certificate: CustomerCertificate) -> None:
    """Log in with a registered certificate alone."""
    phone = day.phone

    def act() -> HttpResponse:
        phone.token = None
        asked = day.step(lambda: phone.call("POST", "/login/certificate/options")).json()
        body = {
            "login_id": asked["login_id"],
            "fingerprint": fingerprint(certificate),
            "signature": sign(certificate.key, asked["text"]),
        }
        return day.step(lambda: phone.call("POST", "/login/certificate", body))

    _keep_session(day, day.part(act).json())


def _keep_session(day: FaultyDay, earned: Mapping[str, Any]) -> None:
    day.phone.token = earned["token"]
    day.phone.device_id = earned.get("device_id", day.phone.device_id)
    day.secrets.add(earned["token"].partition(".")[2].encode())


def _completed(world: World, day: FaultyDay, challenge: Mapping[str, Any], method: str) -> HttpResponse:
    """The response to the right answer to a challenge."""
    phone = day.phone
    named = {"challenge_id": challenge["challenge_id"]}
    if method == "passkey":
        return day.step(lambda: phone.complete_by_passkey(challenge))
    if method == "sms":
        day.step(lambda: phone.call("POST", "/challenges/sms", named))
        code = re.findall(r"\b\d{6}\b", world.texts(day)[-1], re.ASCII)[0]
        return day.step(lambda: phone.call("POST", "/challenges/otp", {**named, "code": code, "method": "sms"}))
    world.forget_code(day)
    code = phone.code()
    return day.step(lambda: phone.call("POST", "/challenges/otp", {**named, "code": code}))


def step_up(world: World, day: FaultyDay, operation: str, object_id: str | None = None) -> str:
    """A fresh proof of identity by passkey; its id."""
    asked = {"operation": operation, **({"object": object_id} if object_id else {})}

    def act() -> HttpResponse:
        challenge = day.step(lambda: day.phone.call("POST", "/step-up", asked)).json()
        return _completed(world, day, challenge, "passkey")

    return str(day.part(act).json()["proof_id"])


def upload(world: World, day: FaultyDay, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Announce files and send them; the decided upload. Begins with the proof of identity that is at hand."""
    phone = day.phone
    key = uuid.uuid4().hex

    def announced() -> HttpResponse:
        return phone.announce(files, Idempotency_Key=key)

    if phone.proof_id is None:
        phone.proof_id = step_up(world, day, "register")
    forms = day.step(announced)
    phone.proof_id = None
    for sent in phone.send_files(forms, files):
        if sent.status >= 300:
            raise Broken(f"S3 refused a file: {sent.status} {sent.body[:200]!r}")
    return decided(world, day, forms.json()["upload_id"])


def decided(world: World, day: FaultyDay, upload_id: str, *, while_deferred: bool = False) -> dict[str, Any]:
    """Poll an upload until it is decided, or deferred unless `while_deferred`; leases of killed deliveries pass."""
    view: dict[str, Any] = {}
    end = time.monotonic() + DECIDED_SECONDS
    while time.monotonic() < end:
        view = day.step(lambda: day.phone.call("GET", f"/uploads/{upload_id}")).json()
        if "poll_after" not in view or (view["state"] == "DEFERRED" and not while_deferred):
            if view["state"] in ("FAILED", "EXPIRED"):
                raise Broken(f"the upload ended as {view['state']}: {view['headline']}")
            part = view.get("password") or view.get("proof") or {}
            day.phone.sealing_keys = part.get("sealing_keys", day.phone.sealing_keys)
            return view
        if world.surely_failed():
            world.end_leases(day)
        time.sleep(0.1)
    raise Broken(f"the upload was not decided in {DECIDED_SECONDS} s: {view}")


def register(
    world: World,
    day: FaultyDay,
    files: Mapping[str, bytes],
    password: str | None = None,
    replaces: str | None = None,
) -> str:
    """Upload files and register their certificate, the last one of the customer's; its registration id."""
    phone = day.phone

    def act() -> str:
        view = upload(world, day, files)
        if password is not None and view["state"] == "NEEDS_PASSWORD":
            view = opened(world, day, view, password)
        if view["state"] != "AWAITING_PROOF":
            raise Broken(f"a good certificate is {view['state']}: {view['headline']}")

        def prove() -> HttpResponse:
            if password is not None:
                return phone.register(view)
            return phone.prove(view, day.certificates[-1], replaces=replaces)

        return str(day.step(prove).json()["registration_id"])

    return day.part(act)


def opened(world: World, day: FaultyDay, view: dict[str, Any], password: str) -> dict[str, Any]:
    """Open a container with its sealed password; the upload once it is decided."""
    day.secrets.add(password.encode())
    sealed = day.phone.seal(view["upload_id"], view["password"]["nonce"], password)
    path = f"/uploads/{view['upload_id']}/password"
    day.step(lambda: day.phone.call("POST", path, {"sealed": sealed}))
    return decided(world, day, view["upload_id"])


def ask(world: World, day: FaultyDay) -> dict[str, Any]:
    """The transfer system asks for a signature, and repeats that with the same key."""
    body = {
        "customer_id": day.phone.customer.id,
        "kind": "transfer",
        "values": TRANSFER,
        "document_sha256": SIGNED_DOCUMENT,
    }
    key = str(uuid.uuid4())
    answer = day.step(lambda: world.transfers.call("POST", "/signature-requests", body, Idempotency_Key=key))
    return dict(answer.json())


def sign_transfer(day: FaultyDay, request: Mapping[str, Any], registration_id: str) -> dict[str, Any]:
    """The customer looks at the request and signs it; its final state."""
    path = f"/signature-requests/{request['request_id']}"

    def act() -> HttpResponse:
        day.step(lambda: day.phone.call("GET", "/signature-requests"))
        text = day.step(lambda: day.phone.call("GET", path)).json()["text"]
        body = {"registration_id": registration_id, "signature": sign(day.certificates[-1].key, text)}
        return day.step(lambda: day.phone.call("POST", f"{path}/signature", body))

    return dict(day.part(act).json())


def polled(world: World, day: FaultyDay, request: Mapping[str, Any]) -> dict[str, Any]:
    """What the transfer system sees of its request."""
    return dict(day.step(lambda: world.transfers.call("GET", path_of(dict(request)))).json())


def resume(world: World, day: FaultyDay, registration_id: str) -> None:
    """Cancel a loss report: a fresh proof of identity, and the registered key's signature."""
    path = f"/registrations/{registration_id}"

    def act() -> None:
        view = day.step(lambda: day.phone.call("GET", path)).json()
        if view["usable"]:
            return  # an earlier try took effect
        proof_id = step_up(world, day, "resume", registration_id)
        body = {"signature": sign(day.certificates[-1].key, view["resume"]["text"]), "proof_id": proof_id}
        day.step(lambda: day.phone.call("POST", f"{path}/resume", body))

    day.part(act)


def deregister(world: World, day: FaultyDay, registration_id: str) -> None:
    """Take a certificate out of use, under a fresh proof of identity."""

    def act() -> None:
        proof_id = step_up(world, day, "deregister", registration_id)
        path = f"/registrations/{registration_id}"
        day.step(lambda: day.phone.call("DELETE", path, Proof_Id=proof_id))

    day.part(act)


def register_deferred(world: World, day: FaultyDay, certificate: CustomerCertificate) -> None:
    """Register a certificate whose issuer gives no status at first, and later does."""
    view = upload(world, day, {"signCert.der": certificate.der})
    if view["state"] != "DEFERRED":
        raise Broken(f"no status from the issuer, and the upload is {view['state']}")
    world.issuers.set_mode(certificate.certificate, "good")
    jobs.repeated(lambda: world.cloud.invoke("RetryDeferredFunction", {"all": True}))
    view = decided(world, day, view["upload_id"], while_deferred=True)
    if view["state"] != "AWAITING_PROOF":
        raise Broken(f"a good certificate is {view['state']}: {view['headline']}")
    # Who registers before a repeated delivery sends the text needs it no more, and gets none.
    end = time.monotonic() + TEXT_SECONDS
    while not any(CHECKED in text for text in world.texts(day)) and time.monotonic() < end:
        if world.surely_failed():
            world.end_leases(day)
        time.sleep(0.2)
    day.step(lambda: day.phone.prove(view, certificate))


def is_usable(day: FaultyDay) -> bool:
    """Whether the customer's registration may be used now."""
    path = f"/registrations/{day.facts['registration']}"
    return bool(day.step(lambda: day.phone.call("GET", path)).json()["usable"])
