"""Pages of listed origins, and no others, can read what the functions respond, on every route."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from registrar.entry.cors import EXPOSED_HEADERS, METHODS, REQUEST_HEADERS
from tests.support.account import Account
from tests.support.app import App, an_event, assert_problem
from tests.support.openapi import OPERATIONS, SPEC
from tests.support.pages import LISTED, NOT_LISTED, PAGE, SECOND_PAGE
from tests.support.rows import PASSWORD
from tests.support.shape import PREFLIGHT, ROUTES, expanded, routes_of, verb

FOR_THE_PAGE = {
    "Vary": "Origin",
    "Access-Control-Allow-Origin": PAGE,
    "Access-Control-Expose-Headers": "Retry-After, x-amzn-RequestId",
}
each_lookalike = pytest.mark.parametrize("origin", [*NOT_LISTED, f" {PAGE}", f"{PAGE}\n"])


def from_page(event: dict[str, Any], origin: str | None, listed: str | None = LISTED) -> dict[str, Any]:
    """The event as the stage with these origins sends it for a page of `origin`."""
    event["stageVariables"] = {"web_origins": listed} if listed else None
    if origin is not None:
        event["headers"]["Origin"] = origin
    return event


def cors(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name == "Vary" or name.startswith("Access-Control-")}


def call(app: App, method: str, route: str, origin: str | None, listed: str | None = LISTED) -> Mapping[str, str]:
    ids = dict.fromkeys(re.findall(r"\{(\w+)\}", route), "0" * 32)
    event = from_page(app.event(method, route, {}, **ids), origin, listed)
    return cors(app.account.invoke(verb(ROUTES[method, route]), event)["headers"])


@pytest.mark.parametrize(("method", "route"), sorted(ROUTES))
def test_every_route_is_readable_by_a_listed_page_only(app: App, method: str, route: str) -> None:
    assert call(app, method, route, PAGE) == FOR_THE_PAGE
    assert call(app, method, route, SECOND_PAGE) == FOR_THE_PAGE | {"Access-Control-Allow-Origin": SECOND_PAGE}
    assert call(app, method, route, "https://bank.example.evil.com") == {"Vary": "Origin"}
    # A cache must not keep this for the page, nor the page's for this.
    assert call(app, method, route, None) == {"Vary": "Origin"}


@pytest.mark.parametrize(("method", "route"), sorted(ROUTES))
def test_without_a_listed_origin_nothing_changes(app: App, method: str, route: str) -> None:
    for origin in (None, PAGE, "null", ""):
        assert call(app, method, route, origin, listed=None) == {}


@each_lookalike
def test_an_origin_that_only_resembles_a_listed_one_gets_nothing(app: App, origin: str) -> None:
    assert call(app, "GET", "/registrations", origin) == {"Vary": "Origin"}


def test_every_kind_of_response_is_readable(app: App, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """A success, a refusal with Retry-After, malformed input, no session, and a defect of ours."""
    login = {"customer_id": "hong", "password": PASSWORD}
    done = app.send(from_page(app.event("POST", "/login", login), PAGE))
    refused = app.send(from_page(app.event("POST", "/login", {**login, "password": "wrong"}), PAGE))
    malformed = app.send(from_page(app.event("POST", "/login", "{"), PAGE))
    app.signed_in = False
    no_session = app.send(from_page(app.event("GET", "/registrations"), PAGE))

    def broken(*arguments: Any) -> None:
        raise RuntimeError("on fire")

    monkeypatch.setattr(account, "called", broken)
    defect = app.send(from_page(app.event("POST", "/login", login), PAGE))

    assert done.status == 200
    assert_problem(refused, "LOGIN_FAILED")
    assert_problem(malformed, "MALFORMED_REQUEST", field="body")
    assert_problem(no_session, "AUTH_REQUIRED")
    assert_problem(defect, "SYSTEM_RETRY")
    assert defect.headers["Retry-After"] == "5"
    for answer in (done, refused, malformed, no_session, defect):
        assert cors(answer.headers) == FOR_THE_PAGE
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_relying_services_api_has_no_pages() -> None:
    """Its stage names no origin, so its functions add nothing: they decide by the stage alone."""
    stages = {name: r["Properties"] for name, r in expanded().items() if r["Type"] == "AWS::ApiGateway::Stage"}

    assert {name for name, stage in stages.items() if "Variables" in stage} == {"Apiv1Stage"}


# ---- preflight


def preflight(account: Account, origin: str | None, listed: str | None = LISTED) -> dict[str, Any]:
    event = from_page(an_event("api_request"), origin, listed)
    method, route = PREFLIGHT
    event |= {"resource": route, "httpMethod": method, "path": "/uploads"}
    event["headers"]["Access-Control-Request-Method"] = "POST"
    event["headers"]["Access-Control-Request-Headers"] = "authorization,content-type"
    answer: dict[str, Any] = account.invoke(verb(routes_of("Api")[PREFLIGHT]), event)
    return answer


def test_a_listed_page_may_send_what_the_api_takes(account: Account) -> None:
    assert preflight(account, SECOND_PAGE) == {
        "statusCode": 204,
        "headers": {
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": REQUEST_HEADERS,
            "Access-Control-Max-Age": "7200",
            **FOR_THE_PAGE,
            "Access-Control-Allow-Origin": SECOND_PAGE,
        },
        "body": "",
    }


@each_lookalike
def test_a_page_that_is_not_listed_may_send_nothing(account: Account, origin: str) -> None:
    assert preflight(account, origin) == {"statusCode": 204, "headers": {"Vary": "Origin"}, "body": ""}


@pytest.mark.parametrize("origin", [None, PAGE])
def test_without_a_listed_origin_no_page_may_send_anything(account: Account, origin: str | None) -> None:
    assert preflight(account, origin, listed=None) == {"statusCode": 204, "headers": {}, "body": ""}


def test_a_preflight_calls_nothing(account: Account) -> None:
    preflight(account, PAGE)

    assert account.calls == []


def test_pages_may_use_every_method_and_header_of_the_contract_and_no_others() -> None:
    parameters = [
        SPEC["components"]["parameters"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for operation in OPERATIONS.values()
        for each in operation.get("parameters", [])
    ]
    headers = {each["name"] for each in parameters if each["in"] == "header"}

    assert set(METHODS.split(", ")) == {method for method, _ in ROUTES}
    assert set(REQUEST_HEADERS.split(", ")) == headers | {"Authorization", "Content-Type"}
    # A browser shows a page Cache-Control, Content-Language and Content-Type anyway (CORS-safelisted).
    sent = {
        name for operation in OPERATIONS.values() for r in operation["responses"].values() for name in _headers(r)
    }
    assert sent - {"Cache-Control", "Content-Language"} == set(EXPOSED_HEADERS.split(", ")) - {"x-amzn-RequestId"}


def _headers(response: Mapping[str, Any]) -> set[str]:
    if "$ref" in response:
        response = SPEC["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return set(response.get("headers", {}))
