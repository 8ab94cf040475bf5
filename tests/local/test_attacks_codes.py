"""Attacks on codes, proofs of identity and text messages of the deployed service, each of which worked once."""

import base64
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from registrar.domain.access.throttles import TEXTS_PER_REQUEST
from registrar.domain.access.totp import STEP_SECONDS
from registrar.domain.registrations.upload import MAX_BAD_PROOFS, MAX_PASSWORD_TRIES
from tests.support.codes import forget_used_codes, texted_code
from tests.support.containers import SECRET, files_of
from tests.support.expect import problem
from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone, code_at, sign
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
SEVERAL = 7


def challenge(phone: Phone) -> str:
    login = {"customer_id": phone.customer.id, "password": phone.customer.password}
    return str(phone.call("POST", "/login", login).json()["challenge_id"])


def step_up_challenge(phone: Phone) -> str:
    return str(phone.call("POST", "/step-up", {"operation": "deregister", "object": "r1"}).json()["challenge_id"])


def give(phone: Phone, challenge_id: str, code: str, method: str = "otp") -> HttpResponse:
    body = {"challenge_id": challenge_id, "code": code, "method": method}
    return phone.call("POST", "/challenges/otp", body)


def last_code(cloud: LocalCloud, number: str) -> str:
    return texted_code(cloud.sms(number)[-1])


def at_once(act: Callable[[int], HttpResponse], times: int = SEVERAL) -> list[HttpResponse]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(act, range(times)))


def new_app(phone: Phone, proof_id: str | None) -> bytes:
    """Start the enrolment of a new authenticator app; return its secret."""
    uri = urlparse(phone.call("POST", "/credentials/totp", {"proof_id": proof_id}).json()["otpauth_uri"])
    return base64.b32decode(parse_qs(uri.query)["secret"][0])


# --- text messages


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at once"])
def test_one_proof_of_identity_sends_few_texts_to_strangers(
    cloud: LocalCloud, new_phone: NewPhone, together: bool
) -> None:
    phone = new_phone()
    proof_id = phone.prove_identity("enrol", "phone")
    strangers = [f"+82108{int(together)}{int(phone.customer.id.split('-')[-1]):04d}{n:02d}" for n in range(SEVERAL)]

    def ask(number: int) -> HttpResponse:
        body = {"proof_id": proof_id, "phone": strangers[number]}
        return phone.call("POST", "/credentials/phone", body)

    answers = at_once(ask) if together else [ask(number) for number in range(SEVERAL)]

    assert sum(len(cloud.sms(number)) for number in strangers) <= TEXTS_PER_REQUEST
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    for answer in refused:
        problem(answer, "RATE_LIMITED")
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("asked", [challenge, step_up_challenge], ids=["login", "step-up"])
def test_a_refused_second_text_leaves_the_first_code_valid(
    cloud: LocalCloud, new_phone: NewPhone, asked: Callable[[Phone], str]
) -> None:
    phone = new_phone()
    challenge_id = asked(phone)
    sent = phone.call("POST", "/challenges/sms", {"challenge_id": challenge_id})
    assert sent.status == 200
    answers = [phone.call("POST", "/challenges/sms", {"challenge_id": challenge_id}) for _ in range(4)]
    assert 429 in {answer.status for answer in answers}

    assert give(phone, challenge_id, last_code(cloud, phone.customer.phone), "sms").status == 200


def test_a_refused_second_text_leaves_the_code_for_a_new_phone_valid(
    cloud: LocalCloud, new_phone: NewPhone
) -> None:
    phone = new_phone()
    proof_id, number = phone.prove_identity("enrol", "phone"), f"+82109{phone.customer.phone[-7:]}"
    body = {"proof_id": proof_id, "phone": number}
    assert phone.call("POST", "/credentials/phone", body).status == 200
    answers = [phone.call("POST", "/credentials/phone", body) for _ in range(4)]
    assert answers[-1].status == 429

    body = {"proof_id": proof_id, "code": last_code(cloud, number)}
    assert phone.call("POST", "/credentials/phone/code", body).status == 201


# --- authenticator apps


def test_the_code_that_confirms_an_app_works_for_nothing_else(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    proof_id = phone.prove_identity("enrol", "totp")
    secret = new_app(phone, proof_id)
    code = code_at(secret, int(time.time()) // STEP_SECONDS + 1)
    assert phone.call("POST", "/credentials/totp/code", {"proof_id": proof_id, "code": code}).status == 201

    problem(give(phone, step_up_challenge(phone), code), "STEP_UP_REUSED")
    problem(give(phone, challenge(phone), code), "STEP_UP_REUSED")
    forget_used_codes(cloud, phone)
    assert give(phone, step_up_challenge(phone), code).status == 200, "it was refused as used, not as wrong"


def test_a_replaced_app_answers_no_challenge_opened_before(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    opened = [challenge(phone), step_up_challenge(phone)]
    proof_id = phone.prove_identity("enrol", "totp")
    secret = new_app(phone, proof_id)
    step = int(time.time()) // STEP_SECONDS
    body = {"proof_id": proof_id, "code": code_at(secret, step)}
    assert phone.call("POST", "/credentials/totp/code", body).status == 201
    forget_used_codes(cloud, phone)

    for challenge_id in opened:
        problem(give(phone, challenge_id, phone.code()), "STEP_UP_INVALID")


def test_a_removed_app_answers_no_challenge_opened_before(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    opened = challenge(phone)
    body = {"proof_id": phone.prove_identity("remove", "totp")}
    assert phone.call("POST", "/credentials/totp/removal", body).status == 200

    problem(give(phone, opened, phone.code()), "STEP_UP_METHOD_UNAVAILABLE")


def test_a_code_sent_to_a_replaced_number_is_rejected(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    opened = challenge(phone)
    assert phone.call("POST", "/challenges/sms", {"challenge_id": opened}).status == 200
    to_old = last_code(cloud, phone.customer.phone)
    proof_id, number = phone.prove_identity("enrol", "phone"), f"+82107{phone.customer.phone[-7:]}"
    assert phone.call("POST", "/credentials/phone", {"proof_id": proof_id, "phone": number}).status == 200
    body = {"proof_id": proof_id, "code": last_code(cloud, number)}
    assert phone.call("POST", "/credentials/phone/code", body).status == 201

    problem(give(phone, opened, to_old, "sms"), "STEP_UP_INVALID")


# --- guesses at once


def test_guesses_of_r_at_once_are_compared_three_times(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    """The thief has the key, so the signature is right each time."""
    phone, certificate = new_phone(), new_certificate()
    view = phone.upload({"signCert.der": certificate.der})
    nonce, path = view["proof"]["nonce"], f"/uploads/{view['upload_id']}/registration"
    bodies: list[dict[str, Any]] = [
        {
            "signature": sign(certificate.key, view["proof"]["text"]),
            "random_number": phone.seal(view["upload_id"], nonce, f"{number:040x}", random_number=True),
            "consent_version": view["proof"]["consent"]["version"],
        }
        for number in range(SEVERAL)
    ]
    codes = Counter(problem(answer)["code"] for answer in at_once(lambda n: phone.call("POST", path, bodies[n])))

    assert codes["OWNER_MISMATCH"] <= MAX_BAD_PROOFS
    assert codes.keys() <= {"OWNER_MISMATCH", "PROOF_ATTEMPTS_EXCEEDED", "IN_PROGRESS"}
    problem(phone.prove(view, certificate), "PROOF_ATTEMPTS_EXCEEDED")


def test_guesses_of_a_container_password_at_once_are_compared_five_times(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate()
    names = ("signCert.der", "signPri.key")
    view = phone.upload(dict(zip(names, files_of(certificate), strict=True)))
    nonce, path = view["password"]["nonce"], f"/uploads/{view['upload_id']}/password"
    bodies = [
        {"sealed": phone.seal(view["upload_id"], nonce, f"{SECRET}{number}")} for number in range(SEVERAL + 1)
    ]
    codes = Counter(problem(answer)["code"] for answer in at_once(lambda n: phone.call("POST", path, bodies[n])))

    ended = "FILE_PASSWORD_ATTEMPTS_EXCEEDED"
    assert codes["FILE_PASSWORD_WRONG"] <= MAX_PASSWORD_TRIES - 1
    assert codes.keys() <= {"FILE_PASSWORD_WRONG", ended, "IN_PROGRESS"}
    problem(phone.call("POST", path, bodies[-1]), ended)


def test_right_proofs_at_once_register_once_and_take_no_try(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate, stranger = new_phone(), new_certificate(), new_certificate()
    view = phone.upload({"signCert.der": certificate.der})
    for left in range(MAX_BAD_PROOFS - 1, 0, -1):
        assert problem(phone.prove(view, stranger), "PROOF_FAILED")["params"] == {"tries_left": left}

    answers = at_once(lambda _: phone.prove(view, certificate), 3)

    assert 201 in {answer.status for answer in answers}
    for answer in answers:
        if answer.status == 409:
            problem(answer, "IN_PROGRESS")
    assert phone.prove(view, certificate).status == 200


# --- repeated requests


def test_a_repeated_request_with_a_strangers_proof_of_identity_is_rejected(new_phone: NewPhone) -> None:
    phone, stranger = new_phone(), new_phone()
    files, key = {"signCert.der": b"content"}, {"Idempotency_Key": "a-lost-response"}
    own = phone.proof_id
    first = phone.announce(files, **key)
    assert first.status == 201

    phone.proof_id = stranger.proof_id
    problem(phone.announce(files, **key), "STEP_UP_REQUIRED")
    phone.proof_id = own
    assert phone.announce(files, **key).json()["upload_id"] == first.json()["upload_id"]
