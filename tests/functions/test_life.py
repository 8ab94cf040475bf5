"""The life of a registration through the handlers: loss and its end, deregistration, the bank's hold, blocking."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.registrations.registration import Hold
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.containers import cms
from tests.support.rows import PASSWORD, a_proof, registrations_of
from tools.demo.phone import sign
from tools.pki.authorities import CustomerCertificate

ONE = "/registrations/{registration_id}"
STAFF = {"staff_id": "fraud.lee", "reason": "customer called: phone stolen"}


@pytest.fixture
def certificate() -> CustomerCertificate:
    return a_certificate(key="ec", not_after=NOW + timedelta(days=10))


@pytest.fixture
def held(app: App, certificate: CustomerCertificate) -> str:
    """A registration of hong's."""
    return str(app.register(certificate).body["registration_id"])


def look(app: App, registration_id: str) -> dict[str, Any]:
    return app.call("GET", ONE, registration_id=registration_id).body


def report(app: App, registration_id: str) -> Answer:
    return app.call("POST", f"{ONE}/loss", registration_id=registration_id)


def resume(app: App, registration_id: str, body: object) -> Answer:
    return app.call("POST", f"{ONE}/resume", body, registration_id=registration_id)


def signed(app: App, registration_id: str, certificate: CustomerCertificate) -> dict[str, str]:
    proof_id = an_identity_proof(app, Operation.RESUME, registration_id)
    return {
        "signature": sign(certificate.key, look(app, registration_id)["resume"]["text"]),
        "proof_id": proof_id,
    }


def an_identity_proof(app: App, operation: Operation, registration_id: str, minutes: float = 1) -> str:
    proved_at = app.account.at - timedelta(minutes=minutes)
    return a_proof(app.account, app.customer_id, operation, registration_id, proved_at=proved_at).id


def remove(app: App, registration_id: str, proof_id: str | None = None) -> Answer:
    proof_id = proof_id or an_identity_proof(app, Operation.DEREGISTER, registration_id)
    app.extra_headers = {"Proof-Id": proof_id}
    answer = app.call("DELETE", ONE, registration_id=registration_id)
    app.extra_headers = {}
    return answer


def command(account: Account, verb: str, registration_id: str, **event: object) -> Mapping[str, Any]:
    asked = {"customer_id": "hong", "registration_id": registration_id, **STAFF, **event}
    answer: Mapping[str, Any] = account.invoke(verb, asked)
    return answer


# ---- loss


def test_a_loss_report_needs_the_session_alone_and_counts_at_once(app: App, held: str) -> None:
    answer = report(app, held)
    assert (answer.status, answer.body["status"], answer.body["holds"]) == (200, "SUSPENDED", ["customer"])
    seen = look(app, held)
    assert (seen["usable"], seen["reason"], seen["expiring"]) == (False, "REG_SUSPENDED", False)
    assert report(app, held) == answer
    assert look(app, held) == seen


def test_all_of_a_customers_are_held_and_nobody_elses(app: App, account: Account, held: str) -> None:
    gone = app.register(a_certificate(key="ec")).body["registration_id"]
    remove(app, gone)
    other = App(account, "kim").register(a_certificate(key="ec")).body["registration_id"]
    answer = app.call("POST", "/registrations/loss")
    assert [r["registration_id"] for r in answer.body["registrations"]] == [held]
    assert {r["registration_id"]: r["status"] for r in app.registrations()} == {
        held: "SUSPENDED",
        gone: "DEREGISTERED",
    }
    assert look(App(account, "kim"), other)["usable"]
    assert app.call("POST", "/registrations/loss") == answer


def test_without_the_phone_a_password_holds_all_and_tells_nothing_else(app: App, held: str) -> None:
    app.enrol()
    body = {"customer_id": "hong", "password": PASSWORD}
    answer = app.call("POST", "/loss", body)
    assert (answer.status, answer.body) == (200, {"suspended": 1})
    assert look(app, held)["status"] == "SUSPENDED"
    assert app.call("POST", "/loss", body) == answer


@pytest.mark.parametrize(
    "body", [{"customer_id": "hong", "password": "wrong"}, {"customer_id": "no", "password": "x"}]
)
def test_a_wrong_password_holds_nothing(app: App, held: str, body: dict[str, str]) -> None:
    app.enrol()
    assert_problem(app.call("POST", "/loss", body), "LOGIN_FAILED")
    assert look(app, held)["usable"]


def test_what_is_not_ones_own_is_not_found(app: App, account: Account, held: str) -> None:
    kim = App(account, "kim")
    for answer in (report(kim, held), remove(kim, held), resume(kim, held, {"signature": "AA=="})):
        assert_problem(answer, "REG_NOT_FOUND")
    assert look(app, held)["usable"]


def test_a_loss_report_of_one_that_ended_changes_nothing(app: App, held: str) -> None:
    remove(app, held)
    before = look(app, held)
    answer = report(app, held)
    assert (answer.status, answer.body) == (200, before)


@pytest.mark.parametrize("kind", ["signature", "cms"])
def test_identity_and_possession_take_the_report_back(
    app: App, account: Account, held: str, certificate: CustomerCertificate, kind: str
) -> None:
    report(app, held)
    body = signed(app, held, certificate)
    if kind == "cms":
        text = look(app, held)["resume"]["text"]
        body = {"cms": cms(certificate, text), "proof_id": body["proof_id"]}
    answer = resume(app, held, body)
    assert (answer.status, answer.body["status"], answer.body["usable"]) == (200, "ACTIVE", True)
    assert "resume" not in look(app, held)
    assert resume(app, held, body) == answer, "it is done"
    report(app, held)
    assert_problem(resume(app, held, body), "SIGNATURE_INVALID")
    assert not look(app, held)["usable"]


def test_the_text_says_what_it_is_for(app: App, held: str) -> None:
    assert "resume" not in look(app, held)
    report(app, held)
    seen = look(app, held)
    title, *lines = seen["resume"]["text"].split("\n")
    assert title == "등록 인증서 다시 사용 / Use a registered certificate again"
    assert lines[:3] == [
        "bank: JBB",
        f"registration: {held}",
        f"certificate: sha256 {seen['certificate']['fingerprint']}",
    ]
    assert len(lines[3]) == len("nonce: ") + 32


@pytest.mark.parametrize("wrong", ["none", "old", "of another operation", "of another one", "used", "unknown"])
def test_only_a_fresh_proof_of_identity_for_this_very_change_counts(
    app: App, held: str, certificate: CustomerCertificate, wrong: str
) -> None:
    other = app.register(a_certificate(key="ec")).body["registration_id"]
    report(app, held)
    body: dict[str, str | None] = {**signed(app, held, certificate)}
    proofs: dict[str, Callable[[Operation], str | None]] = {
        "none": lambda operation: None,
        "old": lambda operation: an_identity_proof(app, operation, held, minutes=10.1),
        "of another operation": lambda operation: an_identity_proof(app, Operation.REGISTER, held),
        "of another one": lambda operation: an_identity_proof(app, operation, other),
        "used": lambda operation: used_up(app, operation, other),
        "unknown": lambda operation: "A" * 22,
    }
    body["proof_id"] = proofs[wrong](Operation.RESUME)
    assert_problem(resume(app, held, {k: v for k, v in body.items() if v}), "STEP_UP_REQUIRED")
    removal = proofs[wrong](Operation.DEREGISTER)
    answer = remove(app, held, removal) if removal else app.call("DELETE", ONE, registration_id=held)
    assert_problem(answer, "STEP_UP_REQUIRED")
    assert look(app, held)["status"] == "SUSPENDED"


def used_up(app: App, operation: Operation, registration_id: str) -> str:
    """A proof that an earlier change took; for a resumption one of the same kind that removed another."""
    proof = an_identity_proof(app, Operation.DEREGISTER, registration_id)
    remove(app, registration_id, proof)
    return proof


def test_another_key_does_not(app: App, held: str, certificate: CustomerCertificate) -> None:
    report(app, held)
    assert_problem(resume(app, held, signed(app, held, a_certificate(key="ec"))), "SIGNATURE_INVALID")
    assert_problem(resume(app, held, {}), "MALFORMED_REQUEST", field="signature")
    assert look(app, held)["status"] == "SUSPENDED"


def test_resuming_lifts_the_customers_hold_alone(
    app: App, account: Account, held: str, certificate: CustomerCertificate
) -> None:
    report(app, held)
    for each in (Hold.ISSUER, Hold.BANK):
        registrations_of(account).add_hold("hong", held, each, NOW)
    answer = resume(app, held, signed(app, held, certificate)).body
    assert (answer["status"], answer["holds"]) == ("SUSPENDED", ["bank", "issuer"])
    registrations_of(account).lift_hold("hong", held, Hold.BANK, NOW)
    seen = look(app, held)
    assert (seen["status"], seen["holds"], seen["reason"]) == ("HELD_BY_ISSUER", ["issuer"], "REG_HELD")


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("revoked", "REG_REVOKED"),
        ("expired", "REG_EXPIRED"),
        ("removed", "REG_DEREGISTERED"),
        ("old", "REG_SUPERSEDED"),
    ],
)
def test_nothing_that_ended_comes_back(
    app: App, account: Account, held: str, certificate: CustomerCertificate, end: str, code: str
) -> None:
    report(app, held)
    body = signed(app, held, certificate)
    if end == "revoked":
        registrations_of(account).revoke("hong", held, "superseded", NOW, NOW)
    elif end == "expired":
        account.pass_time(days=11)
    elif end == "removed":
        remove(app, held)
    else:
        later = a_certificate(key="ec", not_before=NOW - timedelta(minutes=1))
        app.prove(app.upload(later.der), later, replaces=held)
    before = look(app, held)
    assert_problem(resume(app, held, body), code)
    assert look(app, held) == before
    if end != "removed":
        assert_problem(remove(app, held), code)


# ---- deregistration


def test_only_the_same_customer_may_register_it_again(
    app: App, account: Account, held: str, certificate: CustomerCertificate
) -> None:
    answer = remove(app, held)
    assert (answer.status, answer.body["status"], answer.body["usable"]) == (200, "DEREGISTERED", False)
    assert remove(app, held) == answer
    assert_problem(App(account, "kim").register(certificate), "NOT_AVAILABLE_FOR_REGISTRATION")
    again = app.register(certificate)
    assert (again.status, again.body["usable"]) == (201, True)
    assert look(app, held)["status"] == "DEREGISTERED"


def test_what_the_bank_holds_is_not_removed(app: App, account: Account, held: str) -> None:
    command(account, "set_bank_hold", held, hold="on")
    assert_problem(remove(app, held), "REG_SUSPENDED")
    command(account, "set_bank_hold", held, hold="off")
    assert look(app, held)["usable"]
    report(app, held)
    assert remove(app, held).status == 200, "what was lost may be removed"


# ---- the bank


def test_an_admin_holds_and_lifts(app: App, account: Account, held: str) -> None:
    assert command(account, "set_bank_hold", held, hold="on")["done"]["holds"] == ["bank"]
    assert command(account, "set_bank_hold", held, hold="on")["done"]["holds"] == ["bank"]
    assert look(app, held)["reason"] == "REG_SUSPENDED"
    assert command(account, "set_bank_hold", held, hold="off")["done"]["usable"]
    assert look(app, held)["usable"]
    noted = [line for line in account.logged() if line["message"].startswith("bank_hold.")]
    assert [(line["staff_id"], line["reason"]) for line in noted] == [(STAFF["staff_id"], STAFF["reason"])] * 3


def test_two_persons_block(app: App, account: Account, held: str, certificate: CustomerCertificate) -> None:
    def step(name: str, staff_id: str) -> Mapping[str, Any]:
        return command(account, "block_registration", held, step=name, staff_id=staff_id)

    assert step("confirm", "fraud.kim")["refused"] == "STATE_CONFLICT"
    assert step("propose", "fraud.lee")["done"]["usable"]
    assert step("confirm", "fraud.lee")["refused"] == "STATE_CONFLICT"
    assert look(app, held)["usable"]
    done = step("confirm", "fraud.kim")
    assert done["done"]["status"] == "BLOCKED"
    assert step("confirm", "fraud.kim") == done
    assert (look(app, held)["reason"], look(app, held)["usable"]) == ("REG_BLOCKED", False)
    assert step("propose", "fraud.lee")["refused"] == "STATE_CONFLICT"
    for customer in (app, App(account, "kim")):
        assert_problem(customer.register(certificate), "NOT_AVAILABLE_FOR_REGISTRATION")
    assert_problem(remove(app, held), "REG_BLOCKED")


@pytest.mark.parametrize(
    "wrong",
    [
        {"staff_id": ""},
        {"staff_id": None},
        {"reason": "x"},
        {"hold": "maybe"},
        {"customer_id": "홍"},
        {"registration_id": "r"},
    ],
)
def test_a_command_that_lacks_something_does_nothing(
    account: Account, app: App, held: str, wrong: dict[str, Any]
) -> None:
    refused = account.invoke(
        "set_bank_hold", {"customer_id": "hong", "registration_id": held, "hold": "on", **STAFF, **wrong}
    )
    assert refused["refused"] == "MALFORMED_REQUEST"
    assert next(iter(wrong)) in refused["text"]
    assert look(app, held)["usable"]


def test_a_command_about_what_is_not_there_says_so(account: Account) -> None:
    for verb in ("set_bank_hold", "block_registration"):
        refused = command(account, verb, "r" + "0" * 32, hold="on", step="propose")
        assert refused["refused"] == "REG_NOT_FOUND"
