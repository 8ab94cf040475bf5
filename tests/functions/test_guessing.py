"""What guessing at POST /login meets: it is counted, it has to wait, and it learns nothing about who exists."""

from typing import Any
from unittest.mock import patch

import pytest

from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.throttles import ADDRESS_LIMIT, FREE_TRIES, WAITS
from tests.support.account import Account
from tests.support.app import Answer, App, assert_problem
from tests.support.rows import PASSWORD

STRANGER = "198.51.100.7"


@pytest.fixture
def app(account: Account) -> App:
    for customer in ("hong", "lee", "park"):
        App(account, customer).enrol()
    return App(account)


def seen(account: Account, app: App, password: str) -> tuple[Answer, list[Any], list[str]]:
    """The answer, the calls in order with their tables and the size of counted keys, and the hash parameters."""
    login, hashed = account.function("login"), []
    real = login.verify_password

    def verify(given: str, stored: str) -> bool:
        hashed.append(stored.rsplit("$", 2)[0])
        return bool(real(given, stored))

    with patch.object(login, "verify_password", verify):
        account.calls.clear()
        answer = app.give_password(password)
    calls = [
        (call.operation, call.params["TableName"], len(call.params["Key"].get("id", {}).get("S", "")))
        if call.operation == "UpdateItem"
        else (call.operation, call.params["TableName"], call.params["ConsistentRead"])
        for call in account.calls
    ]
    return answer, calls, hashed


@pytest.mark.parametrize("before", [0, FREE_TRIES - 1, FREE_TRIES], ids=["first", "last free", "must wait"])
def test_unknown_wrong_and_locked_are_the_same(app: App, account: Account, before: int) -> None:
    """Same status, same body, same headers, same AWS calls, same hash parameters, whatever came before."""
    for locked in ("lee", "park"):
        account.function("login").sessions.lock(locked, account.at)
    looks = []
    for customer_id, password in (("hong", "wrong"), ("nobody", "wrong"), ("lee", PASSWORD), ("park", "wrong")):
        app.customer_id = customer_id
        for _ in range(before):
            app.give_password("wrong")
        looks.append(seen(account, app, password))
    assert looks[0] == looks[1] == looks[2] == looks[3]
    answer, calls, hashed = looks[0]
    assert_problem(answer, "LOGIN_FAILED", tries_left=max(FREE_TRIES - before - 1, 0))
    assert [operation for operation, *_ in calls] == ["UpdateItem", "GetItem", "UpdateItem", "GetItem"]
    assert len(hashed) == 1
    assert account.items("ChallengesTable") == []


def test_a_right_password_that_has_to_wait_looks_like_a_wrong_one(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES):
        app.give_password("wrong")
    assert seen(account, app, PASSWORD) == seen(account, app, "wrong")


def test_the_answer_says_how_many_are_left_and_how_long_to_wait(app: App, account: Account) -> None:
    for left in range(FREE_TRIES - 1, 0, -1):
        answer = app.give_password("wrong")
        assert_problem(answer, "LOGIN_FAILED", tries_left=left)
        assert "Retry-After" not in answer.headers
    for wait in WAITS[:3]:
        answer = app.give_password("wrong")
        assert answer.headers["Retry-After"] == str(int(wait.total_seconds()))
        account.pass_time(seconds=wait.total_seconds() - 1)
        assert app.give_password("wrong").headers["Retry-After"] == "1"
        account.pass_time(seconds=1)


def test_a_login_that_succeeds_clears_the_count(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES - 1):
        app.give_password("wrong")
    assert app.log_in().status == 200
    assert_problem(app.give_password("wrong"), "LOGIN_FAILED", tries_left=FREE_TRIES - 1)


def test_a_password_alone_does_not_clear_the_count(app: App) -> None:
    for _ in range(FREE_TRIES):
        assert app.give_password().status == 200
    assert_problem(app.give_password(), "LOGIN_FAILED", tries_left=0)


def test_a_stranger_cannot_lock_out_a_customer_whose_device_is_known(app: App, account: Account) -> None:
    assert app.log_in().body["device_id"] == app.device_id
    stranger = App(account, address=STRANGER)
    for _ in range(3 * FREE_TRIES):
        stranger.give_password("wrong")
    account.pass_time(seconds=31)
    assert app.log_in().status == 200
    assert_problem(stranger.give_password(), "LOGIN_FAILED", tries_left=0)


def test_a_made_up_device_has_no_budget_of_its_own(app: App) -> None:
    for number in range(FREE_TRIES):
        app.give_password("wrong", device_id=f"{number}" * 22)
    assert_problem(app.give_password("wrong", device_id="x" * 22), "LOGIN_FAILED", tries_left=0)


def test_a_device_is_told_its_secret_once_and_only_after_both_factors(app: App, account: Account) -> None:
    assert "device_id" not in app.give_password().body
    first = app.log_in()
    account.pass_time(minutes=1)
    assert "device_id" not in app.log_in().body, "it is known now"
    assert first.body["device_id"] not in str(account.items("SessionsTable") + account.items("ChallengesTable"))
    assert first.body["device_id"] not in account.log.getvalue()


def test_a_device_of_one_customer_is_unknown_to_another(app: App, account: Account) -> None:
    app.log_in()
    other = App(account, "lee", device_id=app.device_id)
    answer = other.log_in()
    assert answer.body["device_id"] != app.device_id


def test_an_address_that_asks_too_often_is_told_to_wait_before_anything_is_looked_up(
    app: App, account: Account
) -> None:
    throttles: Throttles = account.function("login").throttles
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address(STRANGER, account.at)
    app.address = STRANGER
    account.calls.clear()
    answer = app.give_password()
    assert_problem(answer, "RATE_LIMITED")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert [call.operation for call in account.calls] == ["UpdateItem"]
    app.address = None
    assert app.give_password().status == 200


def test_a_forwarded_address_is_not_believed(app: App, account: Account) -> None:
    throttles: Throttles = account.function("login").throttles
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address(STRANGER, account.at)
    app.address, app.extra_headers = STRANGER, {"X-Forwarded-For": "192.0.2.99"}
    assert_problem(app.give_password(), "RATE_LIMITED")


@pytest.mark.parametrize("scope", ["count_address", "attempt"])
def test_who_cannot_be_counted_is_not_let_in(
    app: App, account: Account, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ConnectionError("the table does not answer")

    account.function("login")
    monkeypatch.setattr(Throttles, scope, failing)
    answer = app.give_password()
    assert_problem(answer, "SYSTEM_RETRY")
    assert answer.headers["Retry-After"] == "5"
    assert account.items("ChallengesTable") == []
