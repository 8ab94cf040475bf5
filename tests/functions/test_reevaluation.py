"""Re-evaluation through its functions: planned, read, confirmed, applied; whatever dies, whatever comes twice."""

import hashlib
import json
from typing import Any

import pytest

from registrar.aws.registrations import Registrations
from registrar.aws.trust_bucket import ACTIVE
from registrar.domain.registrations import Hold
from registrar.entry.log import customer_ref
from tests.aws.account import Account, Killed
from tests.aws.rows import a_registration, registrations_of
from tests.builders import NOW, a_certificate, a_trust_document
from tests.functions.app import DONE, a_batch, get_trust, put_trust, trust_demo_issuers

SHARDS = ("expiry-0", "expiry-1")
KICA = {"operator": "kica"}
STAFF = {"staff_id": "policy.kim", "reason": "policy no longer accepted, memo 12"}
CODES = ["CERT_POLICY_NOT_ACCEPTED"]


@pytest.fixture(autouse=True)
def few_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same writes, fewer reads."""
    monkeypatch.setattr("registrar.aws.registration_items.EXPIRY_SHARDS", SHARDS)


@pytest.fixture
def registrations(account: Account) -> Registrations:
    trust_demo_issuers(account)
    return registrations_of(account)


def registered(account: Account, customer_id: str, **certificate: Any) -> str:
    return a_registration(account, a_certificate(key="ec", **certificate), customer_id).id


def activate(account: Account, version: int, *refused: str) -> None:
    """A document of this version, in which nothing of the operators `refused` is accepted."""
    document = a_trust_document(version)
    for operator in refused:
        for policy in document["operators"][operator]["policies"]:
            policy["accepted"] = False
    put_trust(account, ACTIVE, json.dumps(document).encode())


def planned(account: Account) -> list[dict[str, Any]]:
    """An admin asks for a plan: what the workers are sent."""
    account.recorded(lambda: account.invoke("reevaluate", {"step": "plan"}))
    return account.sent_to("ReevaluationQueue")


def worked(account: Account, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """The workers, until nothing is left in the queue; what they sent to each other."""
    sent: list[dict[str, Any]] = []
    for message in messages:
        account.calls.clear()
        assert account.invoke("reevaluate_segment", a_batch(message)) == DONE
        sent += account.sent_to("ReevaluationQueue")
    return [*sent, *worked(account, *sent)] if sent else []


def a_plan(account: Account) -> dict[str, Any]:
    """A plan from beginning to end: its summary."""
    account.pass_time(minutes=1)
    worked(account, *planned(account))
    return summary(account)


def summary_key(account: Account) -> str:
    return max(key for key in account.keys("TrustBucket") if key.endswith("/summary.json"))


def summary(account: Account) -> dict[str, Any]:
    return get_trust(account, summary_key(account))


def digest(account: Account) -> str:
    """As an admin computes it."""
    bucket = account.physical["TrustBucket"]
    body = account.client("s3").get_object(Bucket=bucket, Key=summary_key(account))["Body"].read()
    return hashlib.sha256(body).hexdigest()


def confirm(account: Account, active: int, /, **overrides: Any) -> dict[str, Any]:
    asked = {"step": "apply", "version": active, "confirm": digest(account), **STAFF, **overrides}
    account.calls.clear()
    answer: dict[str, Any] = account.invoke("reevaluate", asked)
    return answer


def applied(account: Account, version: int) -> list[dict[str, Any]]:
    """Confirm the last plan, and have all of it done: the messages of the batches."""
    assert "done" in confirm(account, version)
    return worked(account, *account.sent_to("ReevaluationQueue"))


def holds(registrations: Registrations, **owners: str) -> dict[str, tuple[frozenset[Hold], str | None]]:
    found = {name: registrations.get(name, each) for name, each in owners.items()}
    return {name: (each.holds, each.bank_hold_reason) for name, each in found.items()}


FREE, BY_STAFF = (frozenset[Hold](), None), (frozenset({Hold.BANK}), None)
BY_REEVALUATION = (frozenset({Hold.BANK}), "reevaluation")


def test_a_plan_shows_exactly_what_fails_now_and_changes_nothing(
    account: Account, registrations: Registrations
) -> None:
    kept, failing = registered(account, "hong"), registered(account, "kim", **KICA)
    activate(account, 2, "kica")

    answer = account.invoke("reevaluate", {"step": "plan"})["done"]
    worked(account, *planned(account))

    assert answer == {
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


def test_a_confirmed_plan_holds_what_fails_and_a_later_one_lifts_what_passes_again(
    account: Account, registrations: Registrations
) -> None:
    owners = {"hong": registered(account, "hong"), "kim": registered(account, "kim", **KICA)}
    activate(account, 2, "kica")
    a_plan(account)

    answer = confirm(account, 2)
    worked(account, *account.sent_to("ReevaluationQueue"))

    assert answer == {"done": {"version": 2, "to_hold": 1, "to_lift": 0}}
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


def test_holds_of_others_stay_beside_it(account: Account, registrations: Registrations) -> None:
    lost = registered(account, "kim", **KICA)
    registrations.add_hold("kim", lost, Hold.CUSTOMER, NOW)
    for version, refused in ((2, ["kica"]), (3, [])):
        activate(account, version, *refused)
        a_plan(account)
        applied(account, version)
        expected = {Hold.CUSTOMER, Hold.BANK} if refused else {Hold.CUSTOMER}
        assert registrations.get("kim", lost).holds == expected


@pytest.mark.parametrize("before", [True, False])
def test_what_staff_hold_stays_held(account: Account, registrations: Registrations, before: bool) -> None:
    """Before the re-evaluation or after it: whoever looked at it themselves decides."""
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


def test_what_staff_lift_is_shown_again(account: Account, registrations: Registrations) -> None:
    failing = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    a_plan(account)
    applied(account, 2)
    registrations.lift_hold("kim", failing, Hold.BANK, NOW)
    assert holds(registrations, kim=failing) == {"kim": FREE}
    assert a_plan(account)["to_hold"] == 1


def test_staff_who_hold_it_between_plan_and_application_keep_their_hold(
    account: Account, registrations: Registrations
) -> None:
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
def test_nothing_is_applied_but_the_confirmed_plan_of_the_active_version(
    account: Account, registrations: Registrations, overrides: dict[str, Any], why: str
) -> None:
    registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    a_plan(account)
    answer = confirm(account, 2, **overrides)
    assert answer["refused"] == "STATE_CONFLICT"
    assert answer["text"].startswith(why)
    assert account.sent_to("ReevaluationQueue") == []


def test_a_plan_that_is_not_finished_is_not_applied(account: Account, registrations: Registrations) -> None:
    asked = {"step": "apply", "version": 1, "confirm": "0" * 64, **STAFF}
    assert account.invoke("reevaluate", asked)["text"] == "there is no plan for version 1"
    first, _ = planned(account)
    worked(account, first)
    assert account.invoke("reevaluate", asked)["text"] == "the plan is not finished: 1 segments are open"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"step": "redo"}, "step"),
        ({"step": "apply"}, "version"),
        ({"step": "apply", "version": 1, "confirm": "yes"}, "confirm"),
        ({"step": "apply", "version": 1, "confirm": "0" * 64, "reason": STAFF["reason"]}, "staff_id"),
        ({"step": "apply", "version": 1, "confirm": "0" * 64, "staff_id": STAFF["staff_id"]}, "reason"),
    ],
)
def test_bad_input_is_refused_by_name(
    account: Account, registrations: Registrations, wrong: dict[str, Any], field: str
) -> None:
    answer = account.invoke("reevaluate", wrong)
    assert answer["refused"] == "MALFORMED_REQUEST"
    assert field in answer["text"]
    assert account.keys("TrustBucket") == [ACTIVE]


def test_without_a_trust_document_nothing_is_planned(account: Account) -> None:
    answer = account.invoke("reevaluate", {"step": "plan"})
    assert answer == {"refused": "STATE_CONFLICT", "text": "no trust document is active"}


def test_a_new_document_overtakes_what_was_planned_and_confirmed_under_the_old(
    account: Account, registrations: Registrations
) -> None:
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
    answer = account.invoke("reevaluate_segment", a_batch(*spread))
    assert len(answer["batchItemFailures"]) == 1
    assert holds(registrations, kim=failing) == {"kim": FREE}


def test_many_are_applied_in_batches(
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


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(3))
def test_a_planner_killed_at_any_write_is_made_good_by_the_next(
    account: Account, registrations: Registrations, write: int, after: bool
) -> None:
    """Begin the plan, hand out its segments."""
    registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("reevaluate", {"step": "plan"})
    account.restart()
    assert a_plan(account)["to_hold"] == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(3))
def test_a_worker_killed_while_it_plans_is_done_again_by_the_queue(
    account: Account, registrations: Registrations, write: int, after: bool
) -> None:
    """Keep what was found, note the segment as done, write the summary."""
    registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    first, last = planned(account)
    worked(account, first)
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("reevaluate_segment", a_batch(last))
    account.restart()
    account.pass_time(minutes=16)
    worked(account, last)
    assert summary(account)["to_hold"] == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(2))
def test_a_worker_killed_while_it_applies_is_done_again_by_the_queue(
    account: Account, registrations: Registrations, write: int, after: bool
) -> None:
    """Two registrations of one batch."""
    owners = {"kim": registered(account, "kim", **KICA), "lee": registered(account, "lee", **KICA)}
    activate(account, 2, "kica")
    a_plan(account)
    planned_for = [["kim", owners["kim"], "hold"], ["lee", owners["lee"], "hold"]]
    batch = {"task": "apply", "version": 2, "at": "2026-11-23T03:01:00Z", "registrations": planned_for}
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("reevaluate_segment", a_batch(batch))
    account.restart()
    for _ in range(2):
        worked(account, batch)
        assert set(holds(registrations, **owners).values()) == {BY_REEVALUATION}


def test_what_was_found_first_stays_however_often_a_segment_is_looked_at(
    account: Account, registrations: Registrations
) -> None:
    registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    messages = planned(account)
    worked(account, *messages)
    confirmed = digest(account)
    registered(account, "lee", **KICA)
    worked(account, *messages)
    assert digest(account) == confirmed


def test_a_worker_of_an_earlier_plan_does_not_disturb_the_next(
    account: Account, registrations: Registrations
) -> None:
    registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    old = planned(account)
    worked(account, *old)
    account.pass_time(minutes=1)
    new = planned(account)
    worked(account, *old)
    first, second = new
    worked(account, first)
    answer = account.invoke("reevaluate", {"step": "apply", "version": 2, "confirm": digest(account), **STAFF})
    assert answer["text"] == "the plan is not finished: 1 segments are open"
    worked(account, second)
    assert summary(account)["planned_at"] == "2026-11-23T03:01:00Z"


def test_a_call_while_a_plan_is_made_hands_out_what_is_still_open(
    account: Account, registrations: Registrations
) -> None:
    first, second = planned(account)
    worked(account, first)
    account.pass_time(minutes=5)
    assert planned(account) == [second]
