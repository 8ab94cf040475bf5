"""The saved queries of operations.yaml, run on what the functions log, find what the runbook says they find."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.entry.log import customer_ref
from tests.support.account import Account
from tests.support.app import App, a_batch, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.insights import Row, run_query
from tests.support.notices import run
from tests.support.shape import OPERATIONS


def _found(account: Account, name: str, paste: str = "") -> list[Row]:
    query = OPERATIONS["Resources"][f"{name}Query"]["Properties"]["QueryString"]
    return run_query(query, account.logged(), paste)


def _messages(rows: list[Row]) -> list[Any]:
    return [row["message"] for row in rows]


def test_a_support_reference_leads_to_the_lines_of_its_request(app: App, account: Account) -> None:
    app.log_in()
    refused = app.look("0" * 32)
    assert_problem(refused, "UPLOAD_NOT_FOUND")

    rows = _found(account, "FunctionByReference", refused.body["support_ref"])
    assert _messages(rows)[-2:] == ["refused", "answered"]
    assert {row["support_ref"] for row in rows} == {refused.body["support_ref"]}


def test_an_upload_and_its_customer_can_be_followed(app: App, account: Account) -> None:
    app.log_in()
    view = app.upload(a_certificate(key="ec").der)

    steps = ["upload.issued", "upload.decided", "upload.checked", "answered"]
    assert _messages(_found(account, "UploadById", view["upload_id"])) == steps
    assert "session.started" in _messages(_found(account, "CustomerActivity", customer_ref("hong")))


def test_reasons_of_refusal_are_counted_by_code(app: App, account: Account) -> None:
    app.log_in()
    for _ in range(2):
        app.upload(a_certificate(key="ec", not_after=NOW - timedelta(days=1)).der)
    app.upload(a_certificate(key="ec").der)

    assert _found(account, "Refusals") == [{"headline": "CERT_EXPIRED", "uploads": 2}]


def test_issuers_that_give_no_status_are_listed_by_operator(app: App, account: Account) -> None:
    app.log_in()
    app.upload(a_certificate(key="ec").der)
    account.issuers.mode = "tryLater"
    app.upload(a_certificate(key="ec").der)

    (deferred,) = _found(account, "Deferred")
    assert (deferred["operator"], deferred["answer"], deferred["queries"]) == ("yessign", "UNAVAILABLE", 1)
    assert [(row["operator"], row["answer"]) for row in _found(account, "IssuersAnswers")] == [
        ("yessign", "GOOD"),
        ("yessign", "UNAVAILABLE"),
    ]


def test_an_expiry_run_shows_what_it_planned(app: App, account: Account) -> None:
    app.log_in()
    app.register(a_certificate(key="ec", not_after=NOW + timedelta(days=8)))
    account.pass_time(days=1)
    run(account)

    (planned,) = _found(account, "ExpiryRuns")
    assert (planned["planned"], planned["certificates"]) == (1, 1)
    assert {row["customer_ref"] for row in _found(account, "MessagesByCustomer")} == {customer_ref("hong")}


def test_a_message_that_fails_is_found_among_the_errors(account: Account) -> None:
    account.invoke("check_revocation", a_batch({"no": "upload_id"}))

    (failed,) = _found(account, "ErrorsOfJobs")
    assert (failed["message"], failed["exception_name"]) == ("message failed", "KeyError")


def test_changes_of_methods_are_listed_by_customer(account: Account) -> None:
    rows = [{"message": "totp.added", "customer_ref": "a"}, {"message": "totp.started", "customer_ref": "b"}]
    query = OPERATIONS["Resources"]["ChangedMethodsQuery"]["Properties"]["QueryString"]

    assert [row["customer_ref"] for row in run_query(query, rows)] == ["a"]


@pytest.mark.parametrize("status", ["500", "504"])
def test_5xx_of_gateway_and_functions_are_counted_by_route(status: str) -> None:
    line = {"route": "POST /login", "status": status, "error": "-", "function_status": "200", "function_error": "-"}
    query = OPERATIONS["Resources"]["FailuresByRouteQuery"]["Properties"]["QueryString"]

    (found,) = run_query(query, [line, line, {**line, "status": "200"}])
    assert (found["route"], found["responses"]) == ("POST /login", 2)
