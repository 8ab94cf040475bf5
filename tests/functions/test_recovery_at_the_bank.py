"""A lost phone or authenticator app, replaced by two persons after a day, unless cancelled."""

from typing import Any

import pytest

from registrar.domain.access.recovery import COOLING_OFF, REENROLMENT
from registrar.domain.notices.kinds import Kind
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.methods import Prover, by_sms, code_of, confirm, started
from tests.support.notices import text_message
from tests.support.rows import PHONE

NEW_PHONE = "+821087654321"
REASON = "identity card seen at the Jeonju branch"


@pytest.fixture
def prover(app: App) -> Prover:
    return Prover(app).log_in()


def propose(account: Account, **other: Any) -> dict[str, Any]:
    event = {"customer_id": "hong", "staff_id": "kim.teller", "phone": NEW_PHONE, "lost": ["phone", "totp"]}
    proposed: dict[str, Any] = account.invoke("propose_recovery", event | {"reason": REASON} | other)
    return proposed


def approve(account: Account, recovery_id: str, staff: str = "lee.manager") -> dict[str, Any]:
    event = {"customer_id": "hong", "recovery_id": recovery_id, "staff_id": staff}
    approved: dict[str, Any] = account.invoke("approve_recovery", event)
    return approved


def refused(why: str) -> dict[str, str]:
    return {"refused": "STATE_CONFLICT", "text": why}


def test_a_recovery_by_two_persons_takes_effect_after_a_day(prover: Prover, account: Account) -> None:
    proposed = propose(account)
    assert prover.texts() == []
    approved = approve(account, proposed["done"]["recovery_id"])

    ends = account.at + COOLING_OFF
    assert approved == {"done": {"effective_at": iso(ends)}}
    told = text_message(Kind.RECOVERY_APPROVED, phone_masked="010-****-4321", effective_at=ends)
    assert sorted(prover.texts(), key=str) == sorted(
        [{"to": PHONE, "text": told}, {"to": NEW_PHONE, "text": told}], key=str
    )
    shown = prover.app.call("GET", "/credentials").body
    assert shown["recovery"]["effective_at"] == iso(ends)
    assert shown["recovery"]["phone"] == "010-****-4321"
    assert "otp" in prover.log_in_challenge()["methods"], "everything works as before until then"

    account.at = ends
    shown = prover.app.call("GET", "/credentials").body
    assert [each["kind"] for each in shown["credentials"]] == ["phone"]
    assert "recovery" not in shown


def test_a_recovery_by_one_person_is_refused(prover: Prover, account: Account) -> None:
    recovery_id = propose(account)["done"]["recovery_id"]

    for staff in ("kim.teller", "Kim.Teller"):
        assert approve(account, recovery_id, staff) == refused("whoever proposed it cannot approve it")
    account.at += COOLING_OFF * 2
    assert prover.customer().as_of(account.at).phone == PHONE
    assert prover.texts() == []


def test_an_approval_without_proposal_or_customer_is_refused(app: App, account: Account) -> None:
    assert approve(account, "0" * 32) == refused("no such proposal, or older than a day")
    assert propose(account, customer_id="nobody") == refused("no such customer")
    assert [line["message"] for line in account.logged() if line.get("audit")] == [
        "recovery.not_approved",
        "recovery.not_proposed",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "+15005550006"},
        {"phone": "+82212345678"},
        {"phone": "01012345678"},
        {"lost": []},
        {"lost": "phone"},
        {"lost": ["password"]},
        {"lost": [["phone"]]},
        {"reason": "he asked"},
        {"reason": " " * 20},
        {"reason": "x" * 501},
        {"reason": None},
        {"staff_id": ""},
        {"staff_id": "kim teller"},
        {"customer_id": "홍"},
    ],
)
def test_a_malformed_proposal_is_refused_and_changes_nothing(
    prover: Prover, account: Account, wrong: dict[str, Any]
) -> None:
    found = propose(account, **wrong)

    assert found["refused"] == "MALFORMED_REQUEST"
    assert next(iter(wrong)) in found["text"]
    assert prover.customer().recovery is None


@pytest.mark.parametrize(
    "wrong", [{"recovery_id": "x"}, {"recovery_id": None}, {"staff_id": "lee manager"}, {"customer_id": ""}]
)
def test_a_malformed_approval_is_refused_and_changes_nothing(
    prover: Prover, account: Account, wrong: dict[str, Any]
) -> None:
    recovery_id = propose(account)["done"]["recovery_id"]
    event = {"customer_id": "hong", "recovery_id": recovery_id, "staff_id": "lee.manager"}

    found = account.invoke("approve_recovery", event | wrong)

    assert found["refused"] == "MALFORMED_REQUEST"
    assert next(iter(wrong)) in found["text"]
    assert approve(account, recovery_id).keys() == {"done"}


def test_the_customer_cancels_a_recovery_and_both_phones_are_notified(prover: Prover, account: Account) -> None:
    approve(account, propose(account)["done"]["recovery_id"])
    assert propose(account) == refused("another recovery is cooling off")
    account.calls.clear()

    response = prover.app.call("POST", "/recovery/cancellation")

    assert response.status == 200
    assert {message["to"] for message in prover.texts()} == {PHONE, NEW_PHONE}
    account.at += COOLING_OFF
    assert prover.customer().as_of(account.at).phone == PHONE
    assert_problem(prover.app.call("POST", "/recovery/cancellation"), "RECOVERY_NOT_FOUND")


def test_after_a_recovery_a_text_message_code_allows_enrolment_for_a_week(prover: Prover, account: Account) -> None:
    approve(account, propose(account)["done"]["recovery_id"])
    account.at += COOLING_OFF

    proof = by_sms(prover, prover.step_up("enrol", "totp"))
    assert confirm(prover, proof, code_of(started(prover, proof), account)).status == 201
    assert prover.customer().phone == NEW_PHONE
    account.pass_time(days=1)
    assert "otp" in prover.log_in_challenge()["methods"], "what is enrolled anew is not what was lost"

    account.at += REENROLMENT
    weak = by_sms(prover, prover.step_up("enrol", "passkey"))
    response = prover.app.call("POST", "/credentials/passkey/options", {"proof_id": weak})
    assert_problem(response, "STEP_UP_TOO_WEAK")
