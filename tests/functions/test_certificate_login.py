"""POST /login/certificate: a registered certificate alone logs in; nothing is revealed about certificates."""

import base64
import dataclasses
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from registrar.aws.tables import throttles as throttles_table
from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.challenge import CHALLENGE_LIFE
from registrar.domain.access.recovery import COOLING_OFF, Recovery
from registrar.domain.access.recovery import approve as approved
from registrar.domain.access.recovery import propose as proposed
from registrar.domain.access.session import SESSION_LIFE, read_token
from registrar.domain.access.throttles import ADDRESS_LIMIT, CERTIFICATE_LIMIT, FREE_TRIES, Limit
from registrar.domain.certificates.certificate_form import parse_certificate
from registrar.domain.possession import signature, stand_in
from registrar.domain.registrations.registration import Hold
from registrar.domain.times import iso, korean_time
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import NOW, a_certificate, an_ec_key, an_rsa_key
from tests.support.cms_messages import by_key_id, signed_by
from tests.support.methods import Prover
from tests.support.prepared import prepared
from tests.support.rows import PHONE, registrations_of, sessions_of
from tests.support.staff import act
from tests.support.transitions import block, hold, revoke
from tools.demo.phone import sign
from tools.pki.authorities import CustomerCertificate

STRANGER = "198.51.100.7"
EC = a_certificate(key=an_ec_key())
ANOTHER = a_certificate(key=an_ec_key("another"), serial_number=4711)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def cms(certificate: CustomerCertificate, text: str, *brought: CustomerCertificate, **overrides: Any) -> str:
    return b64(signed_by(certificate, text.encode(), certificates=[each.der for each in brought], **overrides))


@pytest.fixture
def prover(app: App) -> Prover:
    """The customer, who has not logged in yet."""
    return Prover(app)


@pytest.fixture
def held(prover: Prover) -> str:
    """The registration of EC, which is the customer's."""
    return prepared(prover.app, holding)


def holding(app: App) -> str:
    return Prover(app).hold(EC)


# ---- what logs in


def test_a_signature_alone_starts_a_session(prover: Prover, held: str, account: Account) -> None:
    asked = prover.certificate_login()
    assert asked["expires_at"] == iso(NOW + CHALLENGE_LIFE)
    assert asked["text"].split("\n") == [
        "인증서로 로그인 / Log in with a registered certificate",
        "은행: 전북은행(JBB)",
        "용도: 로그인",
        f"로그인 번호: {asked['login_id']}",
        f"일회용 값: {asked['text'].split('일회용 값: ')[1][:43]}",
        f"서명 기한: {korean_time(NOW + CHALLENGE_LIFE)}",
    ]
    response = prover.by_certificate_alone(EC, asked)

    assert response.status == 200
    assert response.body.keys() == {
        *("kind", "token", "token_type", "expires_at", "ended_other_session", "device_id"),
    }
    assert response.body["kind"] == "session"
    assert (response.body["token_type"], response.body["expires_at"]) == ("Bearer", iso(NOW + SESSION_LIFE))
    claimed = read_token(response.body["token"])
    assert claimed is not None
    assert claimed[0] == "hong"
    (row,) = account.items("SessionsTable")
    assert (row["method"]["S"], row["customer_kind"]["S"]) == ("certificate", "personal")
    line = account.logged()[-2]
    assert (line["message"], line["registration_id"]) == ("session.started", held)


def named_by_certificate(certificate: CustomerCertificate, text: str) -> dict[str, Any]:
    return {"certificate": b64(certificate.der), "fingerprint": None}


def in_cms(certificate: CustomerCertificate, text: str) -> dict[str, Any]:
    """A message with the signer's certificate among others: nothing else says who signed."""
    message = cms(certificate, text, ANOTHER, certificate)
    return {"cms": message, "fingerprint": None, "signature": None}


def in_cms_by_key_id(certificate: CustomerCertificate, text: str) -> dict[str, Any]:
    sid = {"sid": by_key_id(certificate.certificate), "version": 3, "signed_version": 3}
    return {"cms": cms(certificate, text, certificate, **sid), "fingerprint": None, "signature": None}


def in_cms_without_certificates(certificate: CustomerCertificate, text: str) -> dict[str, Any]:
    return {"cms": cms(certificate, text), "signature": None}


@pytest.mark.parametrize("key", [an_ec_key, an_rsa_key], ids=["EC", "RSA"])
@pytest.mark.parametrize(
    "sent",
    [lambda *_: {}, named_by_certificate, in_cms, in_cms_by_key_id, in_cms_without_certificates],
    ids=["fingerprint", "certificate", "CMS", "CMS by key id", "CMS and fingerprint"],
)
def test_each_form_of_a_proof_logs_in(
    prover: Prover, key: Callable[[], Any], sent: Callable[[CustomerCertificate, str], dict[str, Any]]
) -> None:
    certificate = a_certificate(key=key())
    prover.hold(certificate)
    asked = prover.certificate_login()

    response = prover.by_certificate_alone(certificate, asked, **sent(certificate, asked["text"]))

    assert response.body.get("token_type") == "Bearer", response.body


def test_it_counts_as_one_method_of_the_customer_and_ends_the_session_before(
    prover: Prover, held: str, account: Account
) -> None:
    app = prover.app
    assert app.log_in().status == 200
    app.account.pass_time(minutes=1)
    response = prover.by_certificate_alone(EC, device_id=app.device_id)

    assert response.body["ended_other_session"] is True
    assert "device_id" not in response.body, "the phone is known from its first login"
    assert len(account.items("SessionsTable")) == 1


def test_it_proves_no_operation(prover: Prover, held: str, account: Account) -> None:
    assert "proof_id" not in prover.by_certificate_alone(EC).body
    assert account.items("ChallengesTable")[0].keys() == {
        *("id", "nonce", "created_ms", "expires_at", "ttl", "used_at", "last_call"),
    }
    files = [{"name": "signCert.der", "size": 1, "sha256": "ab" * 32}]
    assert_problem(prover.app.call("POST", "/uploads", {"files": files}), "STEP_UP_REQUIRED")


# ---- what is revealed


@dataclasses.dataclass
class Look:
    """What a caller and AWS see of one request."""

    response: Answer
    calls: list[tuple[object, ...]]
    checked: list[str]


def seen(account: Account, act: Callable[[], Answer], monkeypatch: pytest.MonkeyPatch) -> Look:
    """The response, the calls in order, and the key of each signature check."""
    account.function("finish_certificate_login")
    checked: list[str] = []

    def check(der: bytes, texts: Any, proof: Any) -> None:
        is_rsa = isinstance(parse_certificate(der).public_key(), RSAPublicKey)
        checked.append("RSA" if is_rsa else "EC")
        signature.check_one_signed(der, texts, proof)

    with monkeypatch.context() as patched:
        patched.setattr(stand_in, "check_one_signed", check)
        account.calls.clear()
        response = act()
    return Look(response, [_shape(call.operation, call.params) for call in account.calls], checked)


def _shape(operation: str, params: Any) -> tuple[object, ...]:
    """A call without the customer's own values; counters have keys of one length."""
    if operation == "BatchGetItem":
        asked = params["RequestItems"]
        return (operation, *((table, len(keys["Keys"]), keys["ConsistentRead"]) for table, keys in asked.items()))
    counter = params["Key"]["id"]["S"] if "Throttles" in params["TableName"] else ""
    return operation, params["TableName"], params.get("ConsistentRead"), len(counter)


def unknown_certificates(prover: Prover) -> list[dict[str, Any]]:
    """Of somebody who is no customer, of an unknown fingerprint, and of a customer who was deleted."""
    stranger = Prover(App(prover.account, "gone"))
    stranger.app.enrol()
    gone = a_certificate(key=an_ec_key("gone"), serial_number=4712)
    stranger.hold(gone)
    table = prover.account.physical["CustomersTable"]
    prover.account.client("dynamodb").delete_item(TableName=table, Key={"id": {"S": "gone"}})
    return [
        {"certificate": ANOTHER},
        {"certificate": ANOTHER, "fingerprint": "0" * 64},
        {"certificate": gone},
    ]


def locked_out(prover: Prover) -> dict[str, Any]:
    """The certificate of a customer whom the bank locked out, with the right signature."""
    other = Prover(App(prover.account, "lee"))
    other.app.enrol()
    locked = a_certificate(key=an_ec_key("lee"), serial_number=4713)
    other.hold(locked)
    sessions_of(prover.account).lock("lee", prover.account.at)
    return {"certificate": locked}


@pytest.mark.parametrize("form", ["signature", "cms"])
def test_unknown_wrong_and_locked_out_are_indistinguishable(
    prover: Prover, held: str, account: Account, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same response, same AWS calls, one check by a key of the same kind."""
    cases = [*unknown_certificates(prover), locked_out(prover)]
    cases += [{"certificate": EC, "key": an_ec_key("another")}]

    def attempt(certificate: CustomerCertificate, key: Any = None, **other: Any) -> Answer:
        asked = prover.certificate_login()
        signer = dataclasses.replace(certificate, key=key or certificate.key)
        if form == "cms":
            other |= {"cms": cms(signer, asked["text"]), "signature": None}
        return prover.by_certificate_alone(signer, asked, **other)

    looks = [seen(account, lambda case=case: attempt(**case), monkeypatch) for case in cases]  # type: ignore[misc]

    for look in looks:
        assert_problem(look.response, "LOGIN_CERTIFICATE_FAILED")
        assert look == looks[0]
    assert looks[0].checked == ["EC"]
    operations = [operation for operation, *_ in looks[0].calls]
    assert operations == [
        *("UpdateItem", "PutItem"),
        *("UpdateItem", "GetItem", "GetItem", "BatchGetItem", "GetItem", "UpdateItem", "UpdateItem", "GetItem"),
    ]
    (locked,) = account.items("SessionsTable")
    assert locked.keys() == {"customer_id", "locked_at"}


@pytest.mark.parametrize("form", ["signature", "cms"])
def test_an_unknown_certificate_with_an_rsa_signature_costs_the_check_of_an_rsa_key(
    prover: Prover, account: Account, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered = a_certificate(key=an_rsa_key())
    wrong = dataclasses.replace(registered, key=an_rsa_key("other"))
    prover.hold(registered)
    unknown = a_certificate(key=an_rsa_key("other"))

    def attempt(signer: CustomerCertificate) -> Answer:
        asked = prover.certificate_login()
        other = {"cms": cms(signer, asked["text"]), "signature": None} if form == "cms" else {}
        return prover.by_certificate_alone(signer, asked, **other)

    looks = [seen(account, lambda each=each: attempt(each), monkeypatch) for each in (wrong, unknown)]  # type: ignore[misc]

    assert looks[0] == looks[1]
    assert looks[0].checked == ["RSA"]


STATES: dict[str, Callable[[Any, Any], object]] = {
    "REG_SUSPENDED": hold(Hold.CUSTOMER),
    "REG_HELD": hold(Hold.ISSUER),
    "REG_REVOKED": revoke,
    "REG_BLOCKED": block,
    "REG_DEREGISTERED": lambda registrations, r: registrations.deregister(r, NOW),
}


@pytest.mark.parametrize("code", [*STATES, "bank"])
def test_a_certificate_that_may_not_be_used_starts_no_session_and_only_its_holder_learns_why(
    prover: Prover, held: str, account: Account, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with account.aside():
        registrations = registrations_of(account)
        change = hold(Hold.BANK) if code == "bank" else STATES[code]
        change(registrations, registrations.get("hong", held))
    wrong = {"signature": sign(an_ec_key("another"), "another text")}
    stranger = seen(account, lambda: prover.by_certificate_alone(EC, **wrong), monkeypatch)
    nobody = seen(account, lambda: prover.by_certificate_alone(ANOTHER, **wrong), monkeypatch)

    assert stranger == nobody, "it does not even reveal that the certificate was registered"
    assert_problem(stranger.response, "LOGIN_CERTIFICATE_FAILED")
    assert_problem(prover.by_certificate_alone(EC), "REG_SUSPENDED" if code == "bank" else code)
    assert account.items("SessionsTable") == []


def test_an_expired_certificate_starts_no_session(prover: Prover, account: Account) -> None:
    ends = NOW + timedelta(minutes=10)
    certificate = a_certificate(key=an_ec_key(), not_after=ends)
    prover.hold(certificate)
    account.at = ends + timedelta(seconds=1)

    assert_problem(prover.by_certificate_alone(certificate), "REG_EXPIRED", expired_on=iso(ends))


def test_a_superseded_certificate_starts_no_session_and_its_successor_does(
    app: App, account: Account, prover: Prover
) -> None:
    old = a_certificate(key=an_ec_key("old"), not_before=NOW - timedelta(days=300))
    new = a_certificate(key=an_ec_key("new"), not_before=NOW - timedelta(days=1), serial_number=4714)
    first = app.register(old).body["registration_id"]
    assert app.prove(app.upload(new.der), new, replaces=first).status == 201

    assert_problem(prover.by_certificate_alone(old), "REG_SUPERSEDED")
    assert prover.by_certificate_alone(new).status == 200


def test_a_certificate_whose_hold_was_lifted_logs_in_again(prover: Prover, held: str, account: Account) -> None:
    with account.aside():
        registrations_of(account).add_hold("hong", held, Hold.ISSUER, NOW)
    assert_problem(prover.by_certificate_alone(EC), "REG_HELD")
    with account.aside():
        registrations_of(account).lift_by_issuer("hong", held, NOW + timedelta(hours=1), NOW)
    assert prover.by_certificate_alone(EC).status == 200


# ---- customers whom it must not let in


def test_a_loss_report_by_password_stops_it(prover: Prover, held: str) -> None:
    assert (
        prover.app.call("POST", "/loss", {"customer_id": "hong", "password": "correct horse 배터리"}).status == 200
    )
    assert_problem(prover.by_certificate_alone(EC), "REG_SUSPENDED")


@pytest.mark.parametrize("route", ["/registrations/loss", "/registrations/{registration_id}/loss"])
def test_a_loss_report_in_a_session_stops_it(prover: Prover, held: str, route: str) -> None:
    named = {"registration_id": held} if "{" in route else {}
    assert prover.app.call("POST", route, **named).status == 200
    assert_problem(prover.by_certificate_alone(EC), "REG_SUSPENDED")


def test_a_customer_who_is_locked_out_meanwhile_gets_no_session(
    prover: Prover, held: str, account: Account
) -> None:
    def starts(call: Any) -> bool:
        return "secret_digest" in str(call.params.get("UpdateExpression", "")) + str(call.params)

    def lock() -> None:
        with account.aside():
            sessions_of(account).lock("hong", NOW)

    with account.interrupted(starts, lock):
        assert_problem(prover.by_certificate_alone(EC), "STEP_UP_EXPIRED")
    assert sessions_of(account).find("hong") is None


def recovered(prover: Prover, **other: Any) -> Recovery:
    """A recovery that two persons of the bank decide on now."""
    at = prover.account.at
    values: dict[str, Any] = {"phone": "+821087654321", "lost": ("phone",), "current": PHONE, **other}
    proposal = proposed(values["phone"], values["lost"], "identity card seen", "kim", at, current=values["current"])
    recovery = approved(proposal, "lee", at)
    prover.change(recovery=recovery)
    return recovery


@pytest.mark.parametrize("lost", [("phone",), ("totp",), ("passkeys",)], ids=str)
def test_after_a_recovery_a_certificate_from_before_does_not_log_in_alone(
    prover: Prover, held: str, account: Account, lost: tuple[str, ...]
) -> None:
    recovered(prover, lost=lost, phone="+821087654321" if "phone" in lost else None)
    account.pass_time(hours=1)
    assert prover.by_certificate_alone(EC).status == 200, "it takes effect after a day: the customer can object"

    account.at = NOW + COOLING_OFF
    assert_problem(prover.by_certificate_alone(EC), "LOGIN_AFTER_RECOVERY")
    after_the_password = prover.by_certificate(prover.log_in_challenge(), EC)
    assert after_the_password.body["token_type"] == "Bearer"


def test_a_certificate_registered_again_after_a_recovery_logs_in(
    prover: Prover, held: str, account: Account
) -> None:
    recovered(prover)
    account.at = NOW + COOLING_OFF + timedelta(hours=1)
    with account.aside():
        registrations = registrations_of(account)
        registrations.deregister(registrations.get("hong", held), account.at)
    assert_problem(prover.by_certificate_alone(EC), "REG_DEREGISTERED")
    prover.hold(EC)
    assert prover.by_certificate_alone(EC).status == 200


@pytest.mark.parametrize("then", ["proposal", "cancelled"])
def test_a_later_recovery_does_not_let_in_what_an_earlier_one_shut_out(
    prover: Prover, held: str, account: Account, then: str
) -> None:
    recovered(prover)
    account.at = NOW + COOLING_OFF + timedelta(hours=1)
    event = {"customer_id": "hong", "staff_id": "kim.teller", "lost": ["totp"], "reason": "identity card seen"}
    recovery_id = act(account, "propose_recovery", event)["done"]["recovery_id"]
    if then == "cancelled":
        named = {"customer_id": "hong", "recovery_id": recovery_id, "staff_id": "lee.manager"}
        digest = act(account, "approve_recovery", {"step": "view", **named})["done"]["digest"]
        act(account, "approve_recovery", {"step": "approve", "confirm": digest, **named})
        assert prover.app.call("POST", "/recovery/cancellation").status == 200
    assert_problem(prover.by_certificate_alone(EC), "LOGIN_AFTER_RECOVERY")


# ---- a text is good once


def test_a_text_is_used_up_by_a_login(prover: Prover, held: str, account: Account) -> None:
    asked = prover.certificate_login()
    assert prover.by_certificate_alone(EC, asked).status == 200
    account.pass_time(minutes=1)
    assert_problem(prover.by_certificate_alone(EC, asked), "STEP_UP_EXPIRED")


def test_a_text_is_used_up_by_a_wrong_signature(prover: Prover, held: str) -> None:
    asked = prover.certificate_login()
    assert_problem(prover.by_certificate_alone(EC, asked, signature="AAAA"), "LOGIN_CERTIFICATE_FAILED")
    assert_problem(prover.by_certificate_alone(EC, asked), "STEP_UP_EXPIRED")


def test_two_customers_cannot_log_in_with_one_text(prover: Prover, held: str) -> None:
    kim = Prover(App(prover.account, "kim"))
    kim.app.enrol()
    kim.hold(ANOTHER)
    asked = prover.certificate_login()

    assert kim.by_certificate_alone(ANOTHER, asked).status == 200
    assert_problem(prover.by_certificate_alone(EC, asked), "STEP_UP_EXPIRED")


def test_a_text_expires(prover: Prover, held: str, account: Account) -> None:
    last, late = prover.certificate_login(), prover.certificate_login()
    account.at = NOW + CHALLENGE_LIFE - timedelta(seconds=1)
    assert prover.by_certificate_alone(EC, last).status == 200
    account.at = NOW + CHALLENGE_LIFE
    assert_problem(prover.by_certificate_alone(EC, late), "STEP_UP_EXPIRED")


def test_a_text_from_before_a_newer_login_is_refused(prover: Prover, held: str, account: Account) -> None:
    asked = prover.certificate_login()
    account.pass_time(seconds=1)
    assert prover.app.log_in().status == 200
    assert_problem(prover.by_certificate_alone(EC, asked), "STEP_UP_EXPIRED")


def test_a_login_by_certificate_ends_older_challenges_of_logins(
    prover: Prover, held: str, account: Account
) -> None:
    challenge = prover.log_in_challenge()
    account.pass_time(seconds=1)
    assert prover.by_certificate_alone(EC).status == 200
    assert_problem(prover.by_otp(challenge), "STEP_UP_EXPIRED")


@pytest.mark.parametrize("login_id", ["A" * 22, None], ids=["unknown", "left out"])
def test_an_unknown_text_is_refused(prover: Prover, held: str, login_id: str | None) -> None:
    response = prover.by_certificate_alone(EC, login_id=login_id)
    assert_problem(response, "STEP_UP_EXPIRED" if login_id else "MALFORMED_REQUEST")


# ---- a signature for one thing is none for another


def test_a_signature_for_another_text_logs_nobody_in(prover: Prover, held: str) -> None:
    other, step_up = prover.certificate_login()["text"], prover.step_up("register")
    for text in (other, step_up["asked"]["certificate"]["text"]):
        refused = prover.by_certificate_alone(EC, signature=sign(EC.key, text))
        assert_problem(refused, "LOGIN_CERTIFICATE_FAILED")


def test_a_challenge_is_no_text_for_a_login_and_a_text_no_challenge(prover: Prover, held: str) -> None:
    challenge, asked = prover.log_in_challenge(), prover.certificate_login()
    text = challenge["asked"]["certificate"]["text"]
    moved = {"login_id": challenge["challenge_id"], "text": text}
    assert_problem(prover.by_certificate_alone(EC, moved), "STEP_UP_EXPIRED")

    of_login = {"certificate": {"text": asked["text"], "registrations": [{"registration_id": held}]}}
    for challenge_id in (asked["login_id"], challenge["challenge_id"]):
        answered = prover.by_certificate({"challenge_id": challenge_id, "asked": of_login}, EC)
        assert answered.body["code"] in ("STEP_UP_EXPIRED", "STEP_UP_INVALID")
    assert_problem(prover.by_otp({"challenge_id": asked["login_id"]}), "STEP_UP_EXPIRED")
    assert_problem(prover.ask_sms({"challenge_id": asked["login_id"]}), "STEP_UP_EXPIRED")


def test_a_signature_for_a_login_registers_and_resumes_nothing(app: App, prover: Prover, held: str) -> None:
    prover.log_in()
    text = prover.certificate_login()["text"]
    view = app.upload(ANOTHER.der)
    assert_problem(app.prove(view, ANOTHER, signature=sign(ANOTHER.key, text)), "PROOF_FAILED")
    assert app.call("POST", "/registrations/{registration_id}/loss", registration_id=held).status == 200
    proof = {"proof_id": prover.proof("resume", held), "signature": sign(EC.key, text)}
    resumed = app.call("POST", "/registrations/{registration_id}/resume", proof, registration_id=held)
    assert_problem(resumed, "SIGNATURE_INVALID")


def test_the_certificate_in_a_message_does_not_say_whose_signature_it_is(prover: Prover, held: str) -> None:
    """Named as the signer's, with the signature of another key."""
    asked = prover.certificate_login()
    forger = dataclasses.replace(EC, key=an_ec_key("another"))
    forged = {"cms": cms(forger, asked["text"], EC), "signature": None, "fingerprint": None}
    assert_problem(prover.by_certificate_alone(EC, asked, **forged), "LOGIN_CERTIFICATE_FAILED")

    asked = prover.certificate_login()
    named = {"cms": cms(ANOTHER, asked["text"], ANOTHER), "signature": None}
    refused = prover.by_certificate_alone(EC, asked, **named)
    assert_problem(refused, "LOGIN_CERTIFICATE_FAILED")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"fingerprint": None}, "fingerprint"),
        ({"fingerprint": "AB" * 32}, "fingerprint"),
        ({"fingerprint": None, "certificate": "no base64!"}, "certificate"),
        ({"signature": None}, "signature"),
        ({"device_id": "short"}, "device_id"),
    ],
)
def test_what_is_missing_or_malformed_is_named(prover: Prover, held: str, sent: dict[str, Any], field: str) -> None:
    assert_problem(prover.by_certificate_alone(EC, **sent), "MALFORMED_REQUEST", field=field)


def test_a_message_without_the_signers_certificate_needs_it_named(prover: Prover, held: str) -> None:
    asked = prover.certificate_login()
    sent = {"signature": None, "fingerprint": None}
    for brought in ((), (ANOTHER,)):
        message = cms(EC, asked["text"], *brought)
        response = prover.by_certificate_alone(EC, asked, cms=message, **sent)
        assert_problem(response, "MALFORMED_REQUEST", field="fingerprint")
    unreadable = prover.by_certificate_alone(EC, asked, cms=b64(b"no message"), **sent)
    assert_problem(unreadable, "LOGIN_CERTIFICATE_FAILED")
    assert prover.by_certificate_alone(EC, asked).status == 200, "none of them used up the text"


# ---- limits


def test_an_address_over_its_limit_has_to_wait_before_any_read(prover: Prover, held: str, account: Account) -> None:
    asked = prover.certificate_login()
    throttles: Throttles = account.function("login").throttles
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address(STRANGER, account.at)
    prover.app.address = STRANGER
    for route in ("/login/certificate/options", "/login/certificate"):
        account.function("finish_certificate_login")
        account.calls.clear()
        body = {"login_id": asked["login_id"], "fingerprint": "0" * 64, "signature": "AAAA"}
        assert_problem(prover.app.call("POST", route, body), "RATE_LIMITED")
        assert [call.operation for call in account.calls] == ["UpdateItem"]
    prover.app.address = None
    assert prover.by_certificate_alone(EC, asked).status == 200


MOST = 3


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is soon reached."""
    per_hour = MOST * CERTIFICATE_LIMIT.per_hour // CERTIFICATE_LIMIT.per_minute
    monkeypatch.setattr(throttles_table, "CERTIFICATE_LIMIT", Limit(MOST, per_hour))


def flood(account: Account, certificate: CustomerCertificate, count: int = MOST) -> None:
    """What strangers do at many addresses, with a certificate that anybody may have."""
    throttles: Throttles = account.function("finish_certificate_login").throttles
    fingerprint = hashlib.sha256(certificate.der).hexdigest()
    for _ in range(count):
        throttles.count_certificate(fingerprint, None, account.at)


@pytest.mark.usefixtures("_few")
def test_a_flood_with_a_certificate_stops_with_its_minute_and_uses_up_no_text(
    prover: Prover, held: str, account: Account
) -> None:
    asked = prover.certificate_login()
    flood(account, EC)
    refused = prover.by_certificate_alone(EC, asked)
    assert_problem(refused, "RATE_LIMITED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    account.pass_time(minutes=1)
    assert prover.by_certificate_alone(EC, asked).status == 200
    for _ in range(20):
        account.pass_time(minutes=1)
        flood(account, EC)
    account.pass_time(minutes=1)
    assert prover.by_certificate_alone(EC).status == 200, "no flood before it makes a customer wait longer"


@pytest.mark.usefixtures("_few")
def test_a_flood_does_not_stop_a_phone_that_is_known(prover: Prover, held: str, account: Account) -> None:
    known = prover.by_certificate_alone(EC).body["device_id"]
    account.pass_time(seconds=1)
    flood(account, EC, MOST - 1)

    assert_problem(prover.by_certificate_alone(EC, device_id="x" * 22), "RATE_LIMITED")
    assert prover.by_certificate_alone(EC, device_id=known).status == 200


@pytest.mark.usefixtures("_few")
def test_a_flood_with_one_certificate_leaves_others_alone(prover: Prover, held: str, account: Account) -> None:
    flood(account, ANOTHER)
    assert_problem(prover.by_certificate_alone(ANOTHER), "RATE_LIMITED")
    assert prover.by_certificate_alone(EC).status == 200


@pytest.mark.parametrize("scope", ["count_address", "count_certificate"])
def test_a_login_that_cannot_be_counted_is_refused(
    prover: Prover, held: str, account: Account, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = prover.certificate_login()
    account.function("finish_certificate_login")

    def failing(*_: object) -> None:
        raise ConnectionError("the table does not answer")

    monkeypatch.setattr(Throttles, scope, failing)
    assert_problem(prover.by_certificate_alone(EC, asked), "SYSTEM_RETRY")
    assert account.items("SessionsTable") == []


def test_a_login_by_certificate_clears_wrong_codes_but_no_wrong_passwords(
    prover: Prover, held: str, account: Account
) -> None:
    """The password was not proved: a stranger who guesses at it gets no new tries."""
    for _ in range(FREE_TRIES):
        prover.app.give_password("wrong")
    challenge = prover.step_up("register")
    for _ in range(FREE_TRIES):
        prover.by_otp(challenge, "000000")
    assert "otp" not in prover.step_up("register")["methods"]

    assert prover.by_certificate_alone(EC).status == 200

    prover.app.proved_at = account.at  # the new session
    assert "otp" in prover.step_up("register")["methods"]
    assert_problem(prover.app.give_password(), "LOGIN_FAILED", tries_left=0)
