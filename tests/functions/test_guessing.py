"""Guessing at POST /login: it is counted, has to wait, and reveals nothing about existing customers."""

from datetime import datetime
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import EndpointConnectionError

from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.throttles import Throttles
from registrar.domain.access.challenge import MAX_TRIES
from registrar.domain.access.passwords import hash_password
from registrar.domain.access.throttles import ADDRESS_LIMIT, FREE_TRIES, WAITS, account_key
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import Hold
from registrar.domain.times import iso
from tests.support.account import Account, Killed
from tests.support.app import DONE, Answer, App, a_batch, assert_problem
from tests.support.builders import a_certificate
from tests.support.methods import Prover
from tests.support.notices import delivered, states, texts
from tests.support.prepared import prepared
from tests.support.rows import PASSWORD, a_registration, registrations_of, sessions_of

STRANGER = "198.51.100.7"


@pytest.fixture
def app(account: Account) -> App:
    prepared(account, enrolled)
    return App(account)


def enrolled(account: Account, /, **facts: Any) -> None:
    for customer in ("hong", "lee", "park"):
        App(account, customer).enrol(**facts)


@pytest.fixture
def app_at_full_cost(account: Account) -> App:
    """To check a password takes as long as in production."""
    enrolled(account, password_hash=_at_full_cost())
    return App(account)


@cache
def _at_full_cost() -> str:
    return hash_password(PASSWORD)


def seen(account: Account, app: App, password: str) -> tuple[Answer, list[Any], list[str]]:
    """The response, the calls in order with their tables and the size of counted keys, and the hash parameters."""
    login, hashed = account.function("login"), []
    real = login.verify_password

    def verify(given: str, stored: str) -> bool:
        hashed.append(stored.rsplit("$", 2)[0])
        return bool(real(given, stored))

    with patch.object(login, "verify_password", verify):
        account.calls.clear()
        response = app.give_password(password)
    calls = [
        (call.operation, call.params["TableName"], len(call.params["Key"].get("id", {}).get("S", "")))
        if call.operation == "UpdateItem"
        else (call.operation, call.params.get("TableName"), call.params.get("ConsistentRead"))
        for call in account.calls
    ]
    return response, calls, hashed


def lock_notices(account: Account) -> list[dict[str, Any]]:
    """The notices of locked logins that were queued since calls were last forgotten."""
    return [each for each in account.sent_to("NoticeQueue") if each["kind"] == Kind.LOGIN_LOCKED]


@pytest.mark.parametrize("before", [0, FREE_TRIES - 1, FREE_TRIES], ids=["first", "last free", "must wait"])
def test_unknown_wrong_and_locked_logins_are_indistinguishable(
    app_at_full_cost: App, account: Account, before: int
) -> None:
    """Same status, same body, same headers, same AWS calls, same hash parameters, whatever came before."""
    app = app_at_full_cost
    for locked in ("lee", "park"):
        sessions_of(account).lock(locked, account.at)
    looks = []
    for customer_id, password in (("hong", "wrong"), ("nobody", "wrong"), ("lee", PASSWORD), ("park", "wrong")):
        app.customer_id = customer_id
        for _ in range(before):
            app.give_password("wrong")
        looks.append(seen(account, app, password))
    assert looks[0] == looks[1] == looks[2] == looks[3]
    response, calls, hashed = looks[0]
    assert_problem(response, "LOGIN_FAILED", tries_left=max(FREE_TRIES - before - 1, 0))
    locks = ["SendMessage"] if before == FREE_TRIES - 1 else []
    assert [operation for operation, *_ in calls] == ["UpdateItem", "BatchGetItem", "UpdateItem", *locks]
    assert len(hashed) == 1
    assert account.items("ChallengesTable") == []


def test_a_right_password_during_a_wait_looks_like_a_wrong_one(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES):
        app.give_password("wrong")
    assert seen(account, app, PASSWORD) == seen(account, app, "wrong")


def test_the_response_states_the_tries_left_and_the_wait(app: App, account: Account) -> None:
    for left in range(FREE_TRIES - 1, 0, -1):
        response = app.give_password("wrong")
        assert_problem(response, "LOGIN_FAILED", tries_left=left)
        assert "Retry-After" not in response.headers
    for wait in WAITS[:3]:
        response = app.give_password("wrong")
        assert response.headers["Retry-After"] == str(int(wait.total_seconds()))
        account.pass_time(seconds=wait.total_seconds() - 1)
        assert app.give_password("wrong").headers["Retry-After"] == "1"
        account.pass_time(seconds=1)


def test_a_customer_gets_a_notice_of_each_login_lock_only(app: App, account: Account) -> None:
    account.calls.clear()
    for _ in range(FREE_TRIES - 1):
        app.give_password("wrong")
    assert lock_notices(account) == []
    until = []
    for wait in WAITS[:2]:
        app.give_password("wrong")
        app.give_password("wrong")  # too early: the lock stays as it is
        until.append(iso(account.at + wait))
        account.pass_time(seconds=wait.total_seconds())
    queued = lock_notices(account)
    assert [each["params"]["until_at"] for each in queued] == until
    assert {each["customer_id"] for each in queued} == {"hong"}
    assert delivered(account, *queued, *queued) == []
    assert len(texts()) == 2


def test_a_lock_notice_for_an_unknown_customer_is_queued_and_dropped(app: App, account: Account) -> None:
    app.customer_id = "typed-a-password-here"
    account.calls.clear()
    for _ in range(FREE_TRIES):
        app.give_password("wrong")
    (queued,) = lock_notices(account)
    assert "typed-a-password-here" not in str(queued)
    assert delivered(account, queued) == []
    assert (texts(), states(account)) == ([], {})


def test_a_right_password_at_the_last_try_queues_no_notice(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES - 1):
        app.give_password("wrong")
    account.calls.clear()
    assert app.give_password().status == 200
    assert lock_notices(account) == []


def test_a_notice_that_cannot_be_queued_changes_nothing_for_the_customer(app: App, account: Account) -> None:
    login = account.function("login")
    for _ in range(FREE_TRIES - 1):
        app.give_password("wrong")
    with patch.object(
        login.locked_logins.notices.client, "send_message", side_effect=EndpointConnectionError(endpoint_url="sqs")
    ):
        response = app.give_password("wrong")
    assert_problem(response, "LOGIN_FAILED", tries_left=0)
    (refused,) = [line for line in account.logged() if line.get("lock_notice_queued") is False]
    assert refused["message"] == "login.refused"


@pytest.mark.parametrize("started", [True, False], ids=["login", "step-up"])
def test_wrong_codes_that_lock_a_login_send_a_notice_and_a_step_up_does_not(
    app: App, account: Account, started: bool
) -> None:
    prover = Prover(app)
    challenge = prover.log_in_challenge() if started else prover.log_in().step_up("enrol", "passkey")
    wrong = "000000" if app.code() != "000000" else "111111"
    account.calls.clear()
    for _ in range(MAX_TRIES - 1):
        prover.by_otp(challenge, wrong)
    assert_problem(prover.by_otp(challenge, wrong), "STEP_UP_LOCKED")
    queued = lock_notices(account)
    assert [each["customer_id"] for each in queued] == (["hong"] if started else [])
    assert delivered(account, *queued) == []


def test_guessing_at_loss_reports_locks_logins_and_sends_a_notice(app: App, account: Account) -> None:
    account.calls.clear()
    for customer_id in ("hong", "nobody"):
        for _ in range(FREE_TRIES):
            body = {"customer_id": customer_id, "password": "wrong"}
            assert_problem(app.call("POST", "/loss", body), "LOGIN_FAILED")
    assert [each["customer_id"] for each in lock_notices(account)] == ["hong", ""]


def reported(account: Account, customer_id: str, password: str) -> tuple[Answer, list[Any], list[Any]]:
    """The response to a loss report, the calls, and what was queued."""
    app = App(account, customer_id)
    account.function("report_loss")
    account.calls.clear()
    response = app.call("POST", "/loss", {"customer_id": customer_id, "password": password})
    calls = [
        (call.operation, call.params.get("TableName") or call.params.get("QueueUrl")) for call in account.calls
    ]
    return response, calls, account.sent_to("LossQueue")


def test_a_report_while_logins_wait_looks_the_same_and_a_right_password_takes_effect(
    app: App, account: Account
) -> None:
    held = {customer: a_registration(account, customer_id=customer).id for customer in ("hong", "lee")}
    for customer_id in ("hong", "lee", "nobody"):
        for _ in range(FREE_TRIES):
            App(account, customer_id).give_password("wrong")

    right, wrong, unknown = (
        reported(account, "hong", PASSWORD),
        reported(account, "lee", "wrong"),
        reported(account, "nobody", "wrong"),
    )

    assert right[:2] == wrong[:2] == unknown[:2]
    assert (right[0].status, right[0].body) == (202, {"accepted": True})
    assert [operation for operation, _ in right[1]] == ["UpdateItem", "BatchGetItem", "UpdateItem", "SendMessage"]
    for _ in range(2):
        assert account.invoke("suspend_all", a_batch(*right[2], *wrong[2], *unknown[2])) == DONE
    found = registrations_of(account)
    assert found.get("hong", held["hong"]).holds == {Hold.CUSTOMER}
    assert found.get("lee", held["lee"]).usable_at(account.at)


def test_no_report_while_logins_wait_is_refused_or_prolongs_the_wait(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES):
        app.give_password("wrong")
    for _ in range(3 * FREE_TRIES):
        assert reported(account, "hong", "wrong")[0].status == 202
    account.pass_time(seconds=WAITS[0].total_seconds())
    assert app.give_password().status == 200


def test_a_report_that_cannot_be_queued_is_not_accepted(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES):
        app.give_password("wrong")
    queue = account.function("report_loss").queue
    with patch.object(queue.client, "send_message", side_effect=EndpointConnectionError(endpoint_url="sqs")):
        response = app.call("POST", "/loss", {"customer_id": "hong", "password": PASSWORD})
    assert_problem(response, "SYSTEM_RETRY")


def test_a_login_that_succeeds_clears_the_count(app: App, account: Account) -> None:
    for _ in range(FREE_TRIES - 1):
        app.give_password("wrong")
    assert app.log_in().status == 200
    assert_problem(app.give_password("wrong"), "LOGIN_FAILED", tries_left=FREE_TRIES - 1)


def test_a_login_clears_its_own_budget_only(app: App, account: Account) -> None:
    """Of a known device, or of all unknown ones: a stranger's guesses stay counted, however often the customer logs
    in."""
    app.log_in()
    stranger = App(account, address=STRANGER)
    for left in range(FREE_TRIES - 1, 0, -1):
        account.pass_time(seconds=31)
        app.give_password("wrong")
        assert app.log_in().status == 200
        assert_problem(app.give_password("wrong"), "LOGIN_FAILED", tries_left=FREE_TRIES - 1)
        assert_problem(stranger.give_password("wrong"), "LOGIN_FAILED", tries_left=left)


def test_reports_of_loss_and_unknown_devices_share_a_budget_before_and_after_it_is_cleared(
    app: App, account: Account
) -> None:
    for _ in range(2):
        app.device_id = None
        app.give_password("wrong")
        response = app.call("POST", "/loss", {"customer_id": "hong", "password": "wrong"})
        assert_problem(response, "LOGIN_FAILED", tries_left=FREE_TRIES - 2)
        account.pass_time(seconds=31)
        assert app.log_in().status == 200


def test_a_login_that_the_former_release_began_clears_its_counter(app: App, account: Account) -> None:
    """It knows no cleared budgets: both releases count under its key until one of this release's logins ends."""
    for _ in range(FREE_TRIES - 2):
        app.give_password("wrong")
    challenge_id = app.give_password().body["challenge_id"]
    account.client("dynamodb").update_item(
        TableName=account.physical["ChallengesTable"],
        Key={"id": {"S": challenge_id}},
        UpdateExpression="REMOVE cleared",
    )
    assert app.give_code(challenge_id).status == 200
    app.device_id = None
    assert_problem(app.give_password("wrong"), "LOGIN_FAILED", tries_left=FREE_TRIES - 1)


def test_two_releases_at_once_allow_a_budget_of_guesses_each_and_no_more(app: App, account: Account) -> None:
    """The former release goes on counting under the key of a budget that was never cleared."""
    app.log_in()
    account.pass_time(minutes=1)
    app.device_id = None
    throttles: Throttles = account.function("login").throttles
    former = account_key("hong", None, None)
    guesses = sum(app.give_password("wrong").body["params"]["tries_left"] > 0 for _ in range(2 * FREE_TRIES))
    guesses += sum(throttles.attempt(former, account.at).allowed for _ in range(2 * FREE_TRIES))
    assert guesses < 2 * FREE_TRIES


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


def test_an_unknown_device_has_no_budget_of_its_own(app: App) -> None:
    for number in range(FREE_TRIES):
        app.give_password("wrong", device_id=f"{number}" * 22)
    assert_problem(app.give_password("wrong", device_id="x" * 22), "LOGIN_FAILED", tries_left=0)


def test_a_device_gets_its_secret_once_and_only_after_both_factors(app: App, account: Account) -> None:
    assert "device_id" not in app.give_password().body
    first = app.log_in()
    account.pass_time(minutes=1)
    assert "device_id" not in app.log_in().body, "it is known now"
    assert first.body["device_id"] not in str(account.items("SessionsTable") + account.items("ChallengesTable"))
    assert first.body["device_id"] not in account.log.getvalue()


def test_a_device_of_one_customer_is_unknown_to_another(app: App, account: Account) -> None:
    app.log_in()
    other = App(account, "lee", device_id=app.device_id)
    response = other.log_in()
    assert response.body["device_id"] != app.device_id


def test_an_address_over_its_limit_has_to_wait_before_any_read(app: App, account: Account) -> None:
    throttles: Throttles = account.function("login").throttles
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address(STRANGER, account.at)
    app.address = STRANGER
    account.calls.clear()
    response = app.give_password()
    assert_problem(response, "RATE_LIMITED")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert [call.operation for call in account.calls] == ["UpdateItem"]
    app.address = None
    assert app.give_password().status == 200


def test_a_forwarded_address_is_ignored(app: App, account: Account) -> None:
    throttles: Throttles = account.function("login").throttles
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address(STRANGER, account.at)
    app.address, app.extra_headers = STRANGER, {"X-Forwarded-For": "192.0.2.99"}
    assert_problem(app.give_password(), "RATE_LIMITED")


@pytest.mark.parametrize("scope", ["count_address", "attempt"])
def test_a_login_that_cannot_be_counted_is_refused(
    app: App, account: Account, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ConnectionError("the table does not answer")

    account.function("login")
    monkeypatch.setattr(Throttles, scope, failing)
    response = app.give_password()
    assert_problem(response, "SYSTEM_RETRY")
    assert response.headers["Retry-After"] == "5"
    assert account.items("ChallengesTable") == []


def three_of_hong(account: Account) -> list[str]:
    return [a_registration(account, a_certificate(key="ec")).id for _ in range(3)]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(3))
def test_a_report_killed_at_any_write_holds_all_when_it_is_delivered_again(
    app: App, account: Account, write: int, after: bool
) -> None:
    ids = prepared(account, three_of_hong)
    message = a_batch({"customer_id": "hong"})
    account.calls.clear()
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("suspend_all", message)
    account.restart()

    assert account.invoke("suspend_all", message) == DONE

    assert [registrations_of(account).get("hong", each).holds for each in ids] == [{Hold.CUSTOMER}] * 3


def test_a_report_that_one_registration_never_takes_is_not_taken_for_done(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = prepared(account, three_of_hong)
    real = Registrations.add_hold

    def overtaken(self: Registrations, customer_id: str, registration_id: str, hold: Hold, now: datetime) -> Any:
        if registration_id == ids[1]:
            raise ConditionFailed  # other changes came between at each try
        return real(self, customer_id, registration_id, hold, now)

    monkeypatch.setattr(Registrations, "add_hold", overtaken)

    assert account.invoke("suspend_all", a_batch({"customer_id": "hong"}))["batchItemFailures"]
    assert_problem(app.call("POST", "/registrations/loss"), "SYSTEM_RETRY")
    one = "/registrations/{registration_id}/loss"
    assert_problem(app.call("POST", one, registration_id=ids[1]), "SYSTEM_RETRY")
    holds = [registrations_of(account).get("hong", each).holds for each in ids]
    assert holds == [{Hold.CUSTOMER}, frozenset(), {Hold.CUSTOMER}], "the others are held all the same"
