"""Login and step-up killed at any write: no code is used twice, no proof lacks a code, a retry succeeds."""

from typing import Any

import pytest

from tests.support.app import App, assert_problem
from tests.support.builders import a_certificate, an_ec_key
from tests.support.crashes import SIDES, each_crash
from tests.support.methods import Prover

each_side = pytest.mark.parametrize("after", SIDES)


def stepping_up(app: App) -> str:
    app.log_in()
    app.account.pass_time(seconds=31)
    return str(app.step_up("register").body["challenge_id"])


@each_side
def test_a_step_up(after: bool) -> None:
    for crash in each_crash(stepping_up, lambda app, challenge_id: app.give_code(challenge_id), after=after):
        app, challenge_id = crash.app, crash.state
        row = next(i for i in app.account.items("ChallengesTable") if i["id"]["S"] == challenge_id)
        (session,) = app.account.items("SessionsTable")
        used = int(session["totp_step"]["N"]) == int(app.account.at.timestamp()) // 30
        assert used or row["state"]["S"] == "OPEN", "what is proved has used up its code"
        if used:
            again = app.give_code(app.step_up("register").body["challenge_id"])
            assert_problem(again, "STEP_UP_REUSED")
        app.account.pass_time(seconds=31)
        app.give_code(app.step_up("register").body["challenge_id"])
        assert app.announce(b"x").status == 201


def password_given(app: App) -> str:
    return str(app.give_password(operation="register").body["challenge_id"])


@each_side
def test_a_login_that_proves_too(after: bool) -> None:
    for crash in each_crash(password_given, lambda app, challenge_id: app.give_code(challenge_id), after=after):
        app = crash.app
        (row,) = app.account.items("ChallengesTable")
        if row["state"]["S"] == "PROVED":
            assert app.account.items("SessionsTable"), "a proof comes with its session or after it"
        app.account.pass_time(seconds=31)
        assert app.log_in(operation="register").status == 200
        assert app.announce(b"x").status == 201


CERTIFICATE = a_certificate(key=an_ec_key())


def text_asked(app: App) -> dict[str, Any]:
    Prover(app).hold(CERTIFICATE)
    return Prover(app).certificate_login()


@each_side
def test_a_login_by_certificate(after: bool) -> None:
    def log_in(app: App, asked: dict[str, Any]) -> object:
        return Prover(app).by_certificate_alone(CERTIFICATE, asked)

    for crash in each_crash(text_asked, log_in, after=after):
        app, account = crash.app, crash.account
        (text,) = account.items("ChallengesTable")
        started = account.items("SessionsTable")
        assert "used_at" in text or not started, "a session comes after its text was used up"
        if "used_at" in text:
            assert_problem(Prover(app).by_certificate_alone(CERTIFICATE, crash.state), "STEP_UP_EXPIRED")
            assert account.items("SessionsTable") == started, "and no second one with it"
        account.pass_time(seconds=1)
        again = Prover(app).by_certificate_alone(CERTIFICATE)
        assert again.body["token_type"] == "Bearer"
        assert again.body["ended_other_session"] is bool(started)


@each_side
def test_a_text_to_log_in(after: bool) -> None:
    for crash in each_crash(
        lambda app: Prover(app).hold(CERTIFICATE), lambda app, _: Prover(app).certificate_login(), after=after
    ):
        assert Prover(crash.app).by_certificate_alone(CERTIFICATE).status == 200


def announcing(app: App) -> str:
    app.log_in(operation="register")
    return str(app.proof_id)


def announce(app: App, proof_id: str) -> object:
    app.proof_id = proof_id
    return app.announce(b"x", key="a-lost-response")


@each_side
def test_a_proof_is_used_in_the_write_of_its_upload(after: bool) -> None:
    for crash in each_crash(announcing, announce, after=after):
        app = crash.app
        uploads = [i for i in app.account.items("AnnouncementsTable") if not i["id"]["S"].startswith("quota:")]
        (proof,) = app.account.items("ChallengesTable")
        assert (proof["state"]["S"] == "USED") is bool(uploads)
        app.proof_id = crash.state
        again = app.announce(b"x", key="a-lost-response")
        assert again.status == 201
        (proof,) = app.account.items("ChallengesTable")
        assert proof["used_for"]["S"] == again.body["upload_id"]


@each_side
def test_a_logout(after: bool) -> None:
    def log_out(app: App, token: str) -> object:
        app.extra_headers = {"Authorization": f"Bearer {token}"}
        return app.call("POST", "/logout")

    for crash in each_crash(lambda app: str(app.log_in().body["token"]), log_out, after=after):
        log_out(crash.app, crash.state)
        (row,) = crash.account.items("SessionUsesTable")
        assert "ended_at" in row
