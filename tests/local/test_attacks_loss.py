"""Attacks around the loss of a method on the deployed service, with a session, a password or neither."""

from collections.abc import Callable

import pytest

from registrar.domain.access.throttles import FREE_TRIES
from tests.support.codes import forget_used_codes
from tests.support.expect import problem
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


def registered(phone: Phone, certificate: CustomerCertificate) -> str:
    view = phone.upload({"signCert.der": certificate.der})
    answer = phone.prove(view, certificate)
    assert answer.status == 201, answer.body
    return str(answer.json()["registration_id"])


def proof_by_code(cloud: LocalCloud, phone: Phone, operation: str, object_id: str) -> str:
    """A proof of identity by the authenticator app."""
    forget_used_codes(cloud, phone)
    challenge = phone.call("POST", "/step-up", {"operation": operation, "object": object_id})
    assert challenge.status == 200, challenge.body
    return str(phone.complete_by_code(challenge.json()).json()["proof_id"])


@pytest.mark.parametrize("loss", ["loss report", "deregistration"])
def test_thief_with_codes_enrols_no_passkey_after_removing_the_certificate(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate, loss: str
) -> None:
    phone = new_phone(passkey=False)
    registration = registered(phone, new_certificate())
    proof = proof_by_code(cloud, phone, "enrol", "passkey")
    problem(phone.call("POST", "/credentials/passkey/options", {"proof_id": proof}), "STEP_UP_TOO_WEAK")

    if loss == "loss report":
        assert phone.call("POST", f"/registrations/{registration}/loss").status == 200
    else:
        proof = proof_by_code(cloud, phone, "deregister", registration)
        answer = phone.call("DELETE", f"/registrations/{registration}", Proof_Id=proof)
        assert answer.status == 200, answer.body

    proof = proof_by_code(cloud, phone, "enrol", "passkey")
    refused = phone.call("POST", "/credentials/passkey/options", {"proof_id": proof})
    assert problem(refused, "CREDENTIAL_CHANGE_DELAYED")["next_action"] == "WAIT_UNTIL"
    assert cloud.wait_for_sms(phone.customer.phone, "본인 확인 수단 변경 시도")


def test_malware_that_only_asks_for_step_ups_locks_nobody_out(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(passkey=False)
    for _ in range(2 * FREE_TRIES):
        assert phone.call("POST", "/step-up", {"operation": "register"}).status == 200
    forget_used_codes(cloud, phone)
    assert phone.log_in().status == 200
    assert proof_by_code(cloud, phone, "register", "x")


def test_wrong_codes_of_malware_leave_the_customers_passkey_usable(new_phone: NewPhone) -> None:
    phone = new_phone()
    challenge = phone.call("POST", "/step-up", {"operation": "register"}).json()
    body = {"challenge_id": challenge["challenge_id"], "code": "000000", "method": "sms"}  # none was sent
    codes = [problem(phone.call("POST", "/challenges/otp", body))["code"] for _ in range(FREE_TRIES)]
    assert codes == ["STEP_UP_INVALID"] * (FREE_TRIES - 1) + ["STEP_UP_LOCKED"]
    assert phone.call("POST", "/step-up", {"operation": "register"}).json()["methods"] == ["passkey"]
    assert phone.prove_identity("register")


def test_stranger_who_guesses_does_not_stop_a_loss_report_by_password(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, other = new_phone(), new_phone()
    mine, others = registered(phone, new_certificate()), registered(other, new_certificate())
    stranger = Phone(phone.url, phone.customer, address="203.0.113.66")
    for victim in (phone, other):
        guess = {"customer_id": victim.customer.id, "password": "a guess"}
        for _ in range(FREE_TRIES + 1):
            stranger.call("POST", "/login", guess)

    wrong = stranger.call("POST", "/loss", {"customer_id": other.customer.id, "password": "a guess"})
    right = {"customer_id": phone.customer.id, "password": phone.customer.password}
    accepted = Phone(phone.url, phone.customer, address="203.0.113.67").call("POST", "/loss", right)

    assert (wrong.status, wrong.json()) == (accepted.status, accepted.json()) == (202, {"accepted": True})
    cloud.wait_for_empty_queue("LossQueue")
    assert phone.call("GET", f"/registrations/{mine}").json()["status"] == "SUSPENDED"
    assert other.call("GET", f"/registrations/{others}").json()["usable"]
