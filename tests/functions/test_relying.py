"""The frame of the relying services' API: who calls is what IAM found, and an entry says what it may do."""

from datetime import timedelta

import pytest

from registrar.domain.access.relying_service import Use
from tests.support.app import App, assert_problem
from tests.support.relying import ACCOUNT, System, a_service

NOBODYS = {"certificate": {"customer_id": "hong", "registration_id": "r" + "0" * 32}, "purpose": "VIEW"}


def test_a_principal_without_an_entry_is_refused(app: App) -> None:
    System(app.account, role="relying-transfers").enter()

    stranger = System(app.account, role="relying-transfers-2")

    assert_problem(stranger.call("POST", "/status", NOBODYS), "RELYING_SERVICE_UNKNOWN")


@pytest.mark.parametrize(
    "user_arn",
    [
        f"arn:aws:iam::{ACCOUNT}:user/relying-transfers",
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:federated-user/relying-transfers",
        "arn:aws:sts::210987654321:assumed-role/relying-transfers/relying-transfers-1",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/relying-transfers",
    ],
)
def test_only_sessions_of_the_entered_role_are_its_service(app: App, user_arn: str) -> None:
    System(app.account).enter()

    assert_problem(
        System(app.account, user_arn=user_arn).call("POST", "/status", NOBODYS), "RELYING_SERVICE_UNKNOWN"
    )


def test_a_request_that_iam_did_not_authorize_is_refused(app: App) -> None:
    system = System(app.account).enter()
    event = system.event("POST", "/status", NOBODYS)
    event["requestContext"]["identity"]["userArn"] = None

    answer = app.account.invoke("get_status", event)

    assert answer["statusCode"] == 403


def test_a_header_or_a_member_does_not_say_who_calls(app: App) -> None:
    System(app.account).enter()
    named = f"arn:aws:sts::{ACCOUNT}:assumed-role/relying-transfers/relying-transfers-1"
    stranger = System(app.account, role="other", extra_headers={"X-Amz-User-Arn": named, "userArn": named})

    assert_problem(stranger.call("POST", "/status", {**NOBODYS, "service": "transfers"}), "RELYING_SERVICE_UNKNOWN")


def test_a_service_may_do_only_what_its_entry_allows(app: App) -> None:
    system = System(app.account).enter(a_service(uses=frozenset({Use.VERIFY})))

    assert_problem(system.call("POST", "/status", NOBODYS), "RELYING_SERVICE_NOT_ALLOWED")


def test_a_removed_entry_is_used_for_a_minute_at_most(app: App) -> None:
    system = System(app.account).enter()
    assert system.call("POST", "/status", NOBODYS).status != 403
    principal = {"principal": {"S": f"arn:aws:iam::{ACCOUNT}:role/relying-transfers"}}
    table = app.account.physical["RelyingServicesTable"]
    app.account.client("dynamodb").delete_item(TableName=table, Key=principal)

    app.account.pass_time(seconds=59)
    assert system.call("POST", "/status", NOBODYS).status != 403
    app.account.at += timedelta(seconds=1)

    assert_problem(system.call("POST", "/status", NOBODYS), "RELYING_SERVICE_UNKNOWN")


def test_a_new_entry_counts_at_once(app: App) -> None:
    system = System(app.account)
    assert_problem(system.call("POST", "/status", NOBODYS), "RELYING_SERVICE_UNKNOWN")

    system.enter()

    assert system.call("POST", "/status", NOBODYS).status != 403


def test_a_service_is_named_in_the_log(app: App) -> None:
    System(app.account).enter().call("POST", "/status", NOBODYS)

    assert {line.get("relying_service") for line in app.account.logged()} == {"transfers"}
