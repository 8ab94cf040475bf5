"""The authorizer: a live session is allowed, everything else is 401 or deny."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.tables.session_uses import SessionUses
from registrar.domain.access.session import SESSION_IDLE, SESSION_LIFE
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.app import App, an_event
from tests.support.builders import NOW
from tests.support.rows import sessions_of


def authorize(account: Account, header: str | None, name: str = "Authorization") -> dict[str, Any]:
    event = an_event("authorizer_request")
    del event["headers"]["Authorization"]
    if header is not None:
        event["headers"][name] = header
    response: dict[str, Any] = account.invoke("authorize", event)
    return response


def effect(response: dict[str, Any]) -> str:
    (statement,) = response["policyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    assert statement["Resource"] == an_event("authorizer_request")["methodArn"]
    return str(statement["Effect"])


@pytest.fixture
def token(account: Account) -> str:
    app = App(account)
    app.enrol()
    return str(app.log_in().body["token"])


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_live_session_is_allowed(account: Account, token: str, scheme: str, name: str) -> None:
    response = authorize(account, f"{scheme} {token}", name)
    assert effect(response) == "Allow"
    assert response["context"] == {
        "customer_id": "hong",
        "customer_kind": "personal",
        "method": "otp",
        "proved_at": iso(NOW),
    }
    assert "hong" not in response["principalId"]


def test_functions_accept_the_context_of_the_authorizer(account: Account, token: str) -> None:
    app = App(account)
    event = app.event("GET", "/registrations")
    context = authorize(account, f"Bearer {token}")["context"]
    assert all(isinstance(value, str) for value in context.values()), "API Gateway passes plain values only"
    event["requestContext"]["authorizer"] = context
    assert app.send(event).body == {"registrations": []}


def test_one_consistent_read_decides(account: Account, token: str) -> None:
    account.function("authorize")
    (call,) = account.recorded(lambda: authorize(account, f"Bearer {token}"))
    tables = call.params["RequestItems"]
    assert call.operation == "BatchGetItem"
    assert tables.keys() == {account.physical[name] for name in ("SessionsTable", "SessionUsesTable")}
    assert all(table["ConsistentRead"] for table in tables.values())


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer no-dot",
        "Bearer .",
        "Bearer aG9uZw.",
        "Bearer aG9uZw.c2hvcnQ",
        "Bearer !!!.???",
        "Bearer 홍길동.비밀",
        "Basic aG9uZzpwYXNzd29yZA==",
        "Bearer " + "a" * 300 + "." + "b" * 43,
    ],
)
def test_a_malformed_token_is_unauthorized_and_costs_no_read(account: Account, header: str | None) -> None:
    account.function("authorize")
    account.calls.clear()
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(account, header)
    assert account.calls == []


def test_a_wrong_secret_an_unknown_customer_and_an_old_session_are_denied_alike(
    account: Account, token: str
) -> None:
    handle, _, secret = token.partition(".")
    nobody = base64.urlsafe_b64encode(b"nobody").rstrip(b"=").decode()
    other_secret = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    denied = [authorize(account, f"Bearer {t}") for t in (f"{handle}.{other_secret}", f"{nobody}.{secret}")]
    account.pass_time(seconds=SESSION_LIFE.total_seconds())
    denied.append(authorize(account, f"Bearer {token}"))
    assert denied[0] == denied[1] == denied[2]
    assert effect(denied[0]) == "Deny"
    assert denied[0]["context"] == {}


def test_a_session_in_use_is_allowed_until_it_expires(account: Account, token: str) -> None:
    for _ in range(6):
        account.pass_time(minutes=9, seconds=59)
        assert effect(authorize(account, f"Bearer {token}")) == "Allow"
    account.pass_time(seconds=5)
    assert effect(authorize(account, f"Bearer {token}")) == "Allow"
    account.pass_time(seconds=1)
    assert effect(authorize(account, f"Bearer {token}")) == "Deny"


def test_an_unused_session_expires(account: Account, token: str) -> None:
    account.pass_time(seconds=SESSION_IDLE.total_seconds())
    assert effect(authorize(account, f"Bearer {token}")) == "Deny"


def test_the_last_use_is_recorded_once_a_minute(account: Account, token: str) -> None:
    account.function("authorize")
    noted = []
    for seconds in (0, 59, 1, 1, 59):
        account.pass_time(seconds=seconds)
        calls = account.recorded(lambda: authorize(account, f"Bearer {token}"))
        noted.append([call.operation for call in calls][1:])
    assert noted == [[], [], ["UpdateItem"], [], ["UpdateItem"]]


def test_a_failed_write_of_the_last_use_still_allows_the_session(
    account: Account, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.pass_time(minutes=2)
    monkeypatch.setattr(SessionUses, "record", failing)
    assert effect(authorize(account, f"Bearer {token}")) == "Allow"
    assert account.items("SessionUsesTable") == []


def failing(*_: object) -> None:
    raise ConnectionError("the table does not answer")


def test_an_old_token_does_not_extend_a_new_session(account: Account, token: str) -> None:
    sessions, uses = sessions_of(account), account.function("authorize").uses
    old = sessions.find("hong")
    account.pass_time(minutes=1)
    App(account).log_in()
    new = sessions.find("hong")
    uses.record(old, account.at + timedelta(minutes=5))
    assert uses.latest(new) == new


def test_a_new_login_ends_the_old_token_at_once(account: Account, token: str) -> None:
    account.pass_time(minutes=1)
    new = App(account).log_in().body["token"]
    assert effect(authorize(account, f"Bearer {token}")) == "Deny"
    assert effect(authorize(account, f"Bearer {new}")) == "Allow"
