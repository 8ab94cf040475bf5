"""Nothing is registered without the issuer's word, and nothing is lost while the issuer keeps silent."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from registrar.domain.registrations.upload import UploadState
from tests.support.account import Account, Call, Killed
from tests.support.app import DONE, App, assert_problem, trust_demo_issuers
from tests.support.builders import a_certificate, an_ec_key
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


@pytest.fixture
def app(account: Account) -> App:
    app = App(account)
    app.enrol()
    trust_demo_issuers(account)
    return app


def good(**overrides: Any) -> CustomerCertificate:
    return a_certificate(**{"key": an_ec_key(), **overrides})


def notices(account: Account) -> list[dict[str, Any]]:
    return [m["body"] for m in account.messages() if str(m["body"].get("kind", "")).startswith("upload_")]


@pytest.mark.parametrize("mode", REFUSED)
def test_the_issuers_word_refuses(app: App, mode: str) -> None:
    app.account.issuers.mode = mode
    view = app.upload(good().der)
    assert (view["state"], view["headline"]) == ("REJECTED", REFUSED[mode])
    assert app.account.keys("UploadBucket") == []


@pytest.mark.parametrize("mode", SILENT)
def test_silence_defers_and_the_same_upload_registers_later(app: App, mode: str) -> None:
    app.account.issuers.mode, certificate = mode, good()
    view = app.upload(certificate.der)
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


def test_a_deferred_upload_cannot_be_registered_and_says_why(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    view = app.upload(good().der)
    answer = app.call("POST", "/uploads/{upload_id}/registration", CONSENT, upload_id=view["upload_id"])
    assert_problem(answer, "REVOCATION_UNAVAILABLE")


CONSENT = {"consent_version": "2026-11"}


def test_the_plan_of_a_day_then_a_refusal_that_is_no_dead_end(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    view, start = app.upload(good().der), app.account.at
    asked = app.account.issuers.questions
    for minutes in PLAN_MINUTES:
        assert app.look(view["upload_id"]).body["next_check_at"] == _at(start, minutes)
        app.account.at = start + timedelta(minutes=minutes) - timedelta(seconds=1)
        assert app.retry_deferred() == {"due": 0, "asked": 0}
        app.account.pass_time(seconds=1)
        assert app.retry_deferred() == {"due": 1, "asked": 1}
    assert app.account.issuers.questions == asked + len(PLAN_MINUTES)
    over = app.look(view["upload_id"]).body
    assert (over["state"], over["headline"]) == ("REJECTED", "REVOCATION_GIVEN_UP")
    assert CATALOGUE[Code.REVOCATION_GIVEN_UP].next_action is NextAction.RESTART
    assert app.retry_deferred() == {"due": 0, "asked": 0}


def _at(start: Any, minutes: int) -> str:
    return f"{start + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_no_job_has_to_run_for_a_deferred_upload_to_end(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    view = app.upload(good().der)
    app.account.pass_time(hours=26)
    assert app.look(view["upload_id"]).body["state"] == "EXPIRED"


@pytest.mark.parametrize(("mode", "kind"), [(None, "upload_ready"), ("revoked", "upload_refused")])
def test_who_waited_is_told_once_either_way(app: App, mode: str | None, kind: str) -> None:
    app.account.issuers.mode = "tryLater"
    upload_id = app.upload(good().der)["upload_id"]
    app.account.issuers.mode = mode
    app.account.pass_time(minutes=1)
    app.account.calls.clear()
    app.retry_deferred()
    (notice,) = notices(app.account)
    assert (notice["kind"], notice["customer_id"]) == (kind, app.customer_id)
    app.ask_issuer(upload_id)
    assert {each["id"] for each in notices(app.account)} == {notice["id"]}


@pytest.mark.parametrize(("mode", "kind"), [(None, "upload_ready"), ("revoked", "upload_refused")])
def test_who_finds_the_question_answered_gives_the_notice_too(app: App, mode: str | None, kind: str) -> None:
    """The one that answered it may have been killed before its notice."""
    app.account.issuers.mode = "tryLater"
    upload_id = app.upload(good().der)["upload_id"]
    app.account.issuers.mode = mode

    def answered_by_one_who_is_killed() -> None:
        with app.account.killed_at(0, after=True), pytest.raises(Killed):
            app.ask_issuer(upload_id)

    def answers(call: Call) -> bool:
        return call.operation == "UpdateItem" and ":findings" in call.params["ExpressionAttributeValues"]

    with app.account.interrupted(answers, answered_by_one_who_is_killed):
        assert app.ask_issuer(upload_id) == DONE
    assert {notice["kind"] for notice in notices(app.account)} == {kind}


def test_who_did_not_wait_is_not_told(app: App) -> None:
    app.account.calls.clear()
    app.upload(good().der)
    assert notices(app.account) == []


def test_one_retry_for_all_when_an_admin_knows_that_the_issuer_is_back(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    views = [app.upload(good().der), app.upload(good(key="rsa").der)]
    app.account.issuers.mode = None
    assert app.retry_deferred({"all": True}) == {"due": 2, "asked": 2}
    assert {app.look(view["upload_id"]).body["state"] for view in views} == {"AWAITING_PROOF"}


def test_a_responder_that_keeps_failing_rests_then_one_probe_wakes_it(app: App) -> None:
    app.account.issuers.mode = "tryLater"
    views = [app.upload(good().der) for _ in range(6)]
    assert app.account.issuers.questions == 5
    app.account.issuers.mode = None
    app.account.pass_time(seconds=59)
    app.retry_deferred({"all": True})
    assert app.account.issuers.questions == 5
    app.account.pass_time(seconds=1)
    app.retry_deferred({"all": True})
    assert {app.look(view["upload_id"]).body["state"] for view in views} == {"AWAITING_PROOF"}


def test_a_certificate_that_ends_while_it_waits_is_refused(app: App) -> None:
    last = app.account.at + timedelta(hours=2)
    app.account.issuers.mode = "tryLater"
    upload_id = app.upload(good(not_after=last).der)["upload_id"]
    app.account.issuers.mode = None
    app.account.at = last + timedelta(minutes=1)
    app.retry_deferred({"all": True})
    view = app.look(upload_id).body
    assert (view["state"], view["headline"]) == ("REJECTED", "CERT_EXPIRED")


def test_a_word_that_grew_too_old_is_asked_for_again_before_it_is_relied_on(app: App) -> None:
    app.account.issuers.mode = "old"
    certificate = good()
    view = app.upload(certificate.der)
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
def test_killed_anywhere_the_question_comes_again_and_ends_the_same(
    app: App, mode: str | None, after: bool
) -> None:
    app.account.issuers.mode = mode
    states = {None: "AWAITING_PROOF", "tryLater": "DEFERRED", "revoked": "REJECTED"}
    upload_id = app.sent(good().der)
    app.deliver(upload_id)
    with pytest.raises(Killed), app.account.killed_at(0, after=after):
        app.ask_issuer(upload_id)
    app.account.restart()
    assert app.ask_issuer(upload_id) == DONE
    assert app.look(upload_id).body["state"] == states[mode]


def test_killed_between_decision_and_question_the_delivery_asks_again(app: App) -> None:
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


def test_a_question_about_nothing_or_about_what_is_over_does_nothing(app: App) -> None:
    assert app.ask_issuer("f" * 32) == DONE
    view = app.upload(good().der)
    asked = app.account.issuers.questions
    assert app.ask_issuer(view["upload_id"]) == DONE
    assert app.account.issuers.questions == asked
    assert UploadState(app.look(view["upload_id"]).body["state"]) is UploadState.AWAITING_PROOF


def test_a_look_at_the_list_between_word_and_registration_has_the_issuer_asked_again(app: App) -> None:
    """Else a certificate revoked in between would be missed: by the word before it, and by the look after it."""
    certificate = good()
    view = app.upload(certificate.der)
    (point,) = app.account.function("check_revocation").step.statuses.issuers.points()
    app.account.pass_time(minutes=1)
    app.account.function("check_revocation").step.statuses.issuers.begin_watch(point, app.account.at)
    assert_problem(app.prove(view, certificate), "IN_PROGRESS")
    assert app.registrations() == []
    app.account.pass_time(minutes=1)
    assert app.ask_issuer(view["upload_id"]) == DONE
    again = app.look(view["upload_id"]).body
    assert app.prove(again, certificate).status == 201
