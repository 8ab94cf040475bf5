"""The strongest method goes, in whatever way: what changes of credentials need does not fall at once."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest

from registrar.domain.access.credentials import STRENGTH_KEPT
from registrar.domain.access.recovery import COOLING_OFF, REENROLMENT, Recovery
from registrar.domain.notices.kinds import Kind
from registrar.domain.registrations.registration import Hold
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import a_certificate, an_ec_key
from tests.support.methods import Prover, by_sms, with_passkey
from tests.support.notices import delivered, texts
from tests.support.prepared import prepared
from tests.support.rows import registrations_of
from tests.support.transitions import confirm, propose
from tools.pki.authorities import one_year_from

NEW_PHONE = "+821087654321"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
Loss = Callable[[Prover, str], object]


@pytest.fixture
def registered(prover: Prover) -> str:
    return prepared(prover.app, holding)


def holding(app: App) -> str:
    first, last = one_year_from(app.account.at)
    return Prover(app).hold(a_certificate(key=an_ec_key(), not_before=first, not_after=last))


def start_passkey(prover: Prover, proof: str | None = None) -> Answer:
    """What a thief with the session and one-time codes tries."""
    proof = proof or prover.proof("enrol", "passkey")
    return prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof})


def held(hold: Hold) -> Loss:
    return lambda prover, named: registrations_of(prover.account).add_hold("hong", named, hold, prover.account.at)


def report(prover: Prover, named: str) -> None:
    path = "/registrations/{registration_id}/loss"
    assert prover.app.call("POST", path, registration_id=named).status == 200


def deregister(prover: Prover, named: str) -> None:
    prover.app.extra_headers = {"Proof-Id": prover.proof("deregister", named)}
    path = "/registrations/{registration_id}"
    assert prover.app.call("DELETE", path, registration_id=named).status == 200
    prover.app.extra_headers = {}


def expire(prover: Prover, named: str) -> None:
    account = prover.account
    account.at = registrations_of(account).get("hong", named).not_after + SECOND


def revoked(reason: str) -> Loss:
    return lambda prover, named: registrations_of(prover.account).revoke(
        "hong", named, reason, prover.account.at, prover.account.at
    )


def block(prover: Prover, named: str) -> None:
    store = registrations_of(prover.account)
    proposed = propose(store, store.get("hong", named), at=prover.account.at)
    confirm(store, proposed, at=prover.account.at)


def deny_its_key(prover: Prover, named: str) -> None:
    store = registrations_of(prover.account)
    denial = store._deny_list.denial(store.get("hong", named).key_digest, named, "keyCompromise", prover.account.at)
    store.client.update_item(**denial["Update"])


def hold_by_reevaluation(prover: Prover, named: str) -> None:
    registrations_of(prover.account).hold_by_reevaluation("hong", named, prover.account.at)


LOSSES: dict[str, Loss] = {
    "loss report": report,
    "bank's hold": held(Hold.BANK),
    "issuer's hold": held(Hold.ISSUER),
    "re-evaluation": hold_by_reevaluation,
    "deregistration": deregister,
    "expiry": expire,
    "revocation": revoked("superseded"),
    "compromise": revoked("keyCompromise"),
    "block": block,
    "denied key": deny_its_key,
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_code_enrols_no_passkey_until_a_week_after_the_certificate_was_lost(
    prover: Prover, account: Account, registered: str, loss: Loss
) -> None:
    assert_problem(start_passkey(prover), "STEP_UP_TOO_WEAK")
    loss(prover, registered)
    account.calls.clear()

    refused = start_passkey(prover)

    lost_at = registrations_of(account).get("hong", registered).lost_at(account.at)
    assert lost_at is not None
    ends = lost_at + STRENGTH_KEPT
    assert_problem(refused, "CREDENTIAL_CHANGE_DELAYED", again_at=iso(ends))
    assert refused.body["next_action"] == "WAIT_UNTIL"
    assert "otp" in prover.step_up("register")["methods"], "other step-ups go on"
    account.at = ends - timedelta(minutes=1)
    assert_problem(start_passkey(prover), "CREDENTIAL_CHANGE_DELAYED")
    account.at = ends
    assert start_passkey(prover).status == 200


def test_every_attempt_sends_the_customer_one_notice(prover: Prover, account: Account, registered: str) -> None:
    report(prover, registered)
    account.calls.clear()
    proof = prover.proof("enrol", "passkey")
    for _ in range(2):
        assert_problem(start_passkey(prover, proof), "CREDENTIAL_CHANGE_DELAYED")
    start_passkey(prover)

    queued = [each for each in account.sent_to("NoticeQueue") if each["kind"] == Kind.CREDENTIAL_CHANGE_DELAYED]
    assert delivered(account, *queued) == []
    assert len(texts()) == 2, "one for each proof of identity"


def test_repeating_a_loss_report_does_not_prolong_the_wait(
    prover: Prover, account: Account, registered: str
) -> None:
    reported_at = account.at
    report(prover, registered)
    account.pass_time(days=6)
    report(prover, registered)
    assert_problem(start_passkey(prover), "CREDENTIAL_CHANGE_DELAYED", again_at=iso(reported_at + STRENGTH_KEPT))


def test_a_certificate_registered_meanwhile_allows_the_change(
    prover: Prover, account: Account, registered: str
) -> None:
    report(prover, registered)
    first, last = one_year_from(account.at)
    new = a_certificate(key="ec", not_before=first, not_after=last)
    prover.hold(new)
    proof = prover.by_certificate(prover.step_up("enrol", "passkey"), new).body["proof_id"]
    assert prover.add_passkey(proof).status == 201


def test_a_resumed_certificate_is_no_loss(prover: Prover, account: Account, registered: str) -> None:
    store = registrations_of(account)
    report(prover, registered)
    store.add_hold("hong", registered, Hold.ISSUER, account.at)
    store.lift_hold("hong", registered, Hold.ISSUER, account.at)
    store.resume(store.get("hong", registered), account.at)
    assert store.get("hong", registered).lost_at(account.at) is None
    assert_problem(start_passkey(prover), "STEP_UP_TOO_WEAK")


def test_a_removed_passkey_counts_for_a_week(prover: Prover, account: Account) -> None:
    prover = prepared(prover.app, with_passkey)
    (passkey,) = prover.customer().passkeys
    proof = prover.by_passkey(prover.step_up("remove", passkey.id)).body["proof_id"]
    path = "/credentials/{credential_id}/removal"
    assert prover.app.call("POST", path, {"proof_id": proof}, credential_id=passkey.id).status == 200
    removed_at = account.at

    assert_problem(start_passkey(prover), "CREDENTIAL_CHANGE_DELAYED", again_at=iso(removed_at + STRENGTH_KEPT))
    account.at = removed_at + STRENGTH_KEPT
    assert prover.with_passkey().customer().passkeys


def test_a_proof_from_before_a_passkey_was_added_is_too_weak(prover: Prover) -> None:
    earlier = prover.proof("enrol", "passkey")
    prover.with_passkey()
    assert_problem(start_passkey(prover, earlier), "STEP_UP_TOO_WEAK")


def recovered(prover: Prover, *lost: str) -> None:
    """A recovery by two persons that took effect now."""
    approved_at = prover.account.at - COOLING_OFF
    recovery = Recovery("0" * 32, NEW_PHONE, lost, "identity card seen", "a", approved_at, "b", approved_at)
    prover.change(recovery=recovery)


def test_a_recovery_by_two_persons_ends_the_wait(prover: Prover, account: Account, registered: str) -> None:
    report(prover, registered)
    recovered(prover, "phone", "totp")
    proof = by_sms(prover, prover.step_up("enrol", "passkey"))
    assert start_passkey(prover, proof).status == 200


def test_a_recovery_ends_the_wait_for_what_it_renewed_only(prover: Prover, registered: str) -> None:
    report(prover, registered)
    recovered(prover, "phone")
    assert_problem(start_passkey(prover), "CREDENTIAL_CHANGE_DELAYED")


@pytest.mark.parametrize("kind", ["passkey", "totp"])
def test_a_certificate_lost_in_the_week_after_a_recovery_counts_for_new_methods(
    prover: Prover, account: Account, registered: str, kind: str
) -> None:
    recovered(prover, "phone", "totp")
    account.pass_time(minutes=1)
    report(prover, registered)
    account.calls.clear()
    proof = by_sms(prover, prover.step_up("enrol", kind))
    path = "/credentials/passkey/options" if kind == "passkey" else f"/credentials/{kind}"

    response = prover.app.call("POST", path, {"proof_id": proof, "phone": NEW_PHONE})

    # Waiting does not help: by then a text message is not enough, since the week after the recovery has passed.
    assert STRENGTH_KEPT >= REENROLMENT
    assert_problem(response, "STEP_UP_TOO_WEAK")
    assert Kind.CREDENTIAL_CHANGE_DELAYED in [each.get("kind") for each in account.sent_to("NoticeQueue")]


def test_the_second_request_of_an_enrolment_refuses_too(prover: Prover, registered: str) -> None:
    report(prover, registered)
    body = {"name": "x", "client_data_json": "AA==", "attestation_object": "AA=="}
    body["proof_id"] = prover.proof("enrol", "passkey")
    assert_problem(prover.app.call("POST", "/credentials/passkey", body), "CREDENTIAL_CHANGE_DELAYED")


def test_a_lost_certificate_of_another_customer_does_not_count(prover: Prover, account: Account) -> None:
    kim = dataclasses.replace(prover.app, customer_id="kim")
    with account.aside():
        theirs = Prover(kim).hold(a_certificate(key=an_ec_key()))
    registrations_of(account).add_hold("kim", theirs, Hold.CUSTOMER, account.at)
    assert start_passkey(prover).status == 200
