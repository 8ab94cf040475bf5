"""Steps around an upload: from a certificate, new or one that others have too, to its registration or refusal."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from tools.lives.app import CodeNotYet, problem_of
from tools.lives.ledger import Violation
from tools.lives.life import ACTIVE, SUSPENDED, Held, Life, Pending
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_files import sign_pri_key

PASSWORD = "lives-1-password"  # noqa: S105 - of files that the customers make
LOOK_AGAIN = 2
"""Seconds after which a customer looks again at an upload that is not decided."""
DAILY_UPLOADS = 15
"""Fewer than the service allows in a day."""
UNDECIDED = ("ISSUED", "VALIDATING", "NEEDS_PASSWORD", "CHECKING", "DEFERRED")
MEANWHILE = ("STATE_CONFLICT", "IN_PROGRESS", "PROOF_EXPIRED")
"""Another request of the same customer came first: the app looks again."""


def upload_own(life: Life) -> str:
    """Upload a new certificate."""
    certificate = life.world.new_certificate(life.rng)
    life.own.append(certificate)
    return _upload(life, certificate)


def upload_shared(life: Life) -> str:
    """Upload a certificate that other customers have files of as well."""
    return _upload(life, life.rng.choice(life.world.shared))


def upload_again(life: Life) -> str:
    """Upload a certificate that the customer uploaded before."""
    return _upload(life, life.rng.choice(life.own))


def upload_bad(life: Life) -> str:
    """Upload a file that is no certificate."""
    content = life.rng.choice([b"\xff\xd8\xff\xe0 a photo", b"0\x82\x01", b"%PDF-1.7"])
    return _announce(life, {"holiday.jpg": content}, Pending("", None))


def renew(life: Life) -> str:
    """Upload a certificate of the same key that shall replace an active one."""
    old = life.rng.choice(life.of_status(ACTIVE))
    certificate = life.world.renewed(life.rng, old.certificate)
    life.own.append(certificate)
    return _upload(life, certificate, old)


def _upload(life: Life, certificate: CustomerCertificate, replaces: Held | None = None) -> str:
    if life.rng.random() < 0.6:
        return _announce(life, {"signCert.der": certificate.der}, Pending("", certificate, None, replaces))
    files = {"signCert.der": certificate.der, "signPri.key": sign_pri_key(certificate, PASSWORD)}
    return _announce(life, files, Pending("", certificate, PASSWORD, replaces))


def _announce(life: Life, files: dict[str, bytes], pending: Pending) -> str:
    phone = life.phone
    try:
        life.be_logged_in()
        if phone.proof_id is None:
            phone.proof_id = life.prove("register")
    except CodeNotYet:
        return "no code yet"
    key = str(uuid.UUID(int=life.rng.getrandbits(128)))
    announced = phone.announce(files, Idempotency_Key=key)
    if announced.status == 401 and problem_of(announced).get("next_action") in ("LOGIN", "STEP_UP"):
        phone.token = phone.proof_id = None  # the session or the proof ended meanwhile
        return "session or proof ended"
    pending.upload_id = life.expect(announced, 201)["upload_id"]
    life.upload_ids.append(pending.upload_id)
    life.pending = pending
    for sent in phone.send_files(announced, files):
        if sent.status >= 300:
            raise Violation(f"S3 refused: {sent.status} {sent.body.decode(errors='replace')}")
    return f"{pending.upload_id} of {', '.join(files)}"


def follow_upload(life: Life) -> str:
    """Look at the upload in progress, and do what it waits for."""
    """Look at the upload in progress, and do what it waits for."""
    pending = life.pending
    if pending is None:
        return "nothing"
    try:
        life.be_logged_in()
    except CodeNotYet:
        return "no code yet"
    view = life.expect(life.call("GET", f"/uploads/{pending.upload_id}"), 200)
    state = view["state"]
    if state == "NEEDS_PASSWORD" and pending.password:
        return _open(life, pending, pending.password, view["password"])
    if state == "AWAITING_PROOF" and pending.certificate:
        return _register(life, pending, pending.certificate, view)
    if state in UNDECIDED:
        pending.look_at = time.monotonic() + LOOK_AGAIN
        life.steps -= 1  # it is looked at again until it is decided
        return str(state)
    life.pending = None
    return _ended(life, pending, view)


def _open(life: Life, pending: Pending, password: str, part: Mapping[str, Any]) -> str:
    life.phone.sealing_keys = part.get("sealing_keys", life.phone.sealing_keys)
    sealed = life.phone.seal(pending.upload_id, part["nonce"], password)
    response = life.call("POST", f"/uploads/{pending.upload_id}/password", {"sealed": sealed})
    code = problem_of(response).get("code")
    if code in MEANWHILE:
        return f"password: {code}"
    life.expect(response, 200)
    return "password sent"


def _ended(life: Life, pending: Pending, view: Mapping[str, Any]) -> str:
    state = view["state"]
    headline = view.get("headline")
    if state == "REJECTED" and pending.certificate is None:
        return f"refused: {headline}"
    if state == "REJECTED" and headline == "ALREADY_REGISTERED":
        return "has it already"
    if pending.certificate and headline == "NOT_AVAILABLE_FOR_REGISTRATION":
        life.world.ledger.lost(pending.certificate, life.id)
        return "another has it"
    if state == "FAILED":
        life.world.ledger.failed(pending.upload_id)
        return "failed"
    raise Violation(f"upload {pending.upload_id} ended as {state}: {view.get('findings')}")


def _register(life: Life, pending: Pending, certificate: CustomerCertificate, view: dict[str, Any]) -> str:
    phone = life.phone
    proof = view["proof"]
    phone.sealing_keys = proof.get("sealing_keys", phone.sealing_keys)
    replaces = pending.replaces.id if pending.replaces else None
    if "text" in proof:
        response = phone.prove(view, certificate, replaces)
    else:
        consent = {"consent_version": proof["consent"]["version"]}
        response = phone.register(view, consent | ({"replaces": replaces} if replaces else {}))
    reason = problem_of(response)
    code = reason.get("code")
    if code == "REPLACES_REQUIRED" and pending.replaces is None:
        pending.replaces = life.registrations[reason["params"]["registration_id"]]
        return "replaces another"
    if code in MEANWHILE:
        return f"registration: {code}"
    life.pending = None
    if code == "NOT_AVAILABLE_FOR_REGISTRATION":
        life.world.ledger.lost(certificate, life.id)
        return "another has it"
    held = life.registered(life.expect(response, 200, 201), certificate)
    if pending.replaces and pending.replaces.id != held.id and pending.replaces.status in (ACTIVE, SUSPENDED):
        pending.replaces.become("SUPERSEDED")
    return f"registered {held.id}"


def may_upload(life: Life) -> bool:
    """Whether the customer may begin another upload."""
    return life.pending is None and len(life.upload_ids) < DAILY_UPLOADS
