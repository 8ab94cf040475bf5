"""Logs: enough to follow a request, and no secrets."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest

from tests.support.account import Account, an_account
from tests.support.app import DONE, App, an_event, assert_problem, trust_demo_issuers
from tests.support.builders import NOW, a_certificate
from tests.support.methods import Prover
from tests.support.notices import run
from tests.support.rows import PASSWORD, PHONE, TOTP_SECRET
from tools.demo.phone import sign

WRONG_PASSWORD = "a-wrong-password-typed-in-haste"


def everything_happens(app: App, account: Account) -> list[str]:
    """The main scenario and its refusals; returns what must not be logged."""
    app.enrol()
    assert_problem(app.give_password(WRONG_PASSWORD), "LOGIN_FAILED")
    challenge_id = app.give_password().body["challenge_id"]
    wrong = "000000" if app.code() != "000000" else "111111"
    assert_problem(app.give_code(challenge_id, wrong), "STEP_UP_INVALID")
    code = app.code()
    token = app.give_code(challenge_id, code).body["token"]
    assert_problem(app.give_code(challenge_id, code), "STEP_UP_EXPIRED")
    for header in (f"Bearer {token}", f"Bearer {token[:-2]}AA"):
        event = an_event("authorizer_request")
        event["headers"]["Authorization"] = header
        account.invoke("authorize", event)

    certificate = a_certificate(key="ec", not_after=NOW + timedelta(days=8))
    announced = app.announce(certificate.der, name="홍길동-signCert.der").body
    app.send_file(announced["upload_id"], certificate.der)
    assert app.deliver(announced["upload_id"]) == DONE
    assert app.ask_issuer(announced["upload_id"]) == DONE
    view = app.look(announced["upload_id"]).body
    other = a_certificate(key="ec")
    assert_problem(app.prove(view, other), "PROOF_FAILED")
    assert app.prove(view, certificate).status == 201
    nonce = view["proof"]["text"].split("일회용 값: ")[1].split("\n")[0]

    asked = Prover(app).certificate_login()
    wrong_signature = sign(other.key, asked["text"])
    refused = Prover(app).by_certificate_alone(certificate, asked, signature=wrong_signature)
    assert_problem(refused, "LOGIN_CERTIFICATE_FAILED")
    account.pass_time(seconds=1)
    text = Prover(app).certificate_login()
    session = Prover(app).by_certificate_alone(certificate, text).body

    account.pass_time(days=1)
    run(account)
    App(account, "kim").enrol(phone="+not-a-phone-0001")
    App(account, "kim").register(a_certificate(key="ec", not_after=account.at + timedelta(days=8)))
    account.pass_time(days=1)
    run(account)
    form = announced["files"][0]["fields"]
    return [
        PASSWORD,
        WRONG_PASSWORD,
        code,
        wrong,
        token,
        token.partition(".")[2],
        challenge_id,
        PHONE,
        PHONE.removeprefix("+82"),
        "+not-a-phone-0001",
        TOTP_SECRET.decode(),
        base64.b32encode(TOTP_SECRET).decode(),
        base64.b64encode(TOTP_SECRET).decode(),
        "$argon2id$",
        "홍길동",
        nonce,
        form["policy"],
        form["x-amz-signature"],
        base64.b64encode(certificate.der).decode()[:60],
        wrong_signature,
        text["text"].split("일회용 값: ")[1].split("\n")[0],
        session["token"],
        session["token"].partition(".")[2],
        hashlib.sha256(certificate.der).hexdigest(),
    ]


@pytest.fixture(scope="module")
def happened() -> tuple[Account, list[str]]:
    """The log of a complete scenario, and what must not be in it."""
    with an_account() as account:
        trust_demo_issuers(account)
        return account, everything_happens(App(account), account)


def test_no_secret_is_ever_logged(happened: tuple[Account, list[str]]) -> None:
    account, secrets = happened
    logged = account.log.getvalue()
    assert len(account.logged()) > 25
    for secret in secrets:
        assert secret not in logged
        assert json.dumps(secret)[1:-1] not in logged


def test_customers_are_logged_by_digest_only(happened: tuple[Account, list[str]]) -> None:
    account, _ = happened
    lines = account.logged()
    refs = {line["customer_ref"] for line in lines if "customer_ref" in line}
    assert len(refs) == 2
    assert all(len(ref) == 16 and int(ref, 16) for ref in refs)
    assert '"hong"' not in account.log.getvalue()


def test_every_step_is_audited(happened: tuple[Account, list[str]]) -> None:
    account, _ = happened
    audited = [line["message"] for line in account.logged() if line.get("audit")]
    assert audited[:14] == [
        "login.refused",
        "login.challenged",
        "otp.refused",
        "session.started",
        "otp.replayed",
        "upload.issued",
        "upload.decided",
        "upload.checked",
        "proof.refused",
        "registration.added",
        "certificate_login.refused",
        "session.started",
        "notice.sent",
        "upload.issued",
    ]


def test_every_log_line_of_a_request_has_its_support_reference(app: App, account: Account) -> None:
    refused = app.look("0" * 32)
    assert_problem(refused, "UPLOAD_NOT_FOUND")
    support_ref = refused.body["support_ref"]
    lines = account.logged()
    assert [line["message"] for line in lines] == ["refused", "answered"]
    assert {(line["support_ref"], line["function"]) for line in lines} == {(support_ref, "registrar-get_upload")}
    context = an_event("api_request")["requestContext"]
    ids = {(line["gateway_id"], line["extended_id"]) for line in lines}
    assert ids == {(context["requestId"], context["extendedRequestId"])}
    assert lines[1]["status"] == 404
