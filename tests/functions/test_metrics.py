"""Metrics: what the functions count, in the form in which CloudWatch reads it out of their logs."""

from collections import Counter
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from registrar.domain.notices.kinds import Kind
from registrar.domain.registrations.upload import UploadState
from registrar.domain.revocation.status import StatusValue
from registrar.entry.metrics import EXPIRING, NO_STATUS, OF_ACTION, OF_UPLOAD, Metric, counted, metrics_of
from registrar.settings import stack_name
from tests.support.account import Account
from tests.support.app import DONE, App, a_batch, an_event, assert_problem
from tests.support.builders import NOW, a_certificate
from tests.support.notices import run
from tests.support.shape import FUNCTIONS, RESOURCES
from tools.cloud.emulator import ROOT


def counts(account: Account) -> Counter[str]:
    """The sums of the metrics that CloudWatch reads out of the log. A line that it would not take fails."""
    sums = Counter[str]()
    for line in account.logged():
        if "_aws" not in line:
            continue
        assert isinstance(line["_aws"]["Timestamp"], int)
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive.keys() == {"Namespace", "Dimensions", "Metrics"}
        assert (directive["Namespace"], directive["Dimensions"]) == ("registrar", [[]])
        for metric in directive["Metrics"]:
            assert metric["Unit"] == "Count"
            assert metric["Name"] in set(Metric)
            assert isinstance(line[metric["Name"]], int), "the value is a member of the line"
            sums[metric["Name"]] += line[metric["Name"]]
    return sums


def test_the_main_way_is_counted_step_by_step(app: App, account: Account) -> None:
    assert_problem(app.give_password("not-the-password"), "LOGIN_FAILED")
    app.log_in()
    app.register(a_certificate(key="ec", not_after=NOW + timedelta(days=8)))
    account.pass_time(days=1)
    run(account)

    assert counts(account) == {
        "IdentityRefused": 1,
        "Logins": 1,
        "UploadsAnnounced": 1,
        "StatusesReceived": 1,
        "UploadsAccepted": 1,
        "Registrations": 1,
        "ExpiryNoticesPlanned": 1,
        "ExpiryNoticesSent": 1,
        "NoticesSent": 1,
    }


def test_a_refused_upload_is_counted_and_logged_with_its_reason(app: App, account: Account) -> None:
    app.log_in()
    expired = a_certificate(key="ec", not_after=NOW - timedelta(days=1))
    announced = app.announce(expired.der).body
    app.send_file(announced["upload_id"], expired.der)
    assert app.deliver(announced["upload_id"]) == DONE

    assert counts(account)["UploadsRefused"] == 1
    (decided,) = [line for line in account.logged() if line["message"] == "upload.decided"]
    assert (decided["state"], decided["headline"]) == ("REJECTED", "CERT_EXPIRED")


def test_a_status_that_no_issuer_gives_is_counted_as_missing(app: App, account: Account) -> None:
    app.log_in()
    account.issuers.mode = "tryLater"
    app.upload(a_certificate(key="ec").der)

    assert (counts(account)["StatusesMissing"], counts(account)["StatusesReceived"]) == (1, 0)
    (checked,) = [line for line in account.logged() if line["message"] == "upload.checked"]
    assert (checked["operator"], checked["headline"]) == ("yessign", "REVOCATION_UNAVAILABLE")


def test_an_error_that_becomes_a_500_is_counted(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda takes the invocation for a success: its own Errors metric misses it."""
    account.function("login")
    monkeypatch.setattr(account, "called", broken)
    assert_problem(app.give_password(), "SYSTEM_RETRY")

    assert counts(account) == {"UnexpectedFailures": 1}


def test_a_message_that_fails_is_counted(account: Account) -> None:
    """The function succeeds and reports the message to the queue: Lambda's own Errors metric misses it."""
    answer = account.invoke("check_revocation", a_batch({"no": "upload_id"}, {"upload_id": "0" * 32}))

    assert len(answer["batchItemFailures"]) == 1
    assert counts(account) == {"MessagesFailed": 1}


def test_a_last_use_that_is_not_recorded_is_counted(app: App, account: Account) -> None:
    """The session is live and its request goes on: no metric of AWS shows it."""
    token = app.log_in().body["token"]
    account.pass_time(minutes=2)
    fails = patch.object(type(account.function("authorize").uses), "record", broken)
    event = an_event("authorizer_request")
    event["headers"]["Authorization"] = f"Bearer {token}"
    before = counts(account)
    with fails:
        account.invoke("authorize", event)

    assert counts(account) - before == {"UnexpectedFailures": 1}


def broken(*_: Any) -> None:
    raise RuntimeError("a defect")


@pytest.mark.parametrize(
    ("action", "facts", "expected"),
    [
        ("upload.opened", {"state": UploadState.REJECTED}, [Metric.UPLOADS_REFUSED]),
        ("upload.opened", {"state": UploadState.CHECKING}, []),
        ("upload.checked", {"state": UploadState.REJECTED}, [Metric.UPLOADS_REFUSED]),
        ("registration.queried", {"answer": StatusValue.GOOD}, [Metric.STATUSES_RECEIVED]),
        ("registration.queried", {"answer": None}, [Metric.STATUSES_MISSING]),
        ("registration.refused", {}, [Metric.REGISTRATIONS_REFUSED]),
        ("channel.misconfigured", {}, [Metric.MISCONFIGURED_CHANNELS]),
        ("notice.sent", {"kind": Kind.REGISTERED}, [Metric.NOTICES_SENT]),
        ("session.ended", {}, []),
    ],
)
def test_what_an_audit_entry_counts(action: str, facts: dict[str, Any], expected: list[Metric]) -> None:
    assert metrics_of(action, facts) == expected


def test_the_values_that_are_written_out_are_those_of_the_domain() -> None:
    assert set(OF_UPLOAD) <= set(UploadState)
    stated = {StatusValue.GOOD, StatusValue.REVOKED, StatusValue.ON_HOLD, StatusValue.UNKNOWN}
    assert set(NO_STATUS) == {None, *set(StatusValue) - stated}
    assert EXPIRING == Kind.EXPIRING


def test_every_audit_action_that_counts_exists_in_a_handler() -> None:
    """A renamed action would stop its metric silently."""
    handlers = "".join(path.read_text() for path in (ROOT / "functions").glob("*/handler.py"))

    assert [action for action in OF_ACTION if f'"{action}"' not in handlers] == []


def test_a_line_that_counts_nothing_is_no_metric() -> None:
    assert counted() == {}
    assert counted(ExpiryNoticesPlanned=0)["ExpiryNoticesPlanned"] == 0
    with pytest.raises(ValueError, match="Unheard"):
        counted(Unheard=1)


def test_the_namespace_is_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FUNCTIONS:
        group = RESOURCES[name.removesuffix("Function") + "Logs"]["Properties"]
        assert group["LogGroupName"]["Fn::Sub"].startswith("/${AWS::StackName}/")
    monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/registrar-dev/login")

    assert stack_name() == "registrar-dev"
