"""Before a transaction of high value: a fresh revocation status is applied at once, or the request is refused."""

from typing import Any

import pytest

from registrar.domain.access.throttles import CHECK_LIMIT
from tests.support.app import Answer, App, assert_problem
from tests.support.builders import a_certificate
from tests.support.prepared import prepared, registered_certificate
from tools.pki.authorities import CustomerCertificate


def registered(app: App) -> tuple[str, CustomerCertificate]:
    certificate, registration = prepared(app, registered_certificate)
    return registration["registration_id"], certificate


def check(app: App, registration_id: str) -> Answer:
    return app.call("POST", "/registrations/{registration_id}/check", registration_id=registration_id)


def status(app: App, registration_id: str) -> dict[str, Any]:
    found: dict[str, Any] = app.call(
        "GET", "/registrations/{registration_id}", registration_id=registration_id
    ).body
    return found


def test_a_good_status_is_returned_with_its_time(app: App) -> None:
    registration_id, _ = registered(app)
    app.account.pass_time(hours=5)
    requests_before = app.account.issuers.requests
    response = check(app, registration_id)
    assert (response.status, response.body["usable"]) == (200, True)
    assert response.body["revocation"] == {"as_of": "2026-11-23T08:00:00Z", "source": "ocsp"}
    assert app.account.issuers.requests == requests_before + 1


@pytest.mark.parametrize(
    ("mode", "status_now", "reason"),
    [
        ("revoked", "REVOKED_BY_ISSUER", "REG_REVOKED"),
        ("superseded", "REVOKED_BY_ISSUER", "REG_REVOKED"),
        ("hold", "HELD_BY_ISSUER", "REG_HELD"),
    ],
)
def test_a_revocation_or_hold_is_applied_at_once(app: App, mode: str, status_now: str, reason: str) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.set_mode(certificate.certificate, mode)
    response = check(app, registration_id)
    assert (response.status, response.body["usable"]) == (200, False)
    assert (response.body["status"], response.body["reason"]) == (status_now, reason)
    assert status(app, registration_id) == response.body


def test_a_good_status_lifts_the_issuers_hold_and_keeps_the_customers(app: App) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.set_mode(certificate.certificate, "hold")
    check(app, registration_id)
    app.call("POST", "/registrations/{registration_id}/loss", registration_id=registration_id)
    app.account.issuers.set_mode(certificate.certificate, "good")
    app.account.pass_time(seconds=1)
    response = check(app, registration_id)
    assert (response.body["holds"], response.body["status"]) == (["customer"], "SUSPENDED")


@pytest.mark.parametrize("mode", ["tryLater", "garbage", "wrong_signer", "replayed", "stale", "old", "unknown"])
def test_without_a_fresh_status_the_verdict_is_no_and_nothing_changes(app: App, mode: str) -> None:
    registration_id, _ = registered(app)
    app.account.issuers.mode = mode
    response = check(app, registration_id)
    assert_problem(response, "REVOCATION_NOT_CONFIRMED")
    assert int(response.headers["Retry-After"]) > 0
    assert status(app, registration_id)["usable"] is True
    app.account.issuers.mode = None
    assert check(app, registration_id).body["usable"] is True


@pytest.mark.parametrize("mode", ["unauthorized", "unknown", "malformedRequest", "stale", "wrong_serial"])
def test_a_certificate_without_a_status_pauses_no_responder(app: App, mode: str) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.set_mode(certificate.certificate, mode)
    for _ in range(6):
        assert_problem(check(app, registration_id), "REVOCATION_NOT_CONFIRMED")
    other = App(app.account, customer_id="kim")
    assert other.register(a_certificate(key="ec")).status == 201


@pytest.mark.parametrize("mode", ["tryLater", "internalError", "garbage"])
def test_a_responder_that_fails_is_paused(app: App, mode: str) -> None:
    registration_id, _ = registered(app)
    app.account.issuers.mode = mode
    asked = app.account.issuers.requests
    for _ in range(7):
        assert_problem(check(app, registration_id), "REVOCATION_NOT_CONFIRMED")
    assert app.account.issuers.requests == asked + 5


def test_checks_of_one_customer_are_limited_before_the_issuer_is_queried(app: App) -> None:
    registration_id, _ = registered(app)
    other = App(app.account, customer_id="kim")
    others, _ = registered(other)
    for _ in range(CHECK_LIMIT.per_minute):
        assert check(app, registration_id).status == 200
    asked = app.account.issuers.requests
    refused = check(app, registration_id)
    assert_problem(refused, "RATE_LIMITED")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert app.account.issuers.requests == asked
    assert check(other, others).status == 200
    app.account.pass_time(minutes=1)
    assert check(app, registration_id).status == 200


def test_an_ended_registration_is_returned_without_a_query(app: App) -> None:
    registration_id, certificate = registered(app)
    app.account.issuers.set_mode(certificate.certificate, "revoked")
    check(app, registration_id)
    requests_before = app.account.issuers.requests
    assert check(app, registration_id).body["reason"] == "REG_REVOKED"
    assert app.account.issuers.requests == requests_before


def test_another_customers_registration_is_not_found(app: App) -> None:
    registration_id, _ = registered(app)
    assert_problem(check(App(app.account, customer_id="kim"), registration_id), "REG_NOT_FOUND")
