"""Text messages, passkeys, certificates, enrolment, recovery against the deployed service; attacks among them."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from registrar.domain.access.totp import STEP_SECONDS
from tests.support.codes import forget_used_codes, texted_code
from tests.support.expect import problem
from tools.cloud import seed
from tools.cloud.automation import Automation
from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import PRESENT, VERIFIED, Authenticator, from_websafe
from tools.demo.phone import Phone, code_at, sign
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


def challenge(phone: Phone) -> dict[str, Any]:
    login = {"customer_id": phone.customer.id, "password": phone.customer.password}
    opened: dict[str, Any] = phone.call("POST", "/login", login).json()
    return opened


def by_passkey(phone: Phone, opened: dict[str, Any], device: Authenticator, **wrong: Any) -> HttpResponse:
    signed = device.get(from_websafe(opened["asked"]["passkey"]["challenge"]), **wrong)
    return phone.call("POST", "/challenges/passkey", {"challenge_id": opened["challenge_id"], **signed})


def with_passkey(phone: Phone) -> Authenticator:
    answer = phone.add_passkey(seed.RP_ID, seed.ORIGIN, "갤럭시")
    assert answer.status == 201, answer.body
    assert phone.device is not None
    return phone.device


def sms_code(cloud: LocalCloud, phone: Phone) -> str:
    return texted_code(cloud.sms(phone.customer.phone)[-1])


def test_code_by_text_message_logs_in(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False, passkey=False)
    opened = challenge(phone)
    assert opened["methods"] == ["otp", "sms"]

    sent = phone.call("POST", "/challenges/sms", {"challenge_id": opened["challenge_id"]})
    assert (sent.status, sent.json()["phone"]) == (200, f"010-****-{phone.customer.phone[-4:]}")
    body = {"challenge_id": opened["challenge_id"], "method": "sms", "code": sms_code(cloud, phone)}
    assert phone.call("POST", "/challenges/otp", body).json()["token_type"] == "Bearer"
    problem(phone.call("POST", "/challenges/otp", body), "STEP_UP_EXPIRED")


def test_repeated_text_messages_are_limited(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False, passkey=False)
    answers = [
        phone.call("POST", "/challenges/sms", {"challenge_id": challenge(phone)["challenge_id"]}) for _ in range(4)
    ]

    assert {answer.status for answer in answers[-2:]} == {429}
    problem(answers[-1], "RATE_LIMITED")
    assert len(cloud.sms(phone.customer.phone)) <= 2, "one a minute, were it on the turn of one"


def test_passkey_logs_in_and_proves_several_uploads(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone = new_phone(passkey=False)
    device = with_passkey(phone)

    phone.token = by_passkey(phone, challenge(phone), device).json()["token"]
    for _ in range(3):
        proved = phone.step_up("register").json()
        assert proved["operation"] == "register"
        phone.proof_id = proved["proof_id"]
        assert phone.upload({"signCert.der": new_certificate().der})["state"] == "AWAITING_PROOF"


def test_forged_and_copied_passkeys_are_rejected(new_phone: NewPhone) -> None:
    phone, stranger = new_phone(passkey=False), new_phone(passkey=False)
    device, theirs = with_passkey(phone), with_passkey(stranger)
    assert by_passkey(phone, challenge(phone), device).status == 200
    opened = challenge(phone)
    wrong: list[dict[str, Any]] = [
        {"origin": "https://bank.example.evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"counter": 1},
    ]
    for facts in wrong[:4]:
        problem(by_passkey(phone, opened, device, **facts), "STEP_UP_INVALID")
    problem(by_passkey(phone, opened, device, **wrong[4]), "STEP_UP_LOCKED")
    problem(by_passkey(phone, opened, device), "STEP_UP_LOCKED")

    again = challenge(stranger)
    problem(by_passkey(stranger, again, device), "STEP_UP_INVALID")
    problem(by_passkey(stranger, again, device, credential_id=theirs.credential_id), "STEP_UP_INVALID")
    key = ec.generate_private_key(ec.SECP256R1())
    problem(by_passkey(stranger, again, theirs, key=key), "STEP_UP_INVALID")


def test_only_the_customers_own_certificate_logs_in(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, stranger = new_phone(passkey=False), new_phone(passkey=False)
    held, theirs = new_certificate(), new_certificate()
    for owner, certificate in ((phone, held), (stranger, theirs)):
        assert owner.prove(owner.upload({"signCert.der": certificate.der}), certificate).status == 201
    opened = challenge(phone)
    assert opened["methods"][0] == "certificate"
    text = opened["asked"]["certificate"]["text"]
    (mine,) = opened["asked"]["certificate"]["registrations"]
    (another,) = challenge(stranger)["asked"]["certificate"]["registrations"]
    answer = {"challenge_id": opened["challenge_id"], "registration_id": mine["registration_id"]}

    forged = phone.call("POST", "/challenges/certificate", answer | {"signature": sign(theirs.key, text)})
    problem(forged, "STEP_UP_INVALID")
    named = answer | {"registration_id": another["registration_id"], "signature": sign(theirs.key, text)}
    problem(phone.call("POST", "/challenges/certificate", named), "REG_NOT_FOUND")
    right = phone.call("POST", "/challenges/certificate", answer | {"signature": sign(held.key, text)})
    assert right.json()["token_type"] == "Bearer"


def test_registered_certificate_alone_logs_in(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate, unknown = new_phone(), new_certificate(), new_certificate()
    assert phone.prove(phone.upload({"signCert.der": certificate.der}), certificate).status == 201
    before, phone.device_id = phone.token, None

    session = phone.log_in_by_certificate(certificate).json()
    assert (session["token"], session["ended_other_session"]) == (phone.token, True)
    assert phone.token != before
    assert session["device_id"] == phone.device_id
    assert phone.call("GET", "/registrations").status == 200
    problem(phone.log_in_by_certificate(unknown), "LOGIN_CERTIFICATE_FAILED")

    reported = {"customer_id": phone.customer.id, "password": phone.customer.password}
    assert phone.call("POST", "/loss", reported).status == 200
    problem(phone.log_in_by_certificate(certificate), "REG_SUSPENDED")


def test_new_authenticator_app_replaces_the_old_one(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone(passkey=False)
    proof = {"proof_id": phone.prove_identity("enrol", "totp")}
    forget_used_codes(cloud, phone)
    uri = urlparse(phone.call("POST", "/credentials/totp", proof).json()["otpauth_uri"])
    secret = base64.b32decode(parse_qs(uri.query)["secret"][0])

    wrong = phone.call("POST", "/credentials/totp/code", {**proof, "code": phone.code()})
    problem(wrong, "STEP_UP_INVALID")
    step = phone.last_step
    added = phone.call("POST", "/credentials/totp/code", {**proof, "code": code_at(secret, step)})

    assert added.status == 201, added.body
    assert STEP_SECONDS == 30
    assert any("OTP" in text for text in cloud.sms(phone.customer.phone))
    assert [each["kind"] for each in phone.call("GET", "/credentials").json()["credentials"]] == ["totp", "phone"]


def test_recovery_needs_two_persons_and_the_customer_can_cancel(
    cloud: LocalCloud, automation: Automation, new_phone: NewPhone
) -> None:
    phone = new_phone(passkey=False)
    wanted = {"Phone": "+821099998888", "Lost": "phone", "Reason": "identity card seen at the branch"}
    proposed = automation.act("kim.teller", "ProposeRecovery", CustomerId=phone.customer.id, **wanted)
    named = {"CustomerId": phone.customer.id, "RecoveryId": proposed["done"]["recovery_id"]}
    digest = automation.act("lee.manager", "ViewRecovery", **named)["done"]["digest"]
    alone = automation.act("kim.teller", "ApproveRecovery", **named, Confirm=digest)
    approved = automation.act("lee.manager", "ApproveRecovery", **named, Confirm=digest)

    assert (alone["refused"], list(approved)) == ("STATE_CONFLICT", ["done"])
    assert any("재설정" in text for text in cloud.sms(phone.customer.phone))
    assert phone.call("GET", "/credentials").json()["recovery"]["phone"] == "010-****-8888"
    assert phone.call("POST", "/recovery/cancellation").status == 200
    assert "recovery" not in phone.call("GET", "/credentials").json()
