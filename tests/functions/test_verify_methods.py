"""Proving a challenge by text message, passkey and certificate, and attacks on it."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.queues.channels import TextMessages
from registrar.aws.tables.challenges import Challenges
from registrar.domain.access.challenge import MAX_TRIES, Operation, new_challenge
from registrar.domain.access.recovery import COOLING_OFF, approve, propose
from registrar.domain.access.sms_codes import SMS_CODE_LIFE
from registrar.domain.access.throttles import CUSTOMER_TEXTS_PER_HOUR, CountedText, TextPurpose
from registrar.domain.notices.kinds import Kind
from registrar.domain.registrations.registration import Hold
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import NOW, a_certificate, an_ec_key
from tests.support.methods import ORIGIN, RP_ID, Prover, with_passkey, wrong_code
from tests.support.notices import text_message
from tests.support.prepared import prepared
from tests.support.rows import PHONE, put, registrations_of
from tools.demo.authenticator import PRESENT, VERIFIED, Authenticator, from_websafe


@pytest.fixture
def stranger(app: App, account: Account) -> Prover:
    """Another customer, with the attacker's own credentials."""
    return Prover(App(account, "kim")).log_in()


def good() -> Any:
    return a_certificate(key=an_ec_key())


# ---- methods of a customer


def test_a_challenge_lists_the_methods_this_customer_has(prover: Prover) -> None:
    assert prover.log_in_challenge()["methods"] == ["otp", "sms"]

    prover.with_passkey()
    held = prover.hold(good())
    challenge = prover.log_in_challenge()

    assert challenge["methods"] == ["certificate", "passkey", "otp", "sms"]
    assert challenge["asked"]["sms"] == {"phone": "010-****-5678"}
    assert challenge["asked"]["certificate"]["registrations"][0]["registration_id"] == held
    assert f"본인 확인 번호: {challenge['challenge_id']}" in challenge["asked"]["certificate"]["text"]
    assert prover.step_up("enrol", "passkey")["methods"] == challenge["methods"]


def test_a_method_that_the_customer_lacks_is_refused(prover: Prover) -> None:
    for response in (
        prover.app.call("POST", "/challenges/passkey", {
            "challenge_id": prover.log_in_challenge()["challenge_id"], **prover.device.get(b"x" * 32),
        }),
        prover.app.call("POST", "/challenges/certificate", {
            "challenge_id": prover.log_in_challenge()["challenge_id"], "registration_id": "r" + "0" * 32,
            "signature": "AAAA",
        }),
    ):  # fmt: skip
        assert_problem(response, "STEP_UP_METHOD_UNAVAILABLE", methods=["otp", "sms"])


# ---- text messages


def test_a_text_message_code_logs_in_and_names_its_purpose(prover: Prover, account: Account) -> None:
    challenge = prover.log_in_challenge()

    sent = prover.ask_sms(challenge)

    assert (sent.status, sent.body["phone"]) == (200, "010-****-5678")
    (message,) = prover.texts()
    assert message == {
        "to": PHONE,
        "text": text_message(Kind.ONE_TIME_CODE, code=prover.last_code(), operation=Operation.LOGIN),
    }
    assert prover.by_sms(challenge, prover.last_code()).body["token_type"] == "Bearer"


def test_the_message_names_the_operation(prover: Prover) -> None:
    challenge = prover.step_up("register")
    prover.ask_sms(challenge)

    assert "(인증서 등록)" in prover.texts()[-1]["text"]
    assert prover.by_sms(challenge, prover.last_code()).body["operation"] == "register"


def test_a_text_message_code_is_stored_as_a_digest_only(prover: Prover, account: Account) -> None:
    prover.ask_sms(prover.log_in_challenge())

    code = prover.last_code()
    assert code not in repr(account.items("ChallengesTable"))
    assert code not in account.log.getvalue()


def test_a_code_is_valid_once_for_its_challenge_and_for_three_minutes(prover: Prover, account: Account) -> None:
    first = prover.log_in_challenge()
    prover.ask_sms(first)
    code = prover.last_code()
    account.pass_time(minutes=1)
    second = prover.log_in_challenge()

    assert_problem(prover.by_sms(second, code), "STEP_UP_INVALID")
    assert prover.by_sms(first, code).status == 200
    assert_problem(prover.by_sms(first, code), "STEP_UP_EXPIRED")

    third = prover.log_in_challenge()
    prover.ask_sms(third)
    account.at += SMS_CODE_LIFE
    assert_problem(prover.by_sms(third, prover.last_code()), "STEP_UP_INVALID")


def test_a_newer_message_invalidates_the_older_code(prover: Prover, account: Account) -> None:
    challenge = prover.log_in_challenge()
    prover.ask_sms(challenge)
    older = prover.last_code()
    account.pass_time(minutes=1)
    prover.ask_sms(challenge)

    if older != prover.last_code():
        assert_problem(prover.by_sms(challenge, older), "STEP_UP_INVALID")
    assert prover.by_sms(challenge, prover.last_code()).status == 200


def test_five_wrong_codes_end_the_challenge_whatever_was_sent(prover: Prover) -> None:
    challenge = prover.log_in_challenge()
    prover.ask_sms(challenge)
    code = prover.last_code()
    wrong = "000000" if code != "000000" else "111111"

    for _ in range(4):
        assert_problem(prover.by_sms(challenge, wrong), "STEP_UP_INVALID")
    assert_problem(prover.by_sms(challenge, wrong), "STEP_UP_LOCKED")
    assert_problem(prover.by_sms(challenge, code), "STEP_UP_LOCKED")


def test_text_messages_are_limited_per_phone(prover: Prover, account: Account) -> None:
    assert prover.ask_sms(_another_challenge(account)).status == 200
    assert_problem(prover.ask_sms(_another_challenge(account)), "RATE_LIMITED")

    for _ in range(10):
        account.pass_time(minutes=1)
        prover.ask_sms(_another_challenge(account))

    assert len(prover.texts()) == 5, "a phone gets five messages an hour, whoever asks and however"


def _another_challenge(account: Account) -> dict[str, Any]:
    """One more challenge: requesting them is limited as well."""
    challenge = new_challenge("hong", "personal", ("sms",), account.at)
    Challenges(account.client("dynamodb"), account.physical["ChallengesTable"]).add(challenge)
    return {"challenge_id": challenge.id}


def test_text_messages_are_limited_per_challenge(prover: Prover, account: Account) -> None:
    challenge = prover.log_in_challenge()
    for _ in range(3):
        assert prover.ask_sms(challenge).status == 200
        account.pass_time(minutes=1)

    assert_problem(prover.ask_sms(challenge), "RATE_LIMITED")


def test_a_customers_texts_are_limited_by_day_and_for_each_purpose(prover: Prover, account: Account) -> None:
    """The phone may have been replaced in between: whatever the numbers, the customer's budget is one."""
    with account.aside():
        for number in range(CUSTOMER_TEXTS_PER_HOUR):
            text = CountedText(
                "hong", TextPurpose.STEP_UP, f"request-{number}", account.at, f"+82109999{number:04d}"
            )
            account.function("send_otp").throttles.count_text(text, account.at)

    refused = prover.ask_sms(prover.step_up("register"))
    assert_problem(refused, "RATE_LIMITED")
    assert 60 < int(refused.headers["Retry-After"]) <= 3600
    assert prover.ask_sms(prover.log_in_challenge()).status == 200


def test_a_refused_text_takes_none_of_its_challenge(prover: Prover, account: Account) -> None:
    challenge = prover.log_in_challenge()
    assert prover.ask_sms(challenge).status == 200
    for _ in range(5):
        assert_problem(prover.ask_sms(challenge), "RATE_LIMITED")
    account.pass_time(minutes=1)
    assert prover.ask_sms(challenge).status == 200


def test_a_refused_or_failed_text_leaves_the_code_before_it_valid(
    prover: Prover, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = prover.log_in_challenge()
    prover.ask_sms(challenge)
    code = prover.last_code()

    assert_problem(prover.ask_sms(challenge), "RATE_LIMITED")
    account.pass_time(minutes=1)

    def fails(*_: object) -> None:
        raise ConnectionError("SNS is away")

    with monkeypatch.context() as patched:
        patched.setattr(TextMessages, "send", fails)
        assert_problem(prover.ask_sms(challenge), "SYSTEM_RETRY")

    assert prover.by_sms(challenge, code).status == 200


@pytest.mark.parametrize("state", ["proved", "expired", "out of tries"])
def test_a_challenge_that_takes_no_response_sends_nothing(prover: Prover, account: Account, state: str) -> None:
    challenge = prover.log_in_challenge()
    if state == "proved":
        challenge = prover.step_up("register")
        assert prover.by_otp(challenge).status == 200
    elif state == "expired":
        account.pass_time(minutes=5)
    else:
        for _ in range(MAX_TRIES):
            prover.by_otp(challenge, wrong_code(prover.app))
    assert_problem(prover.ask_sms(challenge), "STEP_UP_EXPIRED")
    assert prover.texts() == []


def test_an_unknown_challenge_sends_nothing(prover: Prover) -> None:
    assert_problem(prover.ask_sms({"challenge_id": "A" * 22}), "STEP_UP_EXPIRED")
    assert prover.texts() == []


def test_after_a_recovery_the_code_goes_to_the_new_phone_alone(prover: Prover, account: Account) -> None:
    proposal = propose("+821087654321", ("phone", "totp"), "identity card seen", "kim", account.at, current=PHONE)
    prover.change(recovery=approve(proposal, "lee", account.at))
    account.at += COOLING_OFF

    challenge = prover.log_in_challenge()
    assert challenge["methods"] == ["sms"]
    account.calls.clear()
    prover.ask_sms(challenge)

    assert [message["to"] for message in prover.texts()] == ["+821087654321"]
    assert_problem(prover.by_otp(challenge), "STEP_UP_METHOD_UNAVAILABLE")
    assert prover.by_sms(challenge, prover.last_code()).status == 200


# ---- methods that change while a challenge is open


def _replace_app(prover: Prover, account: Account) -> None:
    with account.aside():
        secrets = account.function("add_totp").customer_secrets
        prover.change(totp_ciphertext=secrets.seal("hong", b"98765432109876543210"))


def _recover(prover: Prover, account: Account) -> None:
    phone = prover.customer().phone
    proposal = propose("+821087654321", ("phone", "totp"), "identity card seen", "kim", account.at, current=phone)
    approved = approve(proposal, "lee", account.at)
    prover.change(recovery=dataclasses.replace(approved, approved_at=account.at - COOLING_OFF))


@pytest.mark.parametrize(
    ("change", "by", "code"),
    [
        (_replace_app, "otp", "STEP_UP_INVALID"),
        (lambda prover, _: prover.change(totp_ciphertext=None), "otp", "STEP_UP_METHOD_UNAVAILABLE"),
        (_recover, "otp", "STEP_UP_METHOD_UNAVAILABLE"),
        (lambda prover, _: prover.change(phone="+821087654321"), "sms", "STEP_UP_INVALID"),
        (_recover, "sms", "STEP_UP_INVALID"),
        (lambda prover, _: prover.change(passkeys=()), "passkey", "STEP_UP_INVALID"),
    ],
    ids=["app replaced", "app removed", "app lost", "phone replaced", "phone lost", "passkey removed"],
)
@pytest.mark.parametrize("asked", ["login", "step-up"])
def test_a_method_that_changed_proves_no_open_challenge(
    prover: Prover, account: Account, asked: str, change: Callable[[Prover, Account], None], by: str, code: str
) -> None:
    prover = prepared(prover.app, with_passkey)
    challenge = prover.log_in_challenge() if asked == "login" else prover.step_up("enrol", "phone")
    sent = ""
    if by == "sms":
        prover.ask_sms(challenge)
        sent = prover.last_code()
    change(prover, account)

    responses: dict[str, Callable[[], Answer]] = {
        "otp": lambda: prover.by_otp(challenge),
        "sms": lambda: prover.by_sms(challenge, sent),
        "passkey": lambda: prover.by_passkey(challenge),
    }
    assert_problem(responses[by](), code)


def test_a_former_customer_proves_nothing(prover: Prover, account: Account) -> None:
    challenge = prover.log_in_challenge()
    table = account.physical["CustomersTable"]
    account.client("dynamodb").delete_item(TableName=table, Key={"id": {"S": "hong"}})
    assert_problem(prover.by_otp(challenge), "STEP_UP_EXPIRED")


# ---- passkeys


def test_a_passkey_logs_in_and_steps_up_as_often_as_needed(prover: Prover) -> None:
    prover = prepared(prover.app, with_passkey)

    assert prover.by_passkey(prover.log_in_challenge()).body["token_type"] == "Bearer"
    proofs = [prover.by_passkey(prover.step_up("register")).body["proof_id"] for _ in range(3)]

    assert len(set(proofs)) == 3, "no waiting for the next code"
    assert prover.customer().passkeys[0].counter == 4


WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://bank.example.evil.example"},
    "another RP id": {"rp_id": "evil.example"},
    "inside a frame": {"cross_origin": True},
    "user not present": {"flags": VERIFIED},
    "user not verified": {"flags": PRESENT},
    "a counter that stands still": {"counter": 1},
    "a counter that went back": {"counter": 0},
    "another challenge": {"challenge": b"x" * 32},
    "another kind of ceremony": {"type": "webauthn.create"},
    "another key": {"key": an_ec_key("another")},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_forged_or_copied_passkey_proof_is_refused_and_counted(prover: Prover, wrong: dict[str, Any]) -> None:
    prover = prepared(prover.app, with_passkey)
    assert prover.by_passkey(prover.step_up()).status == 200
    challenge = prover.log_in_challenge()

    assert_problem(prover.by_passkey(challenge, **wrong), "STEP_UP_INVALID", tries_left=4)
    assert prover.customer().passkeys[0].counter == 1


def test_a_passkey_assertion_is_valid_once_for_its_own_challenge(prover: Prover) -> None:
    prover = prepared(prover.app, with_passkey)
    first, second = prover.step_up("register"), prover.step_up("enrol", "phone")
    body = {"challenge_id": first["challenge_id"], **prover.device.get(_nonce(first))}

    moved = prover.app.call("POST", "/challenges/passkey", body | {"challenge_id": second["challenge_id"]})
    assert_problem(moved, "STEP_UP_INVALID")
    assert prover.app.call("POST", "/challenges/passkey", body).status == 200
    assert_problem(prover.app.call("POST", "/challenges/passkey", body), "STEP_UP_EXPIRED")


def test_another_customers_passkey_is_refused(prover: Prover, stranger: Prover) -> None:
    prover.with_passkey()
    stranger.with_passkey()
    challenge = prover.log_in_challenge()
    body = {"challenge_id": challenge["challenge_id"], **stranger.device.get(_nonce(challenge))}

    assert_problem(prover.app.call("POST", "/challenges/passkey", body), "STEP_UP_INVALID")
    renamed = stranger.device.get(_nonce(challenge), credential_id=prover.device.credential_id)
    assert_problem(prover.app.call("POST", "/challenges/passkey", body | renamed), "STEP_UP_INVALID")


def test_a_passkey_assertion_of_a_foreign_app_is_refused(prover: Prover) -> None:
    prover.device = Authenticator(RP_ID, ORIGIN)
    prover.with_passkey()

    prover.device.origin = "android:apk-key-hash:of-another-app"
    assert_problem(prover.by_passkey(prover.log_in_challenge()), "STEP_UP_INVALID")


def _nonce(challenge: dict[str, Any]) -> bytes:
    return from_websafe(challenge["asked"]["passkey"]["challenge"])


# ---- certificates


def test_a_registered_certificate_logs_in_and_steps_up(prover: Prover) -> None:
    certificate = good()
    prover.hold(certificate)

    assert prover.by_certificate(prover.log_in_challenge(), certificate).body["token_type"] == "Bearer"
    response = prover.by_certificate(prover.step_up("register"), certificate)
    assert response.body["operation"] == "register"


def test_a_signature_for_one_challenge_is_refused_for_another(prover: Prover) -> None:
    certificate = good()
    prover.hold(certificate)
    first, second = prover.step_up("register"), prover.step_up("deregister", "r1")

    moved = {**second, "asked": first["asked"]}
    assert_problem(prover.by_certificate(moved, certificate), "STEP_UP_INVALID", tries_left=4)


def test_another_key_or_another_customers_certificate_is_refused(prover: Prover, stranger: Prover) -> None:
    certificate, anothers = good(), a_certificate(key=an_ec_key("kim"), serial_number=78)
    prover.hold(certificate)
    theirs = stranger.hold(anothers)
    challenge = prover.log_in_challenge()

    assert_problem(prover.by_certificate(challenge, anothers), "STEP_UP_INVALID")
    assert_problem(prover.by_certificate(challenge, anothers, registration_id=theirs), "REG_NOT_FOUND")


def test_a_held_certificate_cannot_prove_a_challenge(prover: Prover, account: Account) -> None:
    certificate = a_certificate(key=an_ec_key())
    held = prover.hold(certificate)
    challenge = prover.log_in_challenge()
    with account.aside():
        registrations_of(account).add_hold("hong", held, Hold.CUSTOMER, account.at)

    response = prover.by_certificate(challenge, certificate)
    assert_problem(response, "STEP_UP_METHOD_UNAVAILABLE", methods=["otp", "sms"])
    assert "certificate" not in prover.log_in_challenge()["methods"]


def test_a_certificate_that_only_its_row_lets_live_is_offered_and_proves_nothing(
    prover: Prover, account: Account
) -> None:
    """As after a restore of the table, or where the key was denied with another certificate."""
    certificate = a_certificate(key=an_ec_key())
    held = prover.hold(certificate)
    with account.aside():
        (row,) = (item for item in account.items("RegistrationsTable") if item["sk"]["S"] == f"REG#{held}")
        registrations_of(account).add_hold("hong", held, Hold.BANK, account.at)
        put(account, "RegistrationsTable", row)

    challenge = prover.log_in_challenge()
    assert "certificate" in challenge["methods"]
    response = prover.by_certificate(challenge, certificate)
    assert_problem(response, "STEP_UP_METHOD_UNAVAILABLE", methods=["otp", "sms"])


def test_an_ended_certificate_is_refused(prover: Prover, account: Account) -> None:
    certificate = a_certificate(key=an_ec_key(), not_after=NOW + timedelta(minutes=10))
    prover.hold(certificate)
    account.at = NOW + timedelta(minutes=9)
    challenge = prover.log_in_challenge()
    account.pass_time(minutes=2)

    assert_problem(prover.by_certificate(challenge, certificate), "STEP_UP_METHOD_UNAVAILABLE")


@pytest.mark.parametrize("act", [Prover.log_in_challenge, lambda prover: prover.step_up("register")])
def test_a_challenge_response_contains_no_secret(prover: Prover, act: Callable[[Prover], dict[str, Any]]) -> None:
    prover = prepared(prover.app, with_passkey)
    told = repr(act(prover))

    assert PHONE not in told
    assert PHONE[-8:] not in told
