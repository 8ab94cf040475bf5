"""Nothing is registered without a revocation status, and nothing is lost while there is none."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from registrar.domain.registrations.upload import UploadState
from tests.support.account import Account, Call, Killed
from tests.support.app import DONE, App, assert_problem
from tests.support.builders import NOW, a_certificate, an_ec_key
from tests.support.prepared import delivered_certificate, prepared, registered_certificate, uploaded_certificate
from tools.pki.authorities import CustomerCertificate

SILENT = {
    "tryLater": "REVOCATION_UNAVAILABLE",
    "unauthorized": "REVOCATION_UNAVAILABLE",
    "internalError": "REVOCATION_UNAVAILABLE",
    "garbage": "REVOCATION_ANSWER_INVALID",
    "wrong_serial": "REVOCATION_ANSWER_INVALID",
    "wrong_signer": "REVOCATION_ANSWER_INVALID",
    "replayed": "REVOCATION_ANSWER_INVALID",
    "future": "REVOCATION_ANSWER_INVALID",
    "stale": "REVOCATION_STALE",
}
REFUSED = {
    "revoked": "REVOKED_BY_ISSUER",
    "superseded": "REVOKED_RENEWED",
    "hold": "ISSUER_ON_HOLD",
    "unknown": "REVOCATION_STATUS_UNKNOWN",
}
PLAN_MINUTES = (1, 5, 30, 120, 360, 720, 1440)


def good(**overrides: Any) -> CustomerCertificate:
    return a_certificate(**{"key": an_ec_key(), **overrides})


def uploaded(app: App, mode: str | None = None) -> tuple[CustomerCertificate, dict[str, Any]]:
    """A certificate, and its upload after the issuer was asked, which responds in this mode."""
    certificate, upload_id = prepared(app, delivered_certificate)
    app.account.issuers.mode = mode
    return certificate, app.decided(upload_id)


def notices(account: Account) -> list[dict[str, Any]]:
    return [m["body"] for m in account.messages() if str(m["body"].get("kind", "")).startswith("upload_")]


@pytest.mark.parametrize("mode", REFUSED)
def test_a_revoked_or_held_certificate_is_refused(app: App, mode: str) -> None:
    _, view = uploaded(app, mode)
    assert (view["state"], view["headline"]) == ("REJECTED", REFUSED[mode])
    assert app.account.keys("UploadBucket") == []


@pytest.mark.parametrize("mode", SILENT)
def test_an_unavailable_status_defers_and_the_upload_registers_later(app: App, mode: str) -> None:
    certificate, view = uploaded(app, mode)
    assert (view["state"], view["headline"]) == ("DEFERRED", SILENT[mode])
    assert view["next_check_at"] == "2026-11-23T03:01:00Z"
    assert view["poll_after"] > 0
    assert CATALOGUE[view["headline"]].next_action is NextAction.WAIT_NOTICE
    assert app.registrations() == []

    app.account.issuers.mode = None
    app.account.pass_time(minutes=1)
    app.retry_deferred()
    ready = app.look(view["upload_id"]).body
    assert (ready["state"], ready["findings"]) == ("AWAITING_PROOF", [])
    assert app.prove(ready, certificate).status == 201


def test_a_deferred_upload_cannot_be_registered_and_reports_why(app: App) -> None:
    _, view = uploaded(app, "tryLater")
    response = app.call("POST", "/uploads/{upload_id}/registration", CONSENT, upload_id=view["upload_id"])
    assert_problem(response, "REVOCATION_UNAVAILABLE")


CONSENT = {"consent_version": "2026-11-30"}


def test_after_a_day_of_retries_the_upload_is_refused_and_can_be_repeated(app: App) -> None:
    start = app.account.at
    _, view = uploaded(app, "tryLater")
    requests_before = app.account.issuers.requests
    for minutes in PLAN_MINUTES:
        assert app.look(view["upload_id"]).body["next_check_at"] == _at(start, minutes)
        app.account.at = start + timedelta(minutes=minutes) - timedelta(seconds=1)
        assert app.retry_deferred() == {"due": 0, "asked": 0}
        app.account.pass_time(seconds=1)
        assert app.retry_deferred() == {"due": 1, "asked": 1}
    assert app.account.issuers.requests == requests_before + len(PLAN_MINUTES)
    over = app.look(view["upload_id"]).body
    assert (over["state"], over["headline"]) == ("REJECTED", "REVOCATION_GIVEN_UP")
    assert CATALOGUE[Code.REVOCATION_GIVEN_UP].next_action is NextAction.RESTART
    assert app.retry_deferred() == {"due": 0, "asked": 0}


def _at(start: Any, minutes: int) -> str:
    return f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_a_deferred_upload_expires_without_a_job(app: App) -> None:
    _, view = uploaded(app, "tryLater")
    app.account.pass_time(hours=26)
    assert app.look(view["upload_id"]).body["state"] == "EXPIRED"


@pytest.mark.parametrize(("mode", "kind"), [(None, "upload_ready"), ("revoked", "upload_refused")])
def test_a_customer_who_waited_gets_one_notice_of_the_result(app: App, mode: str | None, kind: str) -> None:
    upload_id = uploaded(app, "tryLater")[1]["upload_id"]
    app.account.issuers.mode = mode
    app.account.pass_time(minutes=1)
    app.account.calls.clear()
    app.retry_deferred()
    (notice,) = notices(app.account)
    assert (notice["kind"], notice["customer_id"]) == (kind, app.customer_id)
    app.ask_issuer(upload_id)
    assert {each["id"] for each in notices(app.account)} == {notice["id"]}


@pytest.mark.parametrize(("mode", "kind"), [(None, "upload_ready"), ("revoked", "upload_refused")])
def test_a_query_that_finds_the_result_sends_the_notice_too(app: App, mode: str | None, kind: str) -> None:
    """The delivery that settled it may have been killed before its notice."""
    upload_id = uploaded(app, "tryLater")[1]["upload_id"]
    app.account.issuers.mode = mode

    def settle_and_die() -> None:
        with app.account.killed_at(0, after=True), pytest.raises(Killed):
            app.ask_issuer(upload_id)

    def is_settling(call: Call) -> bool:
        return call.operation == "UpdateItem" and ":findings" in call.params["ExpressionAttributeValues"]

    with app.account.interrupted(is_settling, settle_and_die):
        assert app.ask_issuer(upload_id) == DONE
    assert {notice["kind"] for notice in notices(app.account)} == {kind}


def test_a_customer_who_did_not_wait_gets_no_notice(app: App) -> None:
    app.account.calls.clear()
    app.upload(good().der)
    assert notices(app.account) == []


def test_an_admin_retries_all_deferred_uploads_of_an_operator_at_once(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    views = [app.upload(good().der), app.upload(good(key="rsa").der)]
    app.account.issuers.mode = None
    assert app.retry_deferred({"all": True}) == {"due": 2, "asked": 2}
    assert {app.look(view["upload_id"]).body["state"] for view in views} == {"AWAITING_PROOF"}


def test_a_failing_responder_is_paused_until_one_probe_succeeds(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    views = [app.upload(good().der) for _ in range(6)]
    assert app.account.issuers.requests == 5
    app.account.issuers.mode = None
    app.account.pass_time(seconds=59)
    app.retry_deferred({"all": True})
    assert app.account.issuers.requests == 5
    app.account.pass_time(seconds=1)
    app.retry_deferred({"all": True})
    assert {app.look(view["upload_id"]).body["state"] for view in views} == {"AWAITING_PROOF"}


def test_a_certificate_that_expires_while_deferred_is_refused(app: App) -> None:
    last = app.account.at + timedelta(hours=2)
    app.account.issuers.mode = "tryLater"
    upload_id = app.upload(good(not_after=last).der)["upload_id"]
    app.account.issuers.mode = None
    app.account.at = last + timedelta(minutes=1)
    app.retry_deferred({"all": True})
    view = app.look(upload_id).body
    assert (view["state"], view["headline"]) == ("REJECTED", "CERT_EXPIRED")


def test_an_outdated_status_is_queried_again_before_registering(app: App) -> None:
    certificate, view = uploaded(app, "old")
    assert view["state"] == "AWAITING_PROOF"
    app.account.pass_time(hours=2)
    view = app.look(view["upload_id"]).body
    app.account.issuers.mode = "revoked"
    assert_problem(app.prove(view, certificate), "IN_PROGRESS")
    assert app.ask_issuer(view["upload_id"]) == DONE
    assert app.look(view["upload_id"]).body["headline"] == "REVOKED_BY_ISSUER"
    assert app.registrations() == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("mode", [None, "tryLater", "revoked"])
def test_a_query_killed_at_any_write_is_repeated_with_the_same_result(
    app: App, mode: str | None, after: bool
) -> None:
    states = {None: "AWAITING_PROOF", "tryLater": "DEFERRED", "revoked": "REJECTED"}
    _, upload_id = prepared(app, delivered_certificate)
    app.account.issuers.mode = mode
    with pytest.raises(Killed), app.account.killed_at(0, after=after):
        app.ask_issuer(upload_id)
    app.account.restart()
    assert app.ask_issuer(upload_id) == DONE
    assert app.look(upload_id).body["state"] == states[mode]


def test_a_delivery_killed_before_the_query_is_queued_queues_it_again(app: App) -> None:
    upload_id = app.sent(good().der)
    for write in range(3):
        with app.account.killed_at(write, after=True), pytest.raises(Killed):
            app.deliver(upload_id)
        app.account.restart()
        app.account.pass_time(seconds=61)
    app.account.calls.clear()
    assert app.deliver(upload_id) == DONE
    assert {"upload_id": upload_id} in [message["body"] for message in app.account.messages()]
    assert app.account.keys("UploadBucket") == []


def test_a_query_for_an_unknown_or_ended_upload_does_nothing(app: App) -> None:
    assert app.ask_issuer("f" * 32) == DONE
    view = app.upload(good().der)
    requests_before = app.account.issuers.requests
    assert app.ask_issuer(view["upload_id"]) == DONE
    assert app.account.issuers.requests == requests_before
    assert UploadState(app.look(view["upload_id"]).body["state"]) is UploadState.AWAITING_PROOF


def test_a_watch_run_between_status_and_registration_triggers_a_new_query(app: App) -> None:
    """Otherwise a certificate revoked in between is missed by the earlier status and by the later watch."""
    certificate, view = prepared(app, uploaded_certificate)
    (point,) = app.account.function("check_revocation").step.statuses.issuers.points()
    app.account.pass_time(minutes=1)
    app.account.function("check_revocation").step.statuses.issuers.begin_watch(point, app.account.at)
    assert_problem(app.prove(view, certificate), "IN_PROGRESS")
    assert app.registrations() == []
    app.account.pass_time(minutes=1)
    assert app.ask_issuer(view["upload_id"]) == DONE
    again = app.look(view["upload_id"]).body
    assert app.prove(again, certificate).status == 201


def test_a_revoked_certificate_that_was_renewed_into_a_registered_one_says_so(app: App) -> None:
    older = a_certificate(key="ec", not_before=NOW - timedelta(days=30))
    prepared(app, registered_certificate)
    app.account.issuers.mode = "revoked"

    assert app.upload(older.der)["headline"] == "REVOKED_RENEWED"
