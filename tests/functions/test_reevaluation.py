"""Re-evaluation through its functions: planned, read, confirmed, applied."""

import json
from datetime import timedelta
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.tables.registrations import Registrations
from registrar.domain.registrations.registration import Hold
from registrar.domain.two_persons import PROPOSAL_LIFE
from registrar.entry.log import customer_ref
from tests.support.account import Account
from tests.support.app import a_batch, put_trust
from tests.support.builders import NOW
from tests.support.prepared import prepared
from tests.support.reevaluation import (
    BY_REEVALUATION,
    BY_STAFF,
    FREE,
    KICA,
    PLANNER,
    SHARDS,
    STAFF,
    a_plan,
    activate,
    applied,
    confirm,
    holds,
    one_that_fails,
    planned,
    registered,
    summary,
    summary_key,
    with_few_shards,
    worked,
)
from tests.support.staff import act, arn

CODES = ["CERT_POLICY_NOT_ACCEPTED"]


@pytest.fixture
def registrations(account: Account, monkeypatch: pytest.MonkeyPatch) -> Registrations:
    return with_few_shards(account, monkeypatch)


def test_a_plan_lists_what_fails_now_and_changes_nothing(account: Account, registrations: Registrations) -> None:
    kept, failing = registered(account, "hong"), registered(account, "kim", **KICA)
    activate(account, 2, "kica")

    response = act(account, "plan_reevaluation", PLANNER)["done"]
    worked(account, *planned(account))

    assert response == {
        "version": 2,
        "planned_at": "2026-11-23T03:00:00Z",
        "open": len(SHARDS),
        "summary": "reports/reevaluation/2/20261123T030000Z/summary.json",
    }
    found = summary(account)
    ((segment, _),) = found.pop("segments").items()
    assert found == {
        "version": 2,
        "planned_at": "2026-11-23T03:00:00Z",
        "planned_by": arn(PLANNER["staff_id"]),
        "looked_at": 2,
        "to_hold": 1,
        "to_lift": 0,
        "held_already": 0,
        "by_code": {"CERT_POLICY_NOT_ACCEPTED": 1},
        "by_operator": {"kica": 1},
    }
    bucket = account.physical["TrustBucket"]
    key = f"reports/reevaluation/2/20261123T030000Z/{segment}.jsonl"
    lines = account.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()[1:]
    line = {"registration_id": failing, "operator": "kica", "change": "hold", "codes": CODES}
    assert [json.loads(each) for each in lines] == [line | {"customer_ref": customer_ref("kim")}]
    assert holds(registrations, hong=kept, kim=failing) == {"hong": FREE, "kim": FREE}


def test_a_confirmed_plan_holds_failures_and_a_later_one_lifts_them(
    account: Account, registrations: Registrations
) -> None:
    owners = {"hong": registered(account, "hong"), "kim": registered(account, "kim", **KICA)}
    activate(account, 2, "kica")
    a_plan(account)

    response = confirm(account, 2)
    worked(account, *account.sent_to("ReevaluationQueue"))

    assert response == {"done": {"version": 2, "to_hold": 1, "to_lift": 0}}
    assert holds(registrations, **owners) == {"hong": FREE, "kim": BY_REEVALUATION}
    assert a_plan(account)["held_already"] == 1, "nothing is left to do"
    activate(account, 3)
    assert a_plan(account)["to_lift"] == 1
    assert holds(registrations, **owners)["kim"] == BY_REEVALUATION, "a plan lifts nothing"
    applied(account, 3)
    assert holds(registrations, **owners) == {"hong": FREE, "kim": FREE}
    audited = [line["message"] for line in account.logged() if line.get("audit")]
    assert audited[-1] == "reevaluation.lift"
    assert audited.count("reevaluation.hold") == audited.count("reevaluation.lift") == 1


def test_a_re_evaluation_keeps_other_holds(account: Account, registrations: Registrations) -> None:
    lost = registered(account, "kim", **KICA)
    registrations.add_hold("kim", lost, Hold.CUSTOMER, NOW)
    for version, refused in ((2, ["kica"]), (3, [])):
        activate(account, version, *refused)
        a_plan(account)
        applied(account, version)
        expected = {Hold.CUSTOMER, Hold.BANK} if refused else {Hold.CUSTOMER}
        assert registrations.get("kim", lost).holds == expected


@pytest.mark.parametrize("before", [True, False])
def test_a_re_evaluation_does_not_lift_a_bank_hold(
    account: Account, registrations: Registrations, before: bool
) -> None:
    """Before the re-evaluation or after it: the decision of staff prevails."""
    failing = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    if before:
        registrations.add_hold("kim", failing, Hold.BANK, NOW)
        a_plan(account)
    else:
        a_plan(account)
        applied(account, 2)
        registrations.add_hold("kim", failing, Hold.BANK, NOW)
    activate(account, 3)
    assert a_plan(account)["to_lift"] == 0
    applied(account, 3)
    assert holds(registrations, kim=failing) == {"kim": BY_STAFF}


def test_a_registration_that_staff_released_is_planned_again(
    account: Account, registrations: Registrations
) -> None:
    failing = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    a_plan(account)
    applied(account, 2)
    registrations.lift_hold("kim", failing, Hold.BANK, NOW)
    assert holds(registrations, kim=failing) == {"kim": FREE}
    assert a_plan(account)["to_hold"] == 1


def test_a_bank_hold_between_plan_and_application_is_kept(account: Account, registrations: Registrations) -> None:
    failing, ended = registered(account, "kim", **KICA), registered(account, "lee", **KICA)
    activate(account, 2, "kica")
    assert a_plan(account)["to_hold"] == 2
    registrations.add_hold("kim", failing, Hold.BANK, NOW)
    registrations.deregister(registrations.get("lee", ended), NOW)
    applied(account, 2)
    assert holds(registrations, kim=failing, lee=ended) == {"kim": BY_STAFF, "lee": FREE}


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"confirm": "0" * 64}, "confirm is not the SHA-256 of"),
        ({"version": 1}, "version 1 is not active, 2 is"),
        ({"version": 3}, "version 3 is not active, 2 is"),
    ],
)
def test_only_the_confirmed_plan_of_the_active_version_is_applied(
    account: Account, registrations: Registrations, overrides: dict[str, Any], why: str
) -> None:
    prepared(account, one_that_fails)
    a_plan(account)
    response = confirm(account, 2, **overrides)
    assert response["refused"] == "STATE_CONFLICT"
    assert response["text"].startswith(why)
    assert account.sent_to("ReevaluationQueue") == []


def test_an_unfinished_plan_is_not_applied(account: Account, registrations: Registrations) -> None:
    asked = {"version": 1, "confirm": "0" * 64, **STAFF}
    assert act(account, "apply_reevaluation", asked)["text"] == "there is no plan for version 1"
    first, _ = planned(account)
    worked(account, first)
    assert act(account, "apply_reevaluation", asked)["text"] == "the plan is not finished: 1 segments are open"


@pytest.mark.parametrize("same", ["policy.lee", "Policy.Lee", "POLICY-LEE"])
def test_a_plan_is_not_applied_by_its_planner(account: Account, registrations: Registrations, same: str) -> None:
    failing = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    assert a_plan(account)["planned_by"] == arn(PLANNER["staff_id"])
    assert confirm(account, 2, staff_id=same)["text"] == "whoever proposed it cannot confirm it"
    assert account.sent_to("ReevaluationQueue") == []
    applied(account, 2)
    assert holds(registrations, kim=failing) == {"kim": BY_REEVALUATION}
    lines = [line for line in account.logged() if line.get("audit") and "confirmed" in line["message"]]
    assert [(line["message"], line["staff_id"]) for line in lines] == [
        ("reevaluation.not_confirmed", arn(same)),
        ("reevaluation.confirmed", arn(STAFF["staff_id"])),
    ]
    assert lines[1]["planned_by"] == arn(PLANNER["staff_id"])


def test_a_plan_expires_after_a_day(account: Account, registrations: Registrations) -> None:
    prepared(account, one_that_fails)
    a_plan(account)
    account.at += PROPOSAL_LIFE + timedelta(seconds=1)
    assert confirm(account, 2)["text"].startswith("the proposal is older than a day")
    assert account.sent_to("ReevaluationQueue") == []
    a_plan(account)
    assert "done" in confirm(account, 2)


def test_a_plan_of_nobody_is_not_applied(account: Account, registrations: Registrations) -> None:
    """As an earlier release wrote it."""
    activate(account, 2, "kica")
    a_plan(account)
    account.client("dynamodb").update_item(
        TableName=account.physical["NoticesTable"],
        Key={"id": {"S": "run:reevaluation:2"}},
        UpdateExpression="REMOVE planned_by",
    )
    assert confirm(account, 2)["text"] == "the plan does not say who made it: plan again"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "version"),
        ({"version": 1, "confirm": "yes"}, "confirm"),
        ({"version": 1, "confirm": "0" * 64, "staff_id": STAFF["staff_id"]}, "reason"),
    ],
)
def test_malformed_input_is_refused_by_name(
    account: Account, registrations: Registrations, wrong: dict[str, Any], field: str
) -> None:
    response = act(account, "apply_reevaluation", wrong)
    assert response["refused"] == "MALFORMED_REQUEST"
    assert field in response["text"]
    assert account.keys("TrustBucket") == [ACTIVE]


def test_without_a_trust_document_nothing_is_planned(account: Account) -> None:
    response = act(account, "plan_reevaluation", PLANNER)
    assert response == {"refused": "STATE_CONFLICT", "text": "no trust document is active"}


def test_a_new_document_supersedes_the_plan_of_the_old_one(account: Account, registrations: Registrations) -> None:
    failing = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    messages = planned(account)
    worked(account, *messages)
    confirm(account, 2)
    spread = account.sent_to("ReevaluationQueue")
    activate(account, 3)
    assert worked(account, *messages, *spread) == []
    assert holds(registrations, kim=failing) == {"kim": FREE}


def test_a_changed_file_of_a_confirmed_plan_is_not_applied(account: Account, registrations: Registrations) -> None:
    failing = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    ((segment, _),) = a_plan(account)["segments"].items()
    confirm(account, 2)
    spread = account.sent_to("ReevaluationQueue")
    put_trust(account, summary_key(account).replace("summary.json", f"{segment}.jsonl"), b"{}\n")
    response = account.invoke("reevaluate_segment", a_batch(*spread))
    assert len(response["batchItemFailures"]) == 1
    assert holds(registrations, kim=failing) == {"kim": FREE}


def test_holds_are_applied_in_batches(
    account: Account, registrations: Registrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = {f"c{number}": registered(account, f"c{number}", **KICA) for number in range(5)}
    activate(account, 2, "kica")
    assert a_plan(account)["to_hold"] == 5
    monkeypatch.setattr(account.function("reevaluate_segment"), "BATCH", 2)
    sizes = [len(message["registrations"]) for message in applied(account, 2)]
    assert sum(sizes) == 5
    assert max(sizes) == 2
    assert set(holds(registrations, **owners).values()) == {BY_REEVALUATION}
