"""Two releases on the same tables, as in a rollout and after a rollback: each reads what the other writes."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.account import Account
from tests.support.app import App, an_event, assert_problem
from tests.support.builders import a_certificate
from tests.support.release_rows import FOLDER, LOSS, Rows, frozen, kind, load, types, written_now

RELEASES = sorted(FOLDER.glob("*.json"))
each_release = pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
ONE = "/registrations/{registration_id}"


def with_more(rows: Rows) -> Rows:
    """The same rows, each with an attribute that only a later release knows."""
    return {table: [{**item, "of_a_later_release": {"S": "x"}} for item in items] for table, items in rows.items()}


@pytest.fixture(params=["as_written", "with_more"])
def facts(request: pytest.FixtureRequest, app: App, release: Path) -> dict[str, str]:
    """The names of a release's rows, which are in the tables."""
    rows, facts = frozen(release)
    load(app.account, with_more(rows) if request.param == "with_more" else rows)
    return facts


def effect(account: Account, token: str) -> Any:
    event = an_event("authorizer_request")
    event["headers"]["Authorization"] = f"Bearer {token}"
    return account.invoke("authorize", event)["policyDocument"]["Statement"][0]["Effect"]


def test_there_is_a_release_to_compare_with() -> None:
    assert RELEASES


@each_release
def test_a_session_and_a_login_in_progress_go_on(app: App, facts: dict[str, str]) -> None:
    assert effect(app.account, facts["token"]) == "Allow"
    answer = app.give_code(facts["challenge"], app.code())
    assert (answer.status, answer.body["ended_other_session"]) == (200, True)
    assert effect(app.account, facts["token"]) == "Deny"


@each_release
def test_registrations_are_listed_and_change(app: App, facts: dict[str, str]) -> None:
    ids = {each["registration_id"] for each in app.registrations()}
    assert ids == {facts[name] for name in ("live", "held", "signing", "blocked")}
    assert app.call("GET", ONE, registration_id=facts["blocked"]).body["status"] == "BLOCKED"
    held = app.call("GET", ONE, registration_id=facts["held"]).body
    assert held["holds"] == ["customer"]
    answer = app.call("POST", LOSS, registration_id=facts["live"])
    assert (answer.status, answer.body["holds"]) == (200, ["customer"])


@each_release
def test_an_upload_that_waits_for_its_proof_still_does(app: App, facts: dict[str, str]) -> None:
    answer = app.look(facts["upload"])

    assert (answer.status, answer.body["state"]) == (200, "AWAITING_PROOF")
    assert answer.body["proof"]["text"]


@each_release
def test_a_request_to_sign_is_shown_and_declined(app: App, facts: dict[str, str]) -> None:
    where = "/signature-requests/{request_id}"
    shown = app.call("GET", where, request_id=facts["request"])

    assert (shown.status, bool(shown.body["text"])) == (200, True)
    assert app.call("POST", f"{where}/decline", request_id=facts["request"]).status == 200


@each_release
def test_rows_of_today_have_what_the_release_before_reads(app: App, release: Path) -> None:
    """What it wrote it may need: a row of the same kind without it, or with another type, could stop it."""
    before, _ = frozen(release)
    # As a stack that ran the release before deploys this one first (CHANGELOG.md).
    app.account.parameters = {**app.account.parameters, "UploadCertificates": "inside"}
    app.account.restart()
    today, _ = written_now(app)
    rows_today = [(kind(table, item), types(item).items()) for table, items in today.items() for item in items]

    for table, items in before.items():
        for item in items:
            needed = types(item).items()
            same_kind = [found for name, found in rows_today if name == kind(table, item)]
            assert same_kind, f"{kind(table, item)} is written no longer"
            assert any(needed <= found for found in same_kind), f"{kind(table, item)} lacks {needed - same_kind[0]}"


def test_an_upload_refused_by_a_later_release_is_unreadable_and_stops_nothing_else(app: App) -> None:
    """Its reason is not known here: the customer gets SYSTEM_RETRY, and uploads again."""
    refused = app.upload(a_certificate(key="ec", policy_oid="1.2.3.4").der)["upload_id"]
    key = {"id": {"S": refused}}
    uploads = {"TableName": app.account.physical["UploadsTable"]}
    client = app.account.client("dynamodb")
    findings = client.get_item(**uploads, Key=key)["Item"]["findings"]["S"]
    client.update_item(
        **uploads,
        Key=key,
        UpdateExpression="SET findings = :later",
        ExpressionAttributeValues={":later": {"S": findings.replace("CERT_POLICY_NOT_ACCEPTED", "CERT_OF_LATER")}},
    )

    assert_problem(app.look(refused), "SYSTEM_RETRY")
    assert app.upload(a_certificate(key="ec").der)["state"] == "AWAITING_PROOF"
