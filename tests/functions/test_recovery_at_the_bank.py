"""A lost phone or authenticator app, replaced by two persons after a day, unless cancelled."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.access.recovery import COOLING_OFF, REENROLMENT
from registrar.domain.notices.kinds import Kind
from registrar.domain.times import iso
from registrar.domain.two_persons import PROPOSAL_LIFE
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.methods import Prover, by_sms, code_of, confirm, started, with_passkey
from tests.support.notices import text_message
from tests.support.prepared import prepared
from tests.support.rows import PHONE
from tests.support.staff import act, arn

NEW_PHONE = "+821087654321"
REASON = "identity card seen at the Jeonju branch"


def propose(account: Account, **other: Any) -> dict[str, Any]:
    event = {"customer_id": "hong", "staff_id": "kim.teller", "phone": NEW_PHONE, "lost": ["phone", "totp"]}
    proposed: dict[str, Any] = act(account, "propose_recovery", event | {"reason": REASON} | other)
    return proposed


def view(account: Account, recovery_id: str, staff: str = "lee.manager") -> dict[str, Any]:
    event = {"step": "view", "customer_id": "hong", "recovery_id": recovery_id, "staff_id": staff}
    viewed: dict[str, Any] = act(account, "approve_recovery", event)
    return viewed


def approve(account: Account, recovery_id: str, staff: str = "lee.manager", **other: Any) -> dict[str, Any]:
    """Approve what was read a moment ago."""
    digest = view(account, recovery_id, staff).get("done", {"digest": "0" * 64})["digest"]
    event = {"step": "approve", "customer_id": "hong", "recovery_id": recovery_id, "staff_id": staff}
    approved: dict[str, Any] = act(account, "approve_recovery", event | {"confirm": digest} | other)
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


def test_an_approval_whose_response_was_lost_is_repeated_and_begins_once(prover: Prover, account: Account) -> None:
    recovery_id = propose(account)["done"]["recovery_id"]
    digest = view(account, recovery_id)["done"]["digest"]
    event = {"step": "approve", "customer_id": "hong", "recovery_id": recovery_id, "confirm": digest}
    begun = act(account, "approve_recovery", event | {"staff_id": "lee.manager"})
    sent = len(prover.texts())
    customer = prover.customer()

    account.at += timedelta(minutes=1)
    assert act(account, "approve_recovery", event | {"staff_id": "lee.manager"}) == begun
    assert (len(prover.texts()), prover.customer()) == (sent, customer)
    approvals = [line for line in account.logged() if line["message"] == "recovery.approved"]
    assert [(line["again"], line["effective_at"]) for line in approvals] == [
        (False, begun["done"]["effective_at"]),
        (True, begun["done"]["effective_at"]),
    ]

    unread = event | {"staff_id": "lee.manager", "confirm": "0" * 64}
    assert act(account, "approve_recovery", unread)["refused"] == "STATE_CONFLICT"
    assert view(account, recovery_id) == refused("approved already")
    assert act(account, "approve_recovery", event | {"staff_id": "park.manager"}) == refused("approved already")
    account.at += COOLING_OFF
    assert act(account, "approve_recovery", event | {"staff_id": "lee.manager"}) == refused("approved already")


def test_a_recovery_by_one_person_is_refused(prover: Prover, account: Account) -> None:
    recovery_id = propose(account)["done"]["recovery_id"]

    for staff in ("kim.teller", "Kim.Teller", "KIM_TELLER", "kim.teller."):
        assert approve(account, recovery_id, staff) == refused("whoever proposed it cannot confirm it")
    account.at += COOLING_OFF * 2
    assert prover.customer().as_of(account.at).phone == PHONE
    assert prover.texts() == []


def test_an_approval_without_proposal_or_customer_is_refused(app: App, account: Account) -> None:
    assert approve(account, "0" * 32) == refused("no such proposal")
    assert propose(account, customer_id="nobody") == refused("no such customer")
    assert [line["message"] for line in account.logged() if line.get("audit")] == [
        "recovery.not_approved",
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
        {"lost": ["password"]},
        {"lost": [["phone"]]},
        {"reason": "he asked"},
        {"reason": " " * 20},
        {"reason": "x" * 501},
        {"reason": None},
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
    "wrong",
    [
        {"recovery_id": "x"},
        {"recovery_id": None},
        {"customer_id": ""},
        {"confirm": "yes"},
        {"confirm": None},
    ],
)
def test_a_malformed_approval_is_refused_and_changes_nothing(
    prover: Prover, account: Account, wrong: dict[str, Any]
) -> None:
    recovery_id = propose(account)["done"]["recovery_id"]
    event = {"customer_id": "hong", "recovery_id": recovery_id, "staff_id": "lee.manager"}
    event |= {"step": "approve", "confirm": view(account, recovery_id)["done"]["digest"]}

    found = act(account, "approve_recovery", event | wrong)

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


# ---- what a teller who wants somebody's phone may try


def test_a_lost_app_never_moves_the_phone(prover: Prover, account: Account) -> None:
    """The teller adds a phone of their own."""
    why = "the phone changes only where the phone was lost: leave phone out"
    assert propose(account, lost=["totp"]) == refused(why)
    assert prover.customer().recovery is None
    event = {"customer_id": "hong", "staff_id": "kim.teller", "lost": ["totp"], "reason": REASON}
    proposed = act(account, "propose_recovery", event)["done"]
    shown = view(account, proposed["recovery_id"])["done"]
    assert (shown["lost"], shown["phone"], shown["new_phone"]) == (["totp"], "010-****-5678", None)
    account.calls.clear()
    approve(account, proposed["recovery_id"])
    assert [message["to"] for message in prover.texts()] == [PHONE]

    account.at += COOLING_OFF
    then = prover.customer().as_of(account.at)
    assert (then.phone, then.totp_ciphertext) == (PHONE, None)
    (line,) = (line for line in account.logged() if line["message"] == "recovery.not_proposed")
    assert (line["lost"], line["new_phone"], line["why"]) == (["totp"], "010-****-4321", why)


def test_the_approver_sees_all_that_will_change(prover: Prover, account: Account) -> None:
    proposed = propose(account)["done"]
    shown = view(account, proposed["recovery_id"])["done"]
    assert len(shown.pop("digest")) == 64
    assert shown == {
        "recovery_id": proposed["recovery_id"],
        "customer_id": "hong",
        "lost": ["phone", "totp"],
        "phone": "010-****-5678",
        "new_phone": NEW_PHONE,
        "reason": REASON,
        "proposed_by": arn("kim.teller"),
        "proposed_at": iso(account.at),
        "expires_at": iso(account.at + PROPOSAL_LIFE),
    }
    assert prover.texts() == []
    assert prover.customer().recovery == prover.customer().as_of(account.at + COOLING_OFF).recovery


@pytest.mark.parametrize(
    ("lost", "code"), [(["phone", "totp"], "STEP_UP_TOO_WEAK"), (["phone", "totp", "passkeys"], "")]
)
def test_a_code_enrols_a_passkey_once_the_lost_ones_are_named(
    prover: Prover, account: Account, lost: list[str], code: str
) -> None:
    prover = prepared(prover.app, with_passkey)
    signing = prover.log_in_challenge()
    approve(account, propose(account, lost=lost)["done"]["recovery_id"])
    account.at += COOLING_OFF
    account.calls.clear()
    proof = by_sms(prover, prover.step_up("enrol", "passkey"))

    response = prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof})

    assert ("passkey" in prover.log_in_challenge()["methods"]) is bool(code)
    assert "passkey" in signing["methods"]
    if code:
        assert_problem(response, code)
    else:
        assert response.status == 200


def test_a_lost_passkey_answers_no_open_challenge(prover: Prover, account: Account) -> None:
    prover = prepared(prover.app, with_passkey)
    approve(account, propose(account, lost=["phone", "passkeys"])["done"]["recovery_id"])
    account.at += COOLING_OFF - timedelta(minutes=1)
    challenge = prover.log_in_challenge()
    account.at += timedelta(minutes=1)

    assert_problem(prover.by_passkey(challenge), "STEP_UP_INVALID")


def test_an_approval_without_the_digest_that_was_read_is_refused(prover: Prover, account: Account) -> None:
    proposed = propose(account)["done"]["recovery_id"]
    for unread in ("0" * 64, view(account, propose(account)["done"]["recovery_id"])["done"]["digest"]):
        assert "done" not in approve(account, proposed, confirm=unread)
    latest = propose(account)["done"]["recovery_id"]
    why = "confirm is not the digest of this proposal: view it again"
    assert approve(account, latest, confirm="0" * 64) == refused(why)
    assert prover.texts() == []


def test_an_approval_after_the_phone_changed_is_read_again(prover: Prover, account: Account) -> None:
    proposed = propose(account)["done"]["recovery_id"]
    read = view(account, proposed)["done"]["digest"]
    prover.change(phone="+821055556666")
    assert approve(account, proposed, confirm=read)["text"].startswith("confirm is not the digest")
    assert approve(account, proposed).keys() == {"done"}


def test_a_proposed_recovery_expires_after_a_day(prover: Prover, account: Account) -> None:
    proposed = propose(account)["done"]["recovery_id"]
    account.at += PROPOSAL_LIFE + timedelta(seconds=1)
    assert approve(account, proposed)["text"].startswith("the proposal is older than a day")


def test_the_audit_log_keeps_all_of_a_recovery_with_numbers_masked(prover: Prover, account: Account) -> None:
    approve(account, propose(account)["done"]["recovery_id"])
    lines = {line["message"]: line for line in account.logged() if line.get("audit")}
    for message, staff in (("recovery.proposed", "kim.teller"), ("recovery.approved", "lee.manager")):
        line = lines[message]
        assert (line["staff"], line["proposed_by"], line["reason"]) == (arn(staff), arn("kim.teller"), REASON)
        assert (line["phone"], line["new_phone"]) == ("010-****-5678", "010-****-4321")
        assert line["lost"] == ["phone", "totp"]
        assert line["proposed_at"]
    assert len(lines["recovery.approved"]["sha256"]) == 64
    written = account.log.getvalue()
    assert PHONE[-8:] not in written
    assert NEW_PHONE[-8:] not in written


def test_in_the_week_after_a_recovery_a_text_message_code_does_not_move_the_phone(
    prover: Prover, account: Account
) -> None:
    event = {"customer_id": "hong", "staff_id": "kim.teller", "lost": ["totp"], "reason": REASON}
    approve(account, act(account, "propose_recovery", event)["done"]["recovery_id"])
    account.at += COOLING_OFF
    weak = by_sms(prover, prover.step_up("enrol", "phone"))
    response = prover.app.call("POST", "/credentials/phone", {"proof_id": weak, "phone": NEW_PHONE})
    assert_problem(response, "STEP_UP_TOO_WEAK")
