"""Before a transaction of high value: the issuer's word of now, applied at once, or no."""

from typing import Any

import pytest

from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem, trust_demo_issuers
from tests.support.builders import a_certificate, an_ec_key
from tools.pki.authorities import CustomerCertificate


@pytest.fixture
def app(account: Account) -> App:
    app = App(account)
    app.enrol()
    trust_demo_issuers(account)
    return app


def registered(app: App) -> tuple[str, CustomerCertificate]:
    certificate = a_certificate(key=an_ec_key())
    return app.register(certificate).body["registration_id"], certificate


def check(app: App, registration_id: str) -> Answer:
    return app.call("POST", "/registrations/{registration_id}/check", registration_id=registration_id)


def status(app: App, registration_id: str) -> dict[str, Any]:
    found: dict[str, Any] = app.call(
        "GET", "/registrations/{registration_id}", registration_id=registration_id
    ).body
    return found


def test_good_is_the_issuers_word_of_now(app: App) -> None:
    registration_id, _ = registered(app)
    app.account.pass_time(hours=5)
    asked = app.account.issuers.questions
    answer = check(app, registration_id)
    assert (answer.status, answer.body["usable"]) == (200, True)
    assert answer.body["revocation"] == {"as_of": "2026-11-23T08:00:00Z", "source": "ocsp"}
    assert app.account.issuers.questions == asked + 1


@pytest.mark.parametrize(
    ("mode", "status_now", "reason"),
    [
        ("revoked", "REVOKED_BY_ISSUER", "REG_REVOKED"),
        ("superseded", "REVOKED_BY_ISSUER", "REG_REVOKED"),
        ("hold", "HELD_BY_ISSUER", "REG_HELD"),
    ],
)
def test_what_the_issuer_says_is_applied_at_once(app: App, mode: str, status_now: str, reason: str) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.say(certificate.certificate, mode)
    answer = check(app, registration_id)
    assert (answer.status, answer.body["usable"]) == (200, False)
    assert (answer.body["status"], answer.body["reason"]) == (status_now, reason)
    assert status(app, registration_id) == answer.body


def test_the_issuers_hold_is_lifted_by_its_word_and_the_customers_stays(app: App) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.say(certificate.certificate, "hold")
    check(app, registration_id)
    app.call("POST", "/registrations/{registration_id}/loss", registration_id=registration_id)
    app.account.issuers.say(certificate.certificate, "good")
    answer = check(app, registration_id)
    assert (answer.body["holds"], answer.body["status"]) == (["customer"], "SUSPENDED")


@pytest.mark.parametrize("mode", ["tryLater", "garbage", "wrong_signer", "replayed", "stale", "old", "unknown"])
def test_without_a_fresh_word_the_answer_is_no_for_now_and_nothing_is_lost(app: App, mode: str) -> None:
    registration_id, _ = registered(app)
    app.account.issuers.mode = mode
    answer = check(app, registration_id)
    assert_problem(answer, "REVOCATION_NOT_CONFIRMED")
    assert int(answer.headers["Retry-After"]) > 0
    assert status(app, registration_id)["usable"] is True
    app.account.issuers.mode = None
    assert check(app, registration_id).body["usable"] is True


def test_what_has_ended_is_told_without_asking(app: App) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.say(certificate.certificate, "revoked")
    check(app, registration_id)
    asked = app.account.issuers.questions
    assert check(app, registration_id).body["reason"] == "REG_REVOKED"
    assert app.account.issuers.questions == asked


def test_another_customers_registration_is_not_there(app: App) -> None:
    registration_id, _ = registered(app)
    assert_problem(check(App(app.account, customer_id="kim"), registration_id), "REG_NOT_FOUND")
