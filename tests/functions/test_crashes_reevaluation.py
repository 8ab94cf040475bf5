"""Re-evaluation with crashes and repeated messages."""

from typing import Any

import pytest

from registrar.aws.tables.registrations import Registrations
from tests.support.account import Account, Killed
from tests.support.app import a_batch
from tests.support.prepared import prepared
from tests.support.reevaluation import (
    BY_REEVALUATION,
    KICA,
    PLANNER,
    STAFF,
    a_plan,
    activate,
    digest,
    holds,
    one_that_fails,
    planned,
    registered,
    summary,
    with_few_shards,
    worked,
)
from tests.support.staff import act


@pytest.fixture
def registrations(account: Account, monkeypatch: pytest.MonkeyPatch) -> Registrations:
    return with_few_shards(account, monkeypatch)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(3))
def test_a_planner_killed_at_any_write_is_completed_by_the_next(
    account: Account, registrations: Registrations, write: int, after: bool
) -> None:
    """Begin the plan, hand out its segments."""
    prepared(account, one_that_fails)
    with account.killed_at(write, after=after), pytest.raises(Killed):
        act(account, "plan_reevaluation", PLANNER)
    account.restart()
    assert a_plan(account)["to_hold"] == 1


def planned_up_to_one_segment(account: Account) -> dict[str, Any]:
    """The message of the segment that is left."""
    one_that_fails(account)
    first, last = planned(account)
    worked(account, first)
    return last


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(3))
def test_a_worker_killed_while_planning_is_repeated_by_the_queue(
    account: Account, registrations: Registrations, write: int, after: bool
) -> None:
    """Keep what was found, note the segment as done, write the summary."""
    last = prepared(account, planned_up_to_one_segment)
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("reevaluate_segment", a_batch(last))
    account.restart()
    account.pass_time(minutes=16)
    worked(account, last)
    assert summary(account)["to_hold"] == 1


def two_that_fail(account: Account) -> dict[str, str]:
    owners = {name: registered(account, name, **KICA) for name in ("kim", "lee")}
    activate(account, 2, "kica")
    a_plan(account)
    return owners


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(2))
def test_a_worker_killed_while_applying_is_repeated_by_the_queue(
    account: Account, registrations: Registrations, write: int, after: bool
) -> None:
    """Two registrations of one batch."""
    owners = prepared(account, two_that_fail)
    planned_for = [["kim", owners["kim"], "hold"], ["lee", owners["lee"], "hold"]]
    batch = {"task": "apply", "version": 2, "at": "2026-11-23T03:01:00Z", "registrations": planned_for}
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("reevaluate_segment", a_batch(batch))
    account.restart()
    for _ in range(2):
        worked(account, batch)
        assert set(holds(registrations, **owners).values()) == {BY_REEVALUATION}


def test_a_repeated_segment_keeps_its_first_findings(account: Account, registrations: Registrations) -> None:
    prepared(account, one_that_fails)
    messages = planned(account)
    worked(account, *messages)
    confirmed = digest(account)
    registered(account, "lee", **KICA)
    worked(account, *messages)
    assert digest(account) == confirmed


def test_a_worker_of_an_earlier_plan_does_not_disturb_the_next(
    account: Account, registrations: Registrations
) -> None:
    prepared(account, one_that_fails)
    old = planned(account)
    worked(account, *old)
    account.pass_time(minutes=1)
    new = planned(account)
    worked(account, *old)
    first, second = new
    worked(account, first)
    response = act(account, "apply_reevaluation", {"version": 2, "confirm": digest(account), **STAFF})
    assert response["text"] == "the plan is not finished: 1 segments are open"
    worked(account, second)
    assert summary(account)["planned_at"] == "2026-11-23T03:01:00Z"


def test_a_call_during_planning_queues_the_open_segments_again(
    account: Account, registrations: Registrations
) -> None:
    first, second = planned(account)
    worked(account, first)
    account.pass_time(minutes=5)
    assert planned(account) == [second]
