"""Attacks on the login of the deployed service: what an attacker tries, and the response."""

import base64
import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.sessions import Sessions
from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.challenge import MAX_TRIES
from registrar.domain.access.throttles import ADDRESS_LIMIT
from registrar.domain.access.totp import STEP_SECONDS
from registrar.domain.reasons.errors import ConditionFailed
from registrar.entry.log import customer_ref
from tests.support.app import an_event
from tests.support.expect import problem
from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone, code_at, sign
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]
SEVERAL = 50
ADDRESS = "203.0.113.77"


def challenge(phone: Phone, **fields: str) -> str:
    """Log in with the known password; return the challenge."""
    login = {"customer_id": phone.customer.id, "password": phone.customer.password, **fields}
    return str(phone.call("POST", "/login", login).json()["challenge_id"])


def give(phone: Phone, challenge_id: str, code: str) -> HttpResponse:
    return phone.call("POST", "/challenges/otp", {"challenge_id": challenge_id, "code": code})


def code(phone: Phone, steps_on: int = 0) -> str:
    return code_at(phone.customer.totp_secret, int(time.time()) // STEP_SECONDS + steps_on)


def not_a_code_of(phone: Phone) -> str:
    near = {code(phone, step) for step in range(-3, 4)}
    return next(each for each in (f"{n:06d}" for n in range(10)) if each not in near)


def rejected(phone: Phone) -> bool:
    answer = phone.call("GET", "/registrations")
    return answer.status == 401 and answer.json()["code"] in ("AUTH_REQUIRED", "SESSION_EXPIRED")


def test_replayed_code_is_rejected(new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    used = phone.code()
    assert give(phone, challenge(phone), used).status == 200
    thief = Phone(phone.url, phone.customer, address=phone.address)
    problem(give(thief, challenge(thief), used), "STEP_UP_REUSED")


def test_login_code_is_rejected_for_a_step_up(new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    used = phone.code()
    phone.token = give(phone, challenge(phone), used).json()["token"]
    opened = phone.call("POST", "/step-up", {"operation": "deregister", "object": "r1"}).json()
    problem(give(phone, opened["challenge_id"], used), "STEP_UP_REUSED")


@pytest.mark.parametrize("steps_on", [-3, 3, 20, 2880])
def test_code_of_another_time_is_rejected(new_phone: NewPhone, steps_on: int) -> None:
    phone = new_phone(log_in=False)
    refused = give(phone, challenge(phone), code(phone, steps_on))
    assert problem(refused, "STEP_UP_INVALID")["params"] == {"tries_left": MAX_TRIES - 1}


def test_fifty_concurrent_guesses_compare_five(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    challenge_id, guess = challenge(phone), not_a_code_of(phone)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: give(phone, challenge_id, guess), range(SEVERAL)))
    codes = Counter(problem(answer)["code"] for answer in answers)
    assert codes["STEP_UP_INVALID"] == MAX_TRIES - 1
    assert codes["STEP_UP_LOCKED"] == SEVERAL - MAX_TRIES + 1
    compared = [line for line in cloud.logs("VerifyOtpFunction") if customer_ref(phone.customer.id) in line]
    # The emulator may lose lines, and makes none up.
    assert sum('"otp.refused"' in line for line in compared) <= MAX_TRIES
    problem(give(phone, challenge_id, code(phone)), "STEP_UP_LOCKED")


def test_fifty_concurrent_writes_count_five_tries(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    challenge_id = challenge(phone)
    table = Challenges(cloud.client("dynamodb"), cloud.physical("ChallengesTable"))

    def counted(_: int) -> bool:
        try:
            table.count_try(challenge_id, datetime.now(UTC))
        except ConditionFailed:
            return False
        return True

    with ThreadPoolExecutor(SEVERAL) as pool:
        assert sum(pool.map(counted, range(SEVERAL))) == MAX_TRIES


def test_concurrent_right_codes_make_one_session(new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    challenges, right = [challenge(phone) for _ in range(3)], phone.code()
    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(lambda each: give(phone, each, right), challenges * 3))
    assert [answer.status for answer in answers].count(200) == 1


def test_concurrent_uses_of_a_text_to_log_in_make_one_session(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate()
    assert phone.prove(phone.upload({"signCert.der": certificate.der}), certificate).status == 201
    asked = phone.call("POST", "/login/certificate/options").json()
    body = {
        "login_id": asked["login_id"],
        "certificate": base64.b64encode(certificate.der).decode(),
        "signature": sign(certificate.key, asked["text"]),
    }
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: phone.call("POST", "/login/certificate", body), range(8)))
    assert [answer.status for answer in answers].count(200) == 1
    assert {problem(answer)["code"] for answer in answers if answer.status != 200} == {"STEP_UP_EXPIRED"}


def test_code_of_another_customer_is_rejected(new_phone: NewPhone) -> None:
    victim, attacker = new_phone(log_in=False), new_phone(log_in=False)
    problem(give(attacker, challenge(victim), attacker.code()), "STEP_UP_INVALID")


def test_proof_of_identity_is_bound_to_customer_and_operation_and_used_once(new_phone: NewPhone) -> None:
    owner, other = new_phone(), new_phone()
    files = {"a": b"a"}
    stolen, other.proof_id = owner.proof_id, owner.proof_id
    problem(other.announce(files), "STEP_UP_REQUIRED")
    owner.proof_id = owner.step_up("deregister", "r1").json()["proof_id"]
    problem(owner.announce(files), "STEP_UP_REQUIRED")
    owner.proof_id = stolen
    assert owner.announce(files).status == 201
    owner.proof_id = stolen
    problem(owner.announce(files), "STEP_UP_REQUIRED")


def test_concurrent_use_of_a_proof_of_identity_makes_one_upload(new_phone: NewPhone) -> None:
    phone = new_phone()
    body = {"files": [{"name": "a", "size": 1, "sha256": "ab" * 32}], "proof_id": phone.proof_id}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: phone.call("POST", "/uploads", body).status, range(8)))
    assert answers.count(201) == 1
    assert answers.count(403) == 7


def test_token_set_before_login_is_rejected_after_it(new_phone: NewPhone) -> None:
    """A token that an attacker knows before the login is invalid after it."""
    victim = new_phone(log_in=False)
    handle = base64.urlsafe_b64encode(victim.customer.id.encode()).decode().rstrip("=")
    planted = Phone(victim.url, victim.customer, token=f"{handle}.{'A' * 43}")
    victim.token = planted.token
    answer = give(victim, challenge(victim), victim.code())
    assert answer.json()["token"] != planted.token
    assert rejected(planted)


def test_old_token_is_rejected_after_new_login_and_logout(new_phone: NewPhone) -> None:
    phone = new_phone()
    old = Phone(phone.url, phone.customer, token=phone.token)
    assert phone.log_in().json()["ended_other_session"] is True
    assert rejected(old)
    assert phone.log_out().status == 200
    assert rejected(phone)


def test_tampered_token_is_rejected(new_phone: NewPhone) -> None:
    phone, other = new_phone(), new_phone()
    handle, _, secret = str(phone.token).partition(".")
    others_handle = str(other.token).partition(".")[0]
    swapped = secret[1:] + secret[0] if secret[1:] + secret[0] != secret else secret[::-1]
    for token in (f"{others_handle}.{secret}", f"{handle}.{swapped}", f"{handle}.", secret, f"{handle}.{secret}A"):
        assert rejected(Phone(phone.url, phone.customer, token=token)), token
    assert phone.call("GET", "/registrations").status == 200


def test_stranger_cannot_lock_a_customer_out(new_phone: NewPhone) -> None:
    customer = new_phone()
    stranger = Phone(customer.url, customer.customer, address="203.0.113.66")
    guess: dict[str, Any] = {"customer_id": customer.customer.id, "password": "a guess"}
    tries = [problem(stranger.call("POST", "/login", guess), "LOGIN_FAILED")["params"] for _ in range(8)]
    assert [each["tries_left"] for each in tries] == [4, 3, 2, 1, 0, 0, 0, 0]
    right = {**guess, "password": customer.customer.password}
    waiting = stranger.call("POST", "/login", right)
    problem(waiting, "LOGIN_FAILED")
    assert 0 < int(waiting.headers["retry-after"]) <= 60
    assert customer.log_in().status == 200, "a known device has a budget of its own"


def test_guesses_at_many_accounts_from_one_address_are_stopped(cloud: LocalCloud) -> None:
    """Invokes the function as API Gateway does: a caller cannot choose this address."""
    event = an_event("api_request") | {"body": json.dumps({"customer_id": "nobody", "password": "a guess"})}
    event["requestContext"]["identity"]["sourceIp"] = ADDRESS
    table, at = Throttles(cloud.client("dynamodb"), cloud.physical("ThrottlesTable")), datetime.now(UTC)
    # All but three requests of this minute and the next: the minute may end while this runs.
    for minute in (at, at + timedelta(minutes=1)):
        for _ in range(ADDRESS_LIMIT.per_minute - 3):
            table.count_address(ADDRESS, minute)
    codes = Counter(json.loads(cloud.invoke("LoginFunction", event)["body"])["code"] for _ in range(10))
    assert codes.keys() == {"LOGIN_FAILED", "RATE_LIMITED"}
    assert 3 <= codes["LOGIN_FAILED"] <= 6


def test_bank_lock_ends_sessions_and_challenges(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    pending = challenge(phone)
    Sessions(cloud.client("dynamodb"), cloud.physical("SessionsTable")).lock(phone.customer.id, datetime.now(UTC))
    assert rejected(phone)
    problem(give(phone, pending, phone.code()), "STEP_UP_EXPIRED")
    login = {"customer_id": phone.customer.id, "password": phone.customer.password}
    problem(phone.call("POST", "/login", login), "LOGIN_FAILED")
