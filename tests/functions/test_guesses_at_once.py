"""Guesses that arrive at once: each takes its try before it is compared, so only those allowed are compared."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from registrar.domain.access.challenge import MAX_TRIES
from registrar.domain.access.customer import MAX_PENDING_TRIES
from registrar.domain.possession import stand_in
from registrar.domain.registrations.upload import MAX_BAD_PROOFS, MAX_PASSWORD_TRIES
from registrar.steps import proving_possession
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import a_certificate, an_ec_key
from tests.support.containers import SECRET, files_of
from tests.support.methods import Prover, code_of, confirm, started, wrong_code

SEVERAL = 7
NEW_PHONE = "+821087654321"
Guess = Callable[[], Answer]
Prepare = Callable[[Prover], tuple[Any, str, Guess]]


def a_code(prover: Prover) -> tuple[Any, str, Guess]:
    challenge, wrong = prover.log_in_challenge(), wrong_code(prover.app)
    return prover.account.function("verify_otp"), "matching_step", lambda: prover.by_otp(challenge, wrong)


def a_text_message_code(prover: Prover) -> tuple[Any, str, Guess]:
    challenge = prover.log_in_challenge()
    prover.ask_sms(challenge)
    wrong = "000000" if prover.last_code() != "000000" else "111111"
    module = __import__("registrar.domain.access.challenge", fromlist=["challenge"])
    return module, "sms_code_matches", lambda: prover.by_sms(challenge, wrong)


def a_passkey(prover: Prover) -> tuple[Any, str, Guess]:
    prover.with_passkey()
    challenge = prover.log_in_challenge()
    module = prover.account.function("verify_passkey")
    return module, "check_assertion", lambda: prover.by_passkey(challenge, challenge=b"x" * 32)


def a_signature_of_a_registered_certificate(prover: Prover) -> tuple[Any, str, Guess]:
    certificate, another = a_certificate(key=an_ec_key()), a_certificate(key=an_ec_key("another"))
    prover.hold(certificate)
    challenge = prover.log_in_challenge()
    module = prover.account.function("verify_certificate")
    return module, "check_one_signed", lambda: prover.by_certificate(challenge, another)


def a_signature_of_a_login_by_certificate_alone(prover: Prover) -> tuple[Any, str, Guess]:
    certificate, another = a_certificate(key=an_ec_key()), a_certificate(key=an_ec_key("another"))
    prover.hold(certificate)
    asked = prover.certificate_login()
    prover.account.function("finish_certificate_login")
    fingerprint = hashlib.sha256(certificate.der).hexdigest()
    return (
        stand_in,
        "check_one_signed",
        lambda: prover.by_certificate_alone(another, asked, fingerprint=fingerprint),
    )


def a_code_of_a_new_app(prover: Prover) -> tuple[Any, str, Guess]:
    proof = prover.proof("enrol", "totp")
    secret = started(prover, proof)
    wrong = "000000" if code_of(secret, prover.account) != "000000" else "111111"
    return prover.account.function("add_totp"), "matching_step", lambda: confirm(prover, proof, wrong)


def a_code_of_a_new_phone(prover: Prover) -> tuple[Any, str, Guess]:
    proof = prover.proof("enrol", "phone")
    prover.app.call("POST", "/credentials/phone", {"proof_id": proof, "phone": NEW_PHONE})
    wrong = "000000" if prover.last_code() != "000000" else "111111"
    body = {"proof_id": proof, "code": wrong}
    module = prover.account.function("change_phone")
    return module, "sms_code_matches", lambda: prover.app.call("POST", "/credentials/phone/code", body)


def a_container_password(prover: Prover) -> tuple[Any, str, Guess]:
    view = prover.app.upload(*files_of(a_certificate(key=an_ec_key())))
    return prover.account.function("open_container"), "open_locked", lambda: prover.app.open(view, SECRET + "!")


def a_proof_of_possession(prover: Prover) -> tuple[Any, str, Guess]:
    certificate, another = a_certificate(key=an_ec_key()), a_certificate(key=an_ec_key("another"))
    view = prover.app.upload(certificate.der)
    return proving_possession, "check_one_signed", lambda: prover.app.prove(view, another)


def an_r(prover: Prover) -> tuple[Any, str, Guess]:
    """The signature is right; R is a guess."""
    certificate = a_certificate(key=an_ec_key())
    view = prover.app.upload(certificate.der)
    sealed = prover.app.seal(view["upload_id"], view["proof"]["nonce"], "11" * 20, random_number=True)
    return proving_possession, "check_one_signed", lambda: prover.app.prove(view, certificate, random_number=sealed)


@pytest.mark.parametrize(
    ("prepare", "allowed"),
    [
        (a_code, MAX_TRIES),
        (a_text_message_code, MAX_TRIES),
        (a_passkey, MAX_TRIES),
        (a_signature_of_a_registered_certificate, MAX_TRIES),
        (a_signature_of_a_login_by_certificate_alone, 1),
        (a_code_of_a_new_app, MAX_PENDING_TRIES),
        (a_code_of_a_new_phone, MAX_PENDING_TRIES),
        (a_container_password, MAX_PASSWORD_TRIES),
        (a_proof_of_possession, MAX_BAD_PROOFS),
        (an_r, MAX_BAD_PROOFS),
    ],
)
def test_guesses_at_once_are_compared_as_often_as_is_allowed(
    prover: Prover, prepare: Prepare, allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each guess waits at its comparison until the next one was sent: none has failed before all came."""
    module, name, guess = prepare(prover)
    compare, compared, answers = getattr(module, name), [], []

    def compare_later(*values: Any) -> Any:
        compared.append(values)
        if len(compared) < SEVERAL:
            answers.append(guess())
        return compare(*values)

    monkeypatch.setattr(module, name, compare_later)
    answers.append(guess())

    assert len(compared) == allowed
    assert all(answer.status >= 400 for answer in answers)


@pytest.mark.parametrize("prepare", [a_proof_of_possession, an_r])
def test_proofs_beyond_those_being_compared_are_refused_and_end_the_upload_after_that(
    prover: Prover, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, guess = prepare(prover)
    compare, answers = getattr(module, name), []

    def compare_later(*values: Any) -> Any:
        answers.append(guess())
        return compare(*values)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, compare_later)
        guess()

    # Three are being compared: the fourth finds the upload ended, by what it reads.
    assert_problem(answers[0], "PROOF_ATTEMPTS_EXCEEDED")
    assert_problem(guess(), "PROOF_ATTEMPTS_EXCEEDED")


def test_a_proof_whose_try_was_taken_after_it_read_the_upload_is_told_to_wait(app: App, account: Account) -> None:
    certificate, another = a_certificate(key=an_ec_key()), a_certificate(key=an_ec_key("another"))
    view = app.upload(certificate.der)

    def others_guess() -> None:
        for _ in range(MAX_BAD_PROOFS):
            app.prove(view, another)

    def counts(call: Any) -> bool:
        return "bad_proofs" in call.params.get("UpdateExpression", "")

    with account.interrupted(counts, others_guess):
        refused = app.prove(view, certificate)
    assert_problem(refused, "IN_PROGRESS")
    assert refused.headers["Retry-After"] == "1"
    assert_problem(app.prove(view, certificate), "PROOF_ATTEMPTS_EXCEEDED")
    assert account.items("RegistrationsTable") == []


def test_a_right_proof_takes_no_try_whatever_becomes_of_the_registration(app: App, account: Account) -> None:
    """The issuer has to be asked again, say: the customer's three tries are for wrong proofs."""
    certificate = a_certificate(key=an_ec_key())
    view = app.upload(certificate.der)

    def tries() -> int:
        (row,) = [each for each in account.items("UploadsTable") if each["id"]["S"] == view["upload_id"]]
        return int(row.get("bad_proofs", {"N": "0"})["N"])

    for _ in range(MAX_BAD_PROOFS + 1):
        unverifiable = app.prove(view, certificate, random_number=None)
        assert_problem(unverifiable, "OWNER_UNVERIFIABLE")
    assert tries() == 0
    with account.interrupted(lambda call: call.operation == "TransactWriteItems", _fail):
        assert app.prove(view, certificate).status == 500
    assert tries() == 0
    assert app.prove(view, certificate).status == 201


def _fail() -> None:
    raise ConnectionError("DynamoDB does not answer")
