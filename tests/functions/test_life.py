"""Changes of a registration through the handlers: loss, resumption, deregistration, the bank's hold, blocking."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.tables.registration_items import row_key
from registrar.domain.access.challenge import Operation
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Hold
from registrar.domain.times import iso
from registrar.domain.two_persons import PROPOSAL_LIFE
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.containers import cms
from tests.support.prepared import prepared, registered_certificate
from tests.support.rows import PASSWORD, a_proof, an_awaiting_upload, check_obstacles, registrations_of
from tests.support.staff import act, arn
from tools.demo.phone import sign
from tools.pki.authorities import CustomerCertificate

ONE = "/registrations/{registration_id}"
STAFF = {"staff_id": "fraud.lee", "reason": "customer called: phone stolen"}
LEE = arn("fraud.lee")


@pytest.fixture
def registered(app: App) -> tuple[CustomerCertificate, dict[str, Any]]:
    """A certificate of hong, and its registration."""
    return prepared(app, registered_certificate, not_after=NOW + timedelta(days=10))


@pytest.fixture
def certificate(registered: tuple[CustomerCertificate, dict[str, Any]]) -> CustomerCertificate:
    return registered[0]


@pytest.fixture
def held(registered: tuple[CustomerCertificate, dict[str, Any]]) -> str:
    """The registration of hong."""
    return str(registered[1]["registration_id"])


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
    response = app.call("DELETE", ONE, registration_id=registration_id)
    app.extra_headers = {}
    return response


def command(account: Account, verb: str, registration_id: str, **event: object) -> Mapping[str, Any]:
    asked = {"customer_id": "hong", "registration_id": registration_id, **STAFF, **event}
    return act(account, verb, asked)


# ---- loss


def test_a_loss_report_needs_only_a_session_and_takes_effect_at_once(app: App, held: str) -> None:
    response = report(app, held)
    assert (response.status, response.body["status"], response.body["holds"]) == (200, "SUSPENDED", ["customer"])
    seen = look(app, held)
    assert (seen["usable"], seen["reason"], seen["expiring"]) == (False, "REG_SUSPENDED", False)
    assert report(app, held) == response
    assert look(app, held) == seen


def test_all_registrations_of_the_customer_are_held_and_no_others(app: App, account: Account, held: str) -> None:
    gone = prepared(app, registered_certificate)[1]["registration_id"]
    remove(app, gone)
    other = App(account, "kim").register(a_certificate(key="ec")).body["registration_id"]
    response = app.call("POST", "/registrations/loss")
    assert [r["registration_id"] for r in response.body["registrations"]] == [held]
    assert {r["registration_id"]: r["status"] for r in app.registrations()} == {
        held: "SUSPENDED",
        gone: "DEREGISTERED",
    }
    assert look(App(account, "kim"), other)["usable"]
    assert app.call("POST", "/registrations/loss") == response


def test_without_a_phone_a_password_holds_all_and_returns_only_the_count(app: App, held: str) -> None:
    app.enrol()
    body = {"customer_id": "hong", "password": PASSWORD}
    response = app.call("POST", "/loss", body)
    assert (response.status, response.body) == (200, {"suspended": 1})
    assert look(app, held)["status"] == "SUSPENDED"
    assert app.call("POST", "/loss", body) == response


@pytest.mark.parametrize(
    "body", [{"customer_id": "hong", "password": "wrong"}, {"customer_id": "no", "password": "x"}]
)
def test_a_wrong_password_holds_nothing(app: App, held: str, body: dict[str, str]) -> None:
    app.enrol()
    assert_problem(app.call("POST", "/loss", body), "LOGIN_FAILED")
    assert look(app, held)["usable"]


def test_another_customers_registration_is_not_found(app: App, account: Account, held: str) -> None:
    kim = App(account, "kim")
    for response in (report(kim, held), remove(kim, held), resume(kim, held, {"signature": "AA=="})):
        assert_problem(response, "REG_NOT_FOUND")
    assert look(app, held)["usable"]


def test_a_loss_report_of_an_ended_registration_changes_nothing(app: App, held: str) -> None:
    remove(app, held)
    before = look(app, held)
    response = report(app, held)
    assert (response.status, response.body) == (200, before)


@pytest.mark.parametrize("kind", ["signature", "cms"])
def test_proofs_of_identity_and_possession_cancel_a_loss_report(
    app: App, account: Account, held: str, certificate: CustomerCertificate, kind: str
) -> None:
    report(app, held)
    body = signed(app, held, certificate)
    if kind == "cms":
        text = look(app, held)["resume"]["text"]
        body = {"cms": cms(certificate, text), "proof_id": body["proof_id"]}
    response = resume(app, held, body)
    assert (response.status, response.body["status"], response.body["usable"]) == (200, "ACTIVE", True)
    assert "resume" not in look(app, held)
    assert resume(app, held, body) == response, "it is done"
    report(app, held)
    assert_problem(resume(app, held, body), "SIGNATURE_INVALID")
    assert not look(app, held)["usable"]


def test_the_text_to_sign_names_its_purpose(app: App, held: str) -> None:
    assert "resume" not in look(app, held)
    report(app, held)
    seen = look(app, held)
    title, *lines = seen["resume"]["text"].split("\n")
    assert title == "등록 인증서 다시 사용 / Use a registered certificate again"
    assert lines[:3] == [
        "은행: 전북은행(JBB)",
        "용도: 분실 신고 취소",
        f"등록 번호: {held}",
    ]
    assert lines[3] == f"인증서 지문(SHA-256): {seen['certificate']['fingerprint']}"
    assert len(lines[4]) == len("일회용 값: ") + 32


@pytest.mark.parametrize("wrong", ["none", "old", "of another operation", "of another one", "used", "unknown"])
def test_only_a_fresh_proof_of_identity_for_this_change_is_accepted(
    app: App, held: str, certificate: CustomerCertificate, wrong: str
) -> None:
    other = prepared(app, registered_certificate)[1]["registration_id"]
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
    response = remove(app, held, removal) if removal else app.call("DELETE", ONE, registration_id=held)
    assert_problem(response, "STEP_UP_REQUIRED")
    assert look(app, held)["status"] == "SUSPENDED"


def used_up(app: App, operation: Operation, registration_id: str) -> str:
    """A proof that an earlier change used; for a resumption one of the same kind for another registration."""
    proof = an_identity_proof(app, Operation.DEREGISTER, registration_id)
    remove(app, registration_id, proof)
    return proof


def test_a_signature_of_another_key_does_not_resume(app: App, held: str, certificate: CustomerCertificate) -> None:
    report(app, held)
    assert_problem(resume(app, held, signed(app, held, a_certificate(key="ec"))), "SIGNATURE_INVALID")
    assert_problem(resume(app, held, {}), "MALFORMED_REQUEST", field="signature")
    assert look(app, held)["status"] == "SUSPENDED"


def test_resuming_lifts_only_the_customers_hold(
    app: App, account: Account, held: str, certificate: CustomerCertificate
) -> None:
    report(app, held)
    for each in (Hold.ISSUER, Hold.BANK):
        registrations_of(account).add_hold("hong", held, each, NOW)
    response = resume(app, held, signed(app, held, certificate)).body
    assert (response["status"], response["holds"]) == ("SUSPENDED", ["bank", "issuer"])
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
def test_an_ended_registration_is_not_resumed(
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
    response = remove(app, held)
    assert (response.status, response.body["status"], response.body["usable"]) == (200, "DEREGISTERED", False)
    assert remove(app, held) == response
    assert_problem(App(account, "kim").register(certificate), "NOT_AVAILABLE_FOR_REGISTRATION")
    again = app.register(certificate)
    assert (again.status, again.body["usable"]) == (201, True)
    assert look(app, held)["status"] == "DEREGISTERED"


def test_a_registration_held_by_the_bank_is_not_deregistered(app: App, account: Account, held: str) -> None:
    command(account, "set_bank_hold", held, hold="on")
    assert_problem(remove(app, held), "REG_SUSPENDED")
    command(account, "set_bank_hold", held, hold="off")
    assert look(app, held)["usable"]
    report(app, held)
    assert remove(app, held).status == 200, "what was lost may be removed"


# ---- the bank


def test_an_admin_adds_and_lifts_a_hold(app: App, account: Account, held: str) -> None:
    assert command(account, "set_bank_hold", held, hold="on")["done"]["holds"] == ["bank"]
    assert command(account, "set_bank_hold", held, hold="on")["done"]["holds"] == ["bank"]
    assert look(app, held)["reason"] == "REG_SUSPENDED"
    assert command(account, "set_bank_hold", held, hold="off")["done"]["usable"]
    assert look(app, held)["usable"]
    noted = [line for line in account.logged() if line["message"].startswith("bank_hold.")]
    assert [(line["staff_id"], line["reason"]) for line in noted] == [(LEE, STAFF["reason"])] * 3


def test_a_hold_on_a_registration_that_a_restore_lost_is_lifted_from_the_person(
    account: Account, held: str
) -> None:
    command(account, "set_bank_hold", held, hold="on")
    for item in account.items("RegistrationsTable"):
        key = {name: item[name] for name in ("pk", "sk")}
        account.client("dynamodb").delete_item(TableName=account.physical["RegistrationsTable"], Key=key)
    with pytest.raises(Refusal, match="REG_SUSPENDED"):
        register_another(account)
    done = command(account, "set_bank_hold", held, hold="off")["done"]
    assert done == {"registration_id": held, "lost": True}
    register_another(account)
    assert command(account, "set_bank_hold", held, hold="off")["refused"] == "REG_NOT_FOUND"


def register_another(account: Account) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))
    new = new_registration(upload, "signature", "2026-11", account.at)
    check_obstacles(account, new)


def view(account: Account, held: str, **other: Any) -> Mapping[str, Any]:
    return command(account, "confirm_block", held, step="view", staff_id="fraud.kim", **other)


def confirm(account: Account, held: str, staff_id: str = "fraud.kim", **other: Any) -> Mapping[str, Any]:
    digest = view(account, held).get("done", {"digest": "0" * 64})["digest"]
    return command(
        account, "confirm_block", held, **{"step": "confirm", "confirm": digest, "staff_id": staff_id, **other}
    )


def test_blocking_needs_two_persons(
    app: App, account: Account, held: str, certificate: CustomerCertificate
) -> None:
    assert confirm(account, held) == {"refused": "STATE_CONFLICT", "text": "there is no proposal to block it"}
    assert command(account, "propose_block", held)["done"]["proposed_by"] == LEE
    for same in ("fraud.lee", "Fraud.Lee", "FRAUD_LEE", "fraud.lee.", "fraudlee"):
        assert confirm(account, held, same)["text"] == "whoever proposed it cannot confirm it"
    assert look(app, held)["usable"]
    done = confirm(account, held)
    assert done["done"]["status"] == "BLOCKED"
    assert confirm(account, held) == done
    assert (look(app, held)["reason"], look(app, held)["usable"]) == ("REG_BLOCKED", False)
    assert command(account, "propose_block", held)["refused"] == "STATE_CONFLICT"
    for customer in (app, App(account, "kim")):
        assert_problem(customer.register(certificate), "NOT_AVAILABLE_FOR_REGISTRATION")
    assert_problem(remove(app, held), "REG_BLOCKED")


def test_the_second_person_sees_the_whole_proposal_to_block(account: Account, held: str) -> None:
    command(account, "propose_block", held)
    shown = dict(view(account, held)["done"])
    registration = shown.pop("registration")
    assert (registration["registration_id"], registration["usable"]) == (held, True)
    assert len(shown.pop("digest")) == 64
    assert len(shown.pop("proposal_id")) == 32
    assert shown == {
        "customer_id": "hong",
        "registration_id": held,
        "reason": STAFF["reason"],
        "proposed_by": LEE,
        "proposed_at": iso(account.at),
        "expires_at": iso(account.at + PROPOSAL_LIFE),
    }


def test_a_proposal_to_block_expires_after_a_day(app: App, account: Account, held: str) -> None:
    command(account, "propose_block", held)
    account.at += PROPOSAL_LIFE + timedelta(seconds=1)
    assert confirm(account, held)["text"].startswith("the proposal is older than a day")
    assert registrations_of(account).get("hong", held).usable_at(account.at)
    command(account, "propose_block", held)
    assert confirm(account, held)["done"]["status"] == "BLOCKED"


@pytest.mark.parametrize("change", ["another reason", "the same again"])
def test_a_confirmation_of_another_proposal_blocks_nothing(
    app: App, account: Account, held: str, change: str
) -> None:
    command(account, "propose_block", held)
    read = view(account, held)["done"]["digest"]
    command(account, "propose_block", held, **({"reason": "another case"} if change == "another reason" else {}))
    refused = confirm(account, held, confirm=read)
    assert refused["text"].startswith("confirm is not the digest of this proposal")
    assert look(app, held)["usable"]


def test_a_proposal_without_an_id_is_proposed_again(account: Account, held: str) -> None:
    """As an earlier release wrote it."""
    command(account, "propose_block", held)
    key = row_key("hong", held)
    account.client("dynamodb").update_item(
        TableName=account.physical["RegistrationsTable"], Key=key, UpdateExpression="REMOVE block_proposal_id"
    )
    assert confirm(account, held)["text"] == "there is no proposal to block it"


def test_a_block_is_audited_with_both_persons_and_the_proposal(account: Account, held: str) -> None:
    command(account, "propose_block", held)
    confirm(account, held, "fraud.lee")
    confirm(account, held)
    lines = [line for line in account.logged() if line.get("audit")]
    proposed, refused, done = (
        line for line in lines if "block" in line["message"] and line["message"] != "block.viewed"
    )
    assert (proposed["message"], proposed["staff_id"]) == ("block.proposed", LEE)
    assert (refused["message"], refused["staff_id"]) == ("block.not_confirmed", LEE)
    assert (done["message"], done["staff_id"], done["proposed_by"]) == (
        "registration.blocked",
        arn("fraud.kim"),
        LEE,
    )
    assert proposed["proposal_id"] == refused["proposal_id"] == done["proposal_id"]
    assert proposed["reason"] == done["reason"] == STAFF["reason"]
    assert all(line["request_id"] for line in (proposed, refused, done)), "CloudTrail names the principal by it"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "x"},
        {"customer_id": "홍"},
        {"registration_id": "r"},
    ],
)
def test_a_command_without_a_required_field_does_nothing(
    account: Account, app: App, held: str, wrong: dict[str, Any]
) -> None:
    refused = act(
        account, "set_bank_hold", {"customer_id": "hong", "registration_id": held, "hold": "on", **STAFF, **wrong}
    )
    assert refused["refused"] == "MALFORMED_REQUEST"
    assert next(iter(wrong)) in refused["text"]
    assert look(app, held)["usable"]


def test_a_command_about_an_unknown_registration_is_refused(account: Account) -> None:
    for verb, decided in (
        ("set_bank_hold", {"hold": "on"}),
        ("propose_block", {}),
        ("confirm_block", {"step": "view"}),
    ):
        refused = command(account, verb, "r" + "0" * 32, **decided)
        assert refused["refused"] == "REG_NOT_FOUND"
