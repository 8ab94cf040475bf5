"""The steps of a life, each with its weight and when it is possible; each returns how it ended, in a few words."""

import hashlib
import uuid
from collections.abc import Callable

from tools.demo.phone import sign
from tools.lives.app import CodeNotYet
from tools.lives.ledger import Violation
from tools.lives.life import ACTIVE, SUSPENDED, Life
from tools.lives.uploads import (
    follow_upload,
    may_upload,
    renew,
    upload_again,
    upload_bad,
    upload_own,
    upload_shared,
)

Act = Callable[[Life], str]
TRANSFER = {
    "payee": "김철수",
    "bank": "한빛은행",
    "account": "110-234-567890",
    "amount": 1500000,
    "from_account": "220-11-0099887",
}


def choose(life: Life) -> tuple[str, Act]:
    """A step that is possible now, by weight. An upload in progress is followed first, nearly always."""
    if life.pending and life.rng.random() < 0.9:
        return "follow", follow_upload
    possible = [(name, weight, act) for name, weight, act, when in STEPS if when(life)]
    ((name, _, act),) = life.rng.choices(possible, [weight for _, weight, _ in possible])
    return name, act


def log_in(life: Life) -> str:
    """Log in, often with a registered certificate alone."""
    active = life.of_status(ACTIVE)
    if active and life.rng.random() < 0.4:
        response = life.phone.log_in_by_certificate(life.rng.choice(active).certificate)
        life.expect(response, 200)
        return "by certificate"
    try:
        life.log_in()
    except CodeNotYet:
        return "no code yet"
    return "by passkey" if life.phone.device else "by code"


def log_out(life: Life) -> str:
    """End the session."""
    life.expect(life.call("POST", "/logout"), 204, 200)
    life.phone.token = life.phone.proof_id = None
    return "done"


def idle(_: Life) -> str:
    """Do nothing."""
    return "nothing"


def look(life: Life) -> str:
    """Compare the service's list with what the customer was told."""
    life.check_list()
    return f"{len(life.registrations)} registrations"


def transact(life: Life) -> str:
    """Sign or decline what the relying service asks to sign; it reads the same result."""
    held = life.rng.choice(life.of_status(ACTIVE, SUSPENDED))
    document = hashlib.sha256(life.rng.randbytes(16)).hexdigest()
    body = {"customer_id": life.id, "kind": "transfer", "values": TRANSFER, "document_sha256": document}
    request_id = life.world.request_signature(body, str(uuid.UUID(int=life.rng.getrandbits(128))))
    try:
        life.be_logged_in()
    except CodeNotYet:
        return "no code yet"
    path = f"/signature-requests/{request_id}"
    shown = life.expect(life.call("GET", path), 200)
    if life.rng.random() < 0.1:
        found = life.expect(life.call("POST", f"{path}/decline"), 200)
        expected = "DECLINED"
    else:
        signed = {"registration_id": held.id, "signature": sign(held.certificate.key, shown["text"])}
        found = life.call("POST", f"{path}/signature", signed).json()
        expected = "COMPLETED" if held.status == ACTIVE else "FAILED"
    if "state" not in found or found["state"] != expected:
        if expected == "FAILED" and found.get("code") == "REG_SUSPENDED":
            return "refused: suspended"
        raise Violation(f"the request is not {expected}: {found}")
    life.world.check_request(life.id, request_id, expected)
    return expected


def report_loss(life: Life) -> str:
    """Report the loss of one certificate, by session."""
    held = life.rng.choice(life.of_status(ACTIVE))
    if life.phone.token is None:
        return log_in(life)
    life.told(life.expect(life.call("POST", f"/registrations/{held.id}/loss"), 200), SUSPENDED)
    return held.id


def report_all(life: Life) -> str:
    """Report the loss of all, by session."""
    if life.phone.token is None:
        return log_in(life)
    found = life.expect(life.call("POST", "/registrations/loss"), 200)["registrations"]
    return _all_held(life, [each["registration_id"] for each in found])


def report_without_phone(life: Life) -> str:
    """Report the loss of all, by password."""
    body = {"customer_id": life.id, "password": life.phone.customer.password}
    life.expect(life.phone.call("POST", "/loss", body), 200)
    return _all_held(life, None)


def _all_held(life: Life, listed: list[str] | None) -> str:
    live = life.of_status(ACTIVE, SUSPENDED)
    if listed is not None and set(listed) != {held.id for held in live}:
        raise Violation(f"held {listed}, not {[held.id for held in live]}")
    for held in live:
        held.become(SUSPENDED)
    return f"{len(live)} held"


def resume(life: Life) -> str:
    """Lift the own hold, with a proof of identity and the certificate's signature."""
    held = life.rng.choice(life.of_status(SUSPENDED))
    path = f"/registrations/{held.id}"
    try:
        proof = life.prove("resume", held.id)
    except CodeNotYet:
        return "no code yet"
    text = life.expect(life.call("GET", path), 200)["resume"]["text"]
    body = {"signature": sign(held.certificate.key, text), "proof_id": proof}
    life.world.ledger.resuming(held.id)
    life.told(life.expect(life.call("POST", f"{path}/resume", body), 200), ACTIVE)
    return held.id


def deregister(life: Life) -> str:
    """Take a certificate out of use."""
    held = life.rng.choice(life.of_status(ACTIVE, SUSPENDED))
    try:
        proof = life.prove("deregister", held.id)
    except CodeNotYet:
        return "no code yet"
    life.told(life.expect(life.call("DELETE", f"/registrations/{held.id}", Proof_Id=proof), 200), "DEREGISTERED")
    return held.id


STEPS: tuple[tuple[str, int, Act, Callable[[Life], bool]], ...] = (
    ("log in", 10, log_in, lambda life: life.phone.token is None),
    ("log out", 2, log_out, lambda life: life.phone.token is not None),
    ("idle", 2, idle, lambda _: True),
    ("look", 6, look, lambda life: life.phone.token is not None),
    ("upload own", 8, upload_own, may_upload),
    ("upload shared", 6, upload_shared, may_upload),
    ("upload again", 2, upload_again, lambda life: may_upload(life) and bool(life.own)),
    ("upload bad", 2, upload_bad, may_upload),
    ("renew", 4, renew, lambda life: may_upload(life) and bool(life.of_status(ACTIVE))),
    ("transact", 10, transact, lambda life: bool(life.of_status(ACTIVE, SUSPENDED))),
    ("report loss", 3, report_loss, lambda life: bool(life.of_status(ACTIVE))),
    ("report all", 1, report_all, lambda life: bool(life.of_status(ACTIVE))),
    ("report without phone", 1, report_without_phone, lambda life: bool(life.of_status(ACTIVE))),
    ("resume", 6, resume, lambda life: bool(life.of_status(SUSPENDED))),
    ("deregister", 2, deregister, lambda life: bool(life.of_status(ACTIVE, SUSPENDED))),
)
