"""A registration over real HTTP: log in, announce, send, decide, prove, use; and every step twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.rendering import render
from registrar.domain.registrations.upload import MAX_BAD_PROOFS, new_upload_id
from tests.support.bank import BANK
from tests.support.expect import eventually, problem, refused_by_the_gateway
from tools.cloud.http_calls import HttpResponse
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone, sign
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


@pytest.mark.parametrize(("key", "form"), [("rsa", "der"), ("rsa", "pem"), ("ec", "der"), ("ec", "pem")])
def test_good_certificate_is_registered(
    key: str, form: str, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate(key=key)

    view = phone.upload({f"signCert.{form}": getattr(certificate, form)})
    registered = phone.prove(view, certificate)

    assert (view["state"], view["headline"], view["findings"]) == ("AWAITING_PROOF", None, [])
    assert view["certificate"]["name_masked"] == "홍*동"
    assert view["certificate"]["issuer"] == "금융결제원 (yessign)"
    assert not [name for name in view["certificate"] if "digest" in name]
    assert registered.status == 201
    registration = registered.json()
    assert (registration["status"], registration["usable"]) == ("ACTIVE", True)
    assert registration["certificate"]["serial"] == f"{certificate.certificate.serial_number:x}"
    one = phone.call("GET", f"/registrations/{registration['registration_id']}")
    assert (one.status, one.json()) == (200, registration)
    assert one.headers["cache-control"] == "no-store"
    assert phone.call("GET", "/registrations").json() == {"registrations": [registration]}
    end = phone.call("GET", f"/uploads/{view['upload_id']}").json()
    assert (end["state"], end["registration_id"]) == ("REGISTERED", registration["registration_id"])
    assert "proof" not in end
    assert "poll_after" not in end


def test_uploaded_file_is_deleted_after_the_decision(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    view = new_phone().upload({"signCert.der": new_certificate().der})

    assert view["state"] == "AWAITING_PROOF"
    stored = {"Bucket": cloud.outputs["UploadBucket"], "Prefix": f"uploads/{view['upload_id']}"}
    # The decision is published before the deletion, so that a crash between them loses nothing.
    eventually(lambda: bool(cloud.client("s3").list_objects_v2(**stored)["KeyCount"] == 0))


def test_both_languages_have_equal_codes_and_text_to_sign(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone()
    korean = phone.upload({"signCert.der": new_certificate(operator="kica").der})
    phone.language = "en-GB,ko;q=0.5"
    english = phone.call("GET", f"/uploads/{korean['upload_id']}").json()

    assert korean["proof"]["text"] == english["proof"]["text"]
    assert korean["proof"]["consent"]["text"] != english["proof"]["consent"]["text"]
    assert korean["certificate"]["policy"] != english["certificate"]["policy"]
    assert korean["certificate"]["fingerprint"] == english["certificate"]["fingerprint"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_refused_file_lists_every_reason(
    language: str, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone = new_phone(language=language)

    view = phone.upload({"kmCert.der": new_certificate(encipherment=True, rsa_bits=1024, key="rsa").der})

    assert (view["state"], view["headline"]) == ("REJECTED", "CERT_USAGE_NOT_ALLOWED")
    assert [f["code"] for f in view["findings"]] == ["CERT_USAGE_NOT_ALLOWED", "CERT_KEY_TOO_WEAK"]
    for finding in view["findings"]:
        assert finding["title"] == CATALOGUE[finding["code"]].title[language]
    body = {"signature": "AAAA", "consent_version": "2026-11-30"}
    refused = phone.call("POST", f"/uploads/{view['upload_id']}/registration", body)
    assert refused.headers["content-language"] == language
    problem(refused, "CERT_USAGE_NOT_ALLOWED")


def test_polling_ends_with_the_decision(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate = new_phone(), new_certificate()
    announced = phone.announce({"signCert.der": certificate.der})
    path = f"/uploads/{announced.json()['upload_id']}"

    before = phone.call("GET", path).json()
    too_early = phone.call("POST", f"{path}/registration", {"signature": "AAAA", "consent_version": "x"})
    phone.send_files(announced, {"signCert.der": certificate.der})
    decided = phone.wait_for_decision(announced.json()["upload_id"])

    assert (before["state"], before["poll_after"]) == ("ISSUED", 2)
    problem(too_early, "IN_PROGRESS")
    assert too_early.headers["retry-after"] == "1"
    assert decided["state"] == "AWAITING_PROOF"


# --- a lost response: every POST twice


def test_repeated_announcement_with_one_key_is_one_upload(
    cloud: LocalCloud, new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, other, certificate = new_phone(), new_phone(), new_certificate()
    key = {"Idempotency_Key": "lost-answer-0001"}

    first = phone.announce({"signCert.der": certificate.der}, **key)
    again = phone.announce({"signCert.der": certificate.der}, **key)

    assert (first.status, again.status) == (201, 201)
    assert first.json()["upload_id"] == again.json()["upload_id"]
    assert _quota_used(cloud, phone) == 1
    problem(phone.announce({"other.der": certificate.der + b"x"}, **key), "STATE_CONFLICT")
    assert other.announce({"signCert.der": certificate.der}, **key).json()["upload_id"] != first.json()["upload_id"]
    # Both forms accept the file, and a decided upload does not change.
    phone.send_files(again, {"signCert.der": certificate.der})
    phone.wait_for_decision(first.json()["upload_id"])
    late = phone.announce({"signCert.der": certificate.der}, **key)
    assert (late.json()["upload_id"], late.json()["state"]) == (first.json()["upload_id"], "AWAITING_PROOF")
    assert first.json()["upload_id"] == new_upload_id(phone.customer.id, "lost-answer-0001")


def _quota_used(cloud: LocalCloud, phone: Phone) -> int:
    rows = cloud.client("dynamodb").scan(TableName=cloud.physical("AnnouncementsTable"))["Items"]
    return sum(int(row["used"]["N"]) for row in rows if row["id"]["S"].startswith(f"quota:{phone.customer.id}:"))


def test_repeated_proof_is_one_registration(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone, certificate = new_phone(), new_certificate()
    view = phone.upload({"signCert.der": certificate.der})

    first, again = phone.prove(view, certificate), phone.prove(view, certificate)

    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    assert len(phone.call("GET", "/registrations").json()["registrations"]) == 1


def test_code_counts_once_and_a_new_login_replaces_a_lost_response(new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    login = {"customer_id": phone.customer.id, "password": phone.customer.password}
    first, second = phone.call("POST", "/login", login).json(), phone.call("POST", "/login", login).json()
    code = phone.code()
    body = {"challenge_id": first["challenge_id"], "code": code}

    assert first["challenge_id"] != second["challenge_id"]
    assert phone.call("POST", "/challenges/otp", body).status == 200
    problem(phone.call("POST", "/challenges/otp", body), "STEP_UP_EXPIRED")
    problem(
        phone.call("POST", "/challenges/otp", {**body, "challenge_id": second["challenge_id"]}), "STEP_UP_REUSED"
    )
    assert phone.log_in().status == 200


def test_new_login_ends_the_previous_session(new_phone: NewPhone) -> None:
    phone = new_phone()
    old = Phone(phone.url, phone.customer, token=phone.token)
    assert old.call("GET", "/registrations").status == 200

    assert phone.log_in().status == 200

    refused_by_the_gateway(old.call("GET", "/registrations"), "SESSION_EXPIRED")
    assert phone.call("GET", "/registrations").status == 200


# --- second factor and proof of possession: few tries, and each is reported


def test_wrong_codes_are_counted_and_end_the_challenge(new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)
    login = {"customer_id": phone.customer.id, "password": phone.customer.password}
    challenge = phone.call("POST", "/login", login).json()["challenge_id"]
    right, wrong = phone.code(), phone.wrong_code()

    for left in (4, 3, 2, 1):
        answer = phone.call("POST", "/challenges/otp", {"challenge_id": challenge, "code": wrong})
        assert problem(answer, "STEP_UP_INVALID")["params"] == {"tries_left": left}
    for code in (wrong, right):
        problem(phone.call("POST", "/challenges/otp", {"challenge_id": challenge, "code": code}), "STEP_UP_LOCKED")


def test_unknown_customer_and_wrong_password_get_the_same_response(new_phone: NewPhone) -> None:
    phone = new_phone(log_in=False)

    unknown = phone.call(
        "POST", "/login", {"customer_id": f"no-{phone.customer.id}", "password": phone.customer.password}
    )
    wrong = phone.call("POST", "/login", {"customer_id": phone.customer.id, "password": "wrong"})

    problems = [problem(answer, "LOGIN_FAILED") | {"support_ref": ""} for answer in (unknown, wrong)]
    assert problems[0] == problems[1]


def test_bad_proofs_of_possession_are_counted_and_end_the_upload(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate, stranger = new_phone(), new_certificate(), new_certificate()
    view = phone.upload({"signCert.der": certificate.der})
    without_consent = {
        "signature": sign(certificate.key, view["proof"]["text"]),
        "consent_version": "never shown",
    }
    path = f"/uploads/{view['upload_id']}/registration"

    problem(phone.call("POST", path, without_consent), "CONSENT_REQUIRED")
    for left in range(MAX_BAD_PROOFS - 1, 0, -1):
        assert problem(phone.prove(view, stranger), "PROOF_FAILED")["params"] == {"tries_left": left}
    problem(phone.prove(view, stranger), "PROOF_ATTEMPTS_EXCEEDED")
    problem(phone.prove(view, certificate), "PROOF_ATTEMPTS_EXCEEDED")
    assert phone.call("GET", f"/uploads/{view['upload_id']}").json()["headline"] == "PROOF_ATTEMPTS_EXCEEDED"


# --- one certificate, one registration


def test_same_certificate_again_returns_the_same_registration(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    phone, certificate = new_phone(), new_certificate()
    first = phone.prove(phone.upload({"signCert.der": certificate.der}), certificate).json()

    view = phone.upload({"signCert.pem": certificate.pem})
    again = phone.prove(view, certificate)

    assert (again.status, again.json()) == (200, first)
    end = phone.call("GET", f"/uploads/{view['upload_id']}").json()
    assert (end["headline"], end["registration_id"]) == ("ALREADY_REGISTERED", first["registration_id"])
    assert phone.prove(view, certificate).json() == first


def test_certificate_of_another_customer_is_not_available(
    new_phone: NewPhone, new_certificate: NewCertificate
) -> None:
    owner, other, certificate = new_phone(), new_phone(), new_certificate()
    owner.prove(owner.upload({"signCert.der": certificate.der}), certificate)
    same_key = new_certificate(key=certificate.key)

    view = other.upload({"signCert.der": certificate.der})
    # Before proof of possession the response does not reveal that it is taken.
    assert (view["state"], view["findings"]) == ("AWAITING_PROOF", [])
    taken = problem(other.prove(view, certificate), "NOT_AVAILABLE_FOR_REGISTRATION")
    by_key = problem(
        other.prove(other.upload({"signCert.der": same_key.der}), same_key), "NOT_AVAILABLE_FOR_REGISTRATION"
    )

    assert taken | {"support_ref": ""} == by_key | {"support_ref": ""}
    assert taken["detail"] == render(Code.NOT_AVAILABLE_FOR_REGISTRATION, "ko", BANK.params)[1]
    assert owner.customer.id not in str(taken)
    assert other.call("GET", "/registrations").json() == {"registrations": []}


def test_racing_customers_get_one_registration(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phones = [new_phone(), new_phone()]
    for _ in range(3):
        certificate = new_certificate()
        views = [phone.upload({"signCert.der": certificate.der}) for phone in phones]
        line = threading.Barrier(len(phones))

        def prove(index: int, certificate: CustomerCertificate = certificate) -> HttpResponse:
            line.wait(timeout=10)  # noqa: B023 - used up before the next round
            return phones[index].prove(views[index], certificate)  # noqa: B023

        with ThreadPoolExecutor(len(phones)) as pool:
            answers = list(pool.map(prove, range(len(phones))))

        assert sorted(answer.status for answer in answers) == [201, 409]
        (lost,) = [answer for answer in answers if answer.status == 409]
        problem(lost, "NOT_AVAILABLE_FOR_REGISTRATION")
