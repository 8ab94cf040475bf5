"""POST /login and POST /challenges/otp: two factors, attempts counted, nothing revealed about customers."""

from datetime import timedelta

import pytest

from registrar.domain.access.challenge import CHALLENGE_LIFE, MAX_TRIES, PROOF_LIFE
from registrar.domain.access.session import SESSION_LIFE, read_token
from registrar.domain.access.throttles import WAITS
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.builders import NOW
from tests.support.methods import wrong_code
from tests.support.rows import sessions_of


@pytest.fixture
def app(account: Account) -> App:
    app = App(account)
    app.enrol()
    return app


def challenge(app: App) -> str:
    return str(app.give_password().body["challenge_id"])


def test_password_and_code_start_a_session(app: App, account: Account) -> None:
    first = app.give_password()
    assert first.status == 200
    assert first.body.keys() == {
        "challenge_id",
        "operation",
        "object",
        "methods",
        "tries_left",
        "expires_at",
        "asked",
    }
    assert (first.body["methods"], first.body["tries_left"]) == (["otp", "sms"], MAX_TRIES)
    assert (first.body["operation"], first.body["object"]) == ("login", "")
    assert first.body["expires_at"] == iso(NOW + CHALLENGE_LIFE)

    second = app.give_code(first.body["challenge_id"])
    assert second.status == 200
    assert second.body.keys() == {"kind", "token", "token_type", "expires_at", "ended_other_session", "device_id"}
    assert second.body["ended_other_session"] is False
    assert (second.body["token_type"], second.body["expires_at"]) == ("Bearer", iso(NOW + SESSION_LIFE))
    claimed = read_token(second.body["token"])
    assert claimed is not None
    assert claimed[0] == "hong"


def test_a_wrong_code_is_counted_and_the_fifth_locks_the_challenge(app: App, account: Account) -> None:
    challenge_id = challenge(app)
    for left in range(MAX_TRIES - 1, 0, -1):
        assert_problem(app.give_code(challenge_id, wrong_code(app)), "STEP_UP_INVALID", tries_left=left)
    again_at = NOW + WAITS[0]
    for code in (wrong_code(app), app.code(), app.code()):
        locked = app.give_code(challenge_id, code)
        assert_problem(locked, "STEP_UP_LOCKED", again_at=iso(again_at))
        assert locked.headers["Retry-After"] == "60"
    assert_problem(app.give_password(), "LOGIN_FAILED", tries_left=0)
    account.at = again_at
    assert app.log_in().status == 200, "a new login is a new challenge"


def test_the_last_try_can_succeed(app: App) -> None:
    challenge_id = challenge(app)
    for _ in range(MAX_TRIES - 1):
        app.give_code(challenge_id, wrong_code(app))
    assert app.give_code(challenge_id).status == 200


def test_a_try_is_counted_before_the_code_is_compared(app: App, account: Account) -> None:
    challenge_id = challenge(app)
    calls = [call.operation for call in account.recorded(lambda: app.give_code(challenge_id))]
    assert calls == ["UpdateItem", "GetItem", "Decrypt", "UpdateItem"]


def test_a_code_is_good_for_one_session(app: App) -> None:
    code = app.code()
    assert app.give_code(challenge(app), code).status == 200
    app.account.pass_time(seconds=5)
    assert_problem(app.give_code(challenge(app), code), "STEP_UP_REUSED")
    app.account.pass_time(seconds=30)
    assert app.log_in().status == 200


def test_an_earlier_code_of_the_window_is_refused_after_a_later_one(app: App) -> None:
    earlier = app.code(-1)
    assert app.log_in().status == 200
    app.account.pass_time(seconds=1)
    assert_problem(app.give_code(challenge(app), earlier), "STEP_UP_REUSED")


def test_a_challenge_is_good_for_one_session(app: App) -> None:
    challenge_id = challenge(app)
    assert app.give_code(challenge_id).status == 200
    app.account.pass_time(seconds=31)
    assert_problem(app.give_code(challenge_id), "STEP_UP_EXPIRED")


def test_codes_of_one_step_before_or_after_are_accepted(app: App) -> None:
    for steps in (-1, 0, 1):
        app.account.pass_time(seconds=120)
        assert app.give_code(challenge(app), app.code(steps)).status == 200
    app.account.pass_time(seconds=120)
    for steps in (-2, 2):
        assert_problem(app.give_code(challenge(app), app.code(steps)), "STEP_UP_INVALID", tries_left=4)


def test_an_expired_challenge_is_refused_while_its_item_still_exists(app: App) -> None:
    challenge_id = challenge(app)
    app.account.pass_time(seconds=CHALLENGE_LIFE.total_seconds())
    assert_problem(app.give_code(challenge_id), "STEP_UP_EXPIRED")


def test_a_locked_challenge_is_reported_as_expired_after_its_end(app: App) -> None:
    challenge_id = challenge(app)
    for _ in range(MAX_TRIES):
        app.give_code(challenge_id, wrong_code(app))
    app.account.pass_time(minutes=5)
    assert_problem(app.give_code(challenge_id), "STEP_UP_EXPIRED")


def test_an_unknown_challenge_is_reported_as_expired(app: App) -> None:
    assert_problem(app.give_code("A" * 22), "STEP_UP_EXPIRED")


def test_a_new_login_ends_the_session_before(app: App, account: Account) -> None:
    assert app.log_in().body["ended_other_session"] is False
    account.pass_time(minutes=1)
    assert app.log_in().body["ended_other_session"] is True
    assert len(account.items("SessionsTable")) == 1


def test_an_expired_session_is_not_reported_as_ended(app: App, account: Account) -> None:
    app.log_in()
    account.pass_time(minutes=10)
    assert app.log_in().body["ended_other_session"] is False


def test_a_login_to_register_is_also_the_proof_for_the_upload(app: App, account: Account) -> None:
    response = app.log_in(operation="register")
    assert response.body["proof_expires_at"] == iso(NOW + PROOF_LIFE)
    assert app.announce(b"x").status == 201
    (row,) = account.items("ChallengesTable")
    assert row["state"]["S"] == "USED"


@pytest.mark.parametrize("operation", ["deregister", "resume", "enrol", "Login", "", 7])
def test_a_login_is_no_proof_for_any_other_operation(app: App, operation: object) -> None:
    assert_problem(app.give_password(operation=operation), "MALFORMED_REQUEST", field="operation")


def test_a_response_after_a_lock_starts_no_session(app: App, account: Account) -> None:
    challenge_id = challenge(app)
    sessions_of(account).lock("hong", NOW)
    assert_problem(app.give_code(challenge_id), "STEP_UP_EXPIRED")
    assert sessions_of(account).find("hong") is None


def test_a_method_that_a_challenge_lacks_has_its_own_code(app: App, account: Account) -> None:
    challenge_id = challenge(app)
    (row,) = account.items("ChallengesTable")
    account.client("dynamodb").put_item(
        TableName=account.physical["ChallengesTable"], Item=row | {"methods": {"S": "passkey"}}
    )
    assert_problem(app.give_code(challenge_id), "STEP_UP_METHOD_UNAVAILABLE", methods=["passkey"])


def test_a_secret_encrypted_for_another_customer_gives_no_login(app: App, account: Account) -> None:
    """Swapping items of the customers' table gives no login."""
    challenge_id = challenge(app)
    App(account, "kim").enrol()
    kim = next(i for i in account.items("CustomersTable") if i["id"]["S"] == "kim")
    hong = next(i for i in account.items("CustomersTable") if i["id"]["S"] == "hong")
    hong["totp_ciphertext"] = kim["totp_ciphertext"]
    account.client("dynamodb").put_item(TableName=account.physical["CustomersTable"], Item=hong)
    assert_problem(app.give_code(challenge_id), "SYSTEM_RETRY")
    assert account.items("SessionsTable") == []


def test_the_proof_has_the_time_of_its_code(app: App, account: Account) -> None:
    challenge_id = challenge(app)
    account.pass_time(minutes=2)
    app.give_code(challenge_id)
    (session,) = account.items("SessionsTable")
    assert session["proved_at"]["S"] == iso(NOW + timedelta(minutes=2))
