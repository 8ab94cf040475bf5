"""Adding, replacing and removing credentials."""

import base64
import dataclasses
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from registrar.aws.queues.channels import TextMessages
from registrar.domain.access.challenge import PROOF_LIFE, Operation
from registrar.domain.access.throttles import CUSTOMER_TEXTS_PER_DAY, TEXTS_PER_REQUEST
from registrar.domain.notices.kinds import Kind
from registrar.steps.changing_credentials import Credentials
from tests.support.account import Account
from tests.support.app import Answer, assert_problem
from tests.support.builders import a_certificate, an_ec_key
from tests.support.methods import ORIGIN, RP_ID, Prover, by_sms, code_of, confirm, started, with_passkey
from tests.support.notices import text_message
from tests.support.prepared import prepared
from tests.support.rows import PHONE, a_proof
from tools.demo.authenticator import Authenticator

NEW_PHONE = "+821087654321"
REASON = "identity card seen at the Jeonju branch"


# ---- passkeys


def test_a_passkey_is_added_with_a_proof_and_a_text_message_is_sent(prover: Prover, account: Account) -> None:
    response = prover.add_passkey(prover.proof("enrol", "passkey"), "갤럭시 S26")

    assert response.status == 201
    assert response.body["name"] == "갤럭시 S26"
    (message,) = prover.texts()
    assert message == {
        "to": PHONE,
        "text": text_message(Kind.PASSKEY_ADDED, detail="갤럭시 S26"),
    }
    (passkey,) = prover.customer().passkeys
    assert passkey.id == response.body["credential_id"]


def test_devices_show_the_banks_name_and_not_its_code(prover: Prover) -> None:
    proof = {"proof_id": prover.proof("enrol", "passkey")}
    options = prover.app.call("POST", "/credentials/passkey/options", proof).body
    assert options["rp"] == {"id": RP_ID, "name": "전북은행"}

    proof = {"proof_id": prover.proof("enrol", "totp")}
    uri = urlsplit(prover.app.call("POST", "/credentials/totp", proof).body["otpauth_uri"])
    assert unquote(uri.path).startswith("/전북은행:")
    assert parse_qs(uri.query)["issuer"] == ["전북은행"]


def test_a_proof_of_identity_adds_one_passkey(prover: Prover) -> None:
    proof = prover.proof("enrol", "passkey")
    assert prover.add_passkey(proof).status == 201
    prover.device = Authenticator(RP_ID, ORIGIN)

    again = prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof})
    assert_problem(again, "STEP_UP_REQUIRED")
    assert len(prover.customer().passkeys) == 1


@pytest.mark.parametrize(
    ("operation", "object_id"), [("register", ""), ("enrol", "totp"), ("enrol", "phone"), ("remove", "totp")]
)
def test_a_proof_for_another_operation_adds_no_passkey(prover: Prover, operation: str, object_id: str) -> None:
    proof = prover.proof(operation, object_id)

    assert_problem(prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof}), "STEP_UP_REQUIRED")


def test_an_expired_or_another_customers_proof_adds_no_passkey(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "passkey")
    kim = dataclasses.replace(prover.app, customer_id="kim")
    assert_problem(kim.call("POST", "/credentials/passkey/options", {"proof_id": proof}), "STEP_UP_REQUIRED")

    account.at += PROOF_LIFE + timedelta(seconds=1)
    late = prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof})
    assert_problem(late, "STEP_UP_REQUIRED")


def test_an_unproved_challenge_is_no_proof_of_identity(prover: Prover) -> None:
    challenge = prover.step_up("enrol", "passkey")

    response = prover.app.call("POST", "/credentials/passkey/options", {"proof_id": challenge["challenge_id"]})
    assert_problem(response, "STEP_UP_REQUIRED")


def test_a_text_message_code_is_too_weak_to_change_credentials(prover: Prover) -> None:
    for kind in ("passkey", "totp", "phone"):
        proof = by_sms(prover, prover.step_up("enrol", kind))
        path = "/credentials/passkey/options" if kind == "passkey" else f"/credentials/{kind}"
        response = prover.app.call("POST", path, {"proof_id": proof, "phone": NEW_PHONE})
        assert_problem(response, "STEP_UP_TOO_WEAK")
    assert prover.customer().phone == PHONE


def test_a_customer_with_a_passkey_needs_a_proof_as_strong_to_add_one(prover: Prover) -> None:
    prover = prepared(prover.app, with_passkey)
    proof = prover.proof("enrol", "passkey")
    assert_problem(prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof}), "STEP_UP_TOO_WEAK")

    first, prover.device = prover.device, Authenticator(RP_ID, ORIGIN)
    challenge = prover.step_up("enrol", "passkey")
    second, prover.device = prover.device, first
    proof = prover.by_passkey(challenge).body["proof_id"]
    prover.device = second
    assert prover.add_passkey(proof).status == 201
    assert len(prover.customer().passkeys) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": 0x41}, {"challenge": b"x" * 32}],
    ids=["origin", "RP id", "user not verified", "challenge"],
)
def test_an_invalid_credential_is_not_added(prover: Prover, wrong: dict[str, Any]) -> None:
    assert_problem(prover.add_passkey(prover.proof("enrol", "passkey"), **wrong), "CREDENTIAL_INVALID")
    assert prover.customer().passkeys == ()
    assert prover.texts() == []


def test_the_same_device_is_not_added_twice(prover: Prover) -> None:
    prover = prepared(prover.app, with_passkey)
    proof = prover.by_passkey(prover.step_up("enrol", "passkey")).body["proof_id"]

    assert_problem(prover.add_passkey(proof), "CREDENTIAL_INVALID")


def test_at_most_five_passkeys_are_added(prover: Prover) -> None:
    prover = prepared(prover.app, with_passkey)
    (known,) = prover.customer().passkeys
    more = [dataclasses.replace(known, credential_id=bytes([number]) * 32) for number in range(4)]
    prover.change(passkeys=(known, *more))
    proof = prover.by_passkey(prover.step_up("enrol", "passkey")).body["proof_id"]

    response = prover.app.call("POST", "/credentials/passkey/options", {"proof_id": proof})
    assert_problem(response, "CREDENTIAL_LIMIT_REACHED", limit=5)


def test_a_change_fails_when_its_notice_cannot_be_queued(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = prover.proof("enrol", "passkey")

    def fails(*_: object) -> None:
        raise RuntimeError("SNS is away")

    monkeypatch.setattr(TextMessages, "send", fails)
    assert_problem(prover.add_passkey(proof), "SYSTEM_RETRY")
    assert prover.customer().passkeys == ()


def test_a_certificate_proof_allows_every_change(prover: Prover) -> None:
    certificate = a_certificate(key=an_ec_key())
    prover.hold(certificate)
    proof = prover.by_certificate(prover.step_up("enrol", "passkey"), certificate).body["proof_id"]

    assert prover.add_passkey(proof).status == 201


# ---- authenticator app


def test_a_new_authenticator_app_replaces_the_old_one_after_its_code(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "totp")
    old = prover.customer().totp_ciphertext
    secret = started(prover, proof)
    assert prover.customer().totp_ciphertext == old, "nothing is replaced before it works"
    assert len(secret) == 20

    assert confirm(prover, proof, code_of(secret, account)).status == 201

    assert text_message(Kind.TOTP_ADDED) in [each["text"] for each in prover.texts()]
    account.pass_time(minutes=1)
    challenge = prover.log_in_challenge()
    assert_problem(prover.by_otp(challenge), "STEP_UP_INVALID")
    assert prover.by_otp(challenge, code_of(secret, account)).status == 200


def test_a_new_totp_secret_is_stored_encrypted_only(prover: Prover, account: Account) -> None:
    secret = started(prover, prover.proof("enrol", "totp"))

    shown = base64.b32encode(secret).decode()
    for place in (repr(account.items("CustomersTable")), account.log.getvalue()):
        assert shown not in place
        assert secret.hex() not in place
        assert base64.b64encode(secret).decode() not in place


def test_a_wrong_code_confirms_nothing_and_the_fifth_ends_the_enrolment(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "totp")
    secret = started(prover, proof)
    right = code_of(secret, account)
    wrong = "000000" if right != "000000" else "111111"

    for left in (4, 3, 2, 1):
        assert_problem(confirm(prover, proof, wrong), "STEP_UP_INVALID", tries_left=left)
    assert_problem(confirm(prover, proof, wrong), "STEP_UP_EXPIRED")
    assert_problem(confirm(prover, proof, right), "STEP_UP_EXPIRED")


def test_a_code_confirms_only_the_enrolment_of_its_own_proof(prover: Prover, account: Account) -> None:
    secret = started(prover, prover.proof("enrol", "totp"))
    another = prover.proof("enrol", "totp")

    assert_problem(confirm(prover, another, code_of(secret, account)), "STEP_UP_EXPIRED")


def test_the_code_that_confirms_an_app_is_used_up(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "totp")
    secret = started(prover, proof)
    code = code_of(secret, account)
    assert confirm(prover, proof, code).status == 201

    assert_problem(prover.by_otp(prover.step_up("enrol", "phone"), code), "STEP_UP_REUSED")
    assert_problem(prover.by_otp(prover.log_in_challenge(), code), "STEP_UP_REUSED")
    account.pass_time(seconds=30)
    assert prover.by_otp(prover.step_up("enrol", "phone"), code_of(secret, account)).status == 200


def test_an_app_is_confirmed_in_the_time_step_in_which_the_one_before_was_used(
    prover: Prover, account: Account
) -> None:
    proof = str(prover.by_otp(prover.step_up("enrol", "totp"), prover.app.code(1)).body["proof_id"])
    secret = started(prover, proof)
    code = code_of(secret, account)

    assert confirm(prover, proof, code).status == 201
    assert_problem(prover.by_otp(prover.step_up("enrol", "phone"), code), "STEP_UP_REUSED")


def test_an_app_whose_change_failed_is_confirmed_by_the_same_code(
    prover: Prover, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = prover.proof("enrol", "totp")
    code = code_of(started(prover, proof), account)
    with monkeypatch.context() as patched:
        patched.setattr(Credentials, "change", _fails)
        assert_problem(confirm(prover, proof, code), "SYSTEM_RETRY")
    assert confirm(prover, proof, code).status == 201


def _fails(*_: object, **__: object) -> None:
    raise ConnectionError("AWS is away")


# ---- phone


def start_phone(prover: Prover, proof: str, phone: str = NEW_PHONE) -> Answer:
    return prover.app.call("POST", "/credentials/phone", {"proof_id": proof, "phone": phone})


def give_phone_code(prover: Prover, proof: str, code: str) -> Answer:
    return prover.app.call("POST", "/credentials/phone/code", {"proof_id": proof, "code": code})


def test_one_proof_of_identity_sends_few_texts_to_whatever_numbers(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "phone")
    answers = [start_phone(prover, proof, f"+82108765{n:04d}") for n in range(10)]

    assert [answer.status for answer in answers] == [200] * TEXTS_PER_REQUEST + [429] * (10 - TEXTS_PER_REQUEST)
    assert_problem(answers[-1], "RATE_LIMITED")
    wait = int(answers[-1].headers["Retry-After"])
    assert 0 < wait <= PROOF_LIFE.total_seconds()
    assert len(prover.texts()) == TEXTS_PER_REQUEST
    another = prover.proof("enrol", "phone")
    assert start_phone(prover, another).status == 200, "a new proof of identity has texts of its own"


def test_a_customers_proofs_of_identity_together_send_limited_texts_a_day(prover: Prover, account: Account) -> None:
    number = iter(range(1000))
    for _ in range(CUSTOMER_TEXTS_PER_DAY):
        with account.aside():
            proof = a_proof(account, "hong", Operation.ENROL, "phone", proved_at=account.at).id
        for _ in range(TEXTS_PER_REQUEST):
            start_phone(prover, proof, f"+82108765{next(number):04d}")
        account.pass_time(minutes=8)

    assert len(prover.texts()) == CUSTOMER_TEXTS_PER_DAY
    challenge = prover.log_in_challenge()
    assert prover.ask_sms(challenge).status == 200, "logins have texts of their own"


def test_a_refused_or_failed_text_leaves_the_code_before_it_valid(
    prover: Prover, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = prover.proof("enrol", "phone")
    assert start_phone(prover, proof).status == 200
    code = prover.last_code()

    assert_problem(start_phone(prover, proof), "RATE_LIMITED")
    account.pass_time(minutes=1)
    with monkeypatch.context() as patched:
        patched.setattr(TextMessages, "send", _fails)
        assert_problem(start_phone(prover, proof), "SYSTEM_RETRY")

    assert give_phone_code(prover, proof, code).status == 201
    assert prover.customer().phone == NEW_PHONE


def test_starting_again_gives_no_new_tries(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "phone")
    start_phone(prover, proof)
    wrong = "000000" if prover.last_code() != "000000" else "111111"
    for left in (4, 3):
        assert_problem(give_phone_code(prover, proof, wrong), "STEP_UP_INVALID", tries_left=left)
    account.pass_time(minutes=1)
    start_phone(prover, proof)
    wrong = "000000" if prover.last_code() != "000000" else "111111"
    for left in (2, 1):
        assert_problem(give_phone_code(prover, proof, wrong), "STEP_UP_INVALID", tries_left=left)
    assert_problem(give_phone_code(prover, proof, wrong), "STEP_UP_EXPIRED")

    account.pass_time(minutes=1)
    sent = len(prover.texts())
    assert_problem(start_phone(prover, proof), "STEP_UP_REQUIRED")
    assert len(prover.texts()) == sent
    assert start_phone(prover, prover.proof("enrol", "phone")).status == 200


def test_a_new_phone_is_confirmed_by_its_code_and_the_old_one_is_notified(prover: Prover, account: Account) -> None:
    proof = prover.proof("enrol", "phone")
    requested = prover.app.call("POST", "/credentials/phone", {"proof_id": proof, "phone": NEW_PHONE})
    assert requested.body["phone"] == "010-****-4321"
    code = prover.last_code()
    assert prover.customer().phone == PHONE

    response = prover.app.call("POST", "/credentials/phone/code", {"proof_id": proof, "code": code})

    assert response.status == 201
    assert prover.customer().phone == NEW_PHONE
    notice = {"to": PHONE, "text": text_message(Kind.PHONE_CHANGED, detail="010-****-4321")}
    assert prover.texts()[-1] == notice
    assert [message["to"] for message in prover.texts()] == [NEW_PHONE, PHONE]


def test_a_wrong_code_changes_no_phone(prover: Prover) -> None:
    proof = prover.proof("enrol", "phone")
    prover.app.call("POST", "/credentials/phone", {"proof_id": proof, "phone": NEW_PHONE})
    wrong = "000000" if prover.last_code() != "000000" else "111111"

    response = prover.app.call("POST", "/credentials/phone/code", {"proof_id": proof, "code": wrong})
    assert_problem(response, "STEP_UP_INVALID", tries_left=4)
    assert prover.customer().phone == PHONE


@pytest.mark.parametrize("phone", ["+15005550006", "+8210123", "01012345678", "+82212345678", "+821012345678 "])
def test_text_messages_are_sent_to_korean_mobile_phones_only(prover: Prover, phone: str) -> None:
    proof = prover.proof("enrol", "phone")

    response = prover.app.call("POST", "/credentials/phone", {"proof_id": proof, "phone": phone})
    assert_problem(response, "MALFORMED_REQUEST", field="phone")
    assert prover.texts() == []


def test_phone_changes_are_limited_per_phone(prover: Prover) -> None:
    first = prover.proof("enrol", "phone")
    assert prover.app.call("POST", "/credentials/phone", {"proof_id": first, "phone": NEW_PHONE}).status == 200

    second = prover.app.call("POST", "/credentials/phone", {"proof_id": first, "phone": NEW_PHONE})
    assert_problem(second, "RATE_LIMITED")


# ---- list and remove


def test_the_list_shows_credentials_without_secrets(prover: Prover) -> None:
    prover = prepared(prover.app, with_passkey)

    response = prover.app.call("GET", "/credentials")

    assert [each["kind"] for each in response.body["credentials"]] == ["passkey", "totp", "phone"]
    assert response.body["credentials"][0]["name"] == "갤럭시 S26"
    assert response.body["credentials"][2]["phone"] == "010-****-5678"
    assert "recovery" not in response.body


def test_a_passkey_is_removed_with_a_proof_for_this_passkey_only(prover: Prover, account: Account) -> None:
    prover = prepared(prover.app, with_passkey)
    (passkey,) = prover.customer().passkeys
    elsewhere = prover.by_passkey(prover.step_up("remove", "totp")).body["proof_id"]
    path = "/credentials/{credential_id}/removal"
    refused = prover.app.call("POST", path, {"proof_id": elsewhere}, credential_id=passkey.id)
    assert_problem(refused, "STEP_UP_REQUIRED")

    proof = prover.by_passkey(prover.step_up("remove", passkey.id)).body["proof_id"]
    response = prover.app.call("POST", path, {"proof_id": proof}, credential_id=passkey.id)

    assert response.body == {"removed": passkey.id}
    assert prover.customer().passkeys == ()
    assert prover.texts()[-1]["text"] == text_message(
        Kind.PASSKEY_REMOVED, changed_at=account.at, detail=passkey.name
    )
    assert "passkey" not in prover.log_in_challenge()["methods"]


def test_the_last_method_cannot_be_removed(prover: Prover) -> None:
    proof = prover.proof("remove", "totp")

    response = prover.app.call(
        "POST", "/credentials/{credential_id}/removal", {"proof_id": proof}, credential_id="totp"
    )
    assert_problem(response, "CREDENTIAL_LAST")


def test_an_unknown_credential_cannot_be_removed(prover: Prover) -> None:
    proof = prover.proof("remove", "0" * 32)

    path = "/credentials/{credential_id}/removal"
    assert_problem(
        prover.app.call("POST", path, {"proof_id": proof}, credential_id="0" * 32), "CREDENTIAL_NOT_FOUND"
    )
