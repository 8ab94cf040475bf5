"""The runs of the expiry job: one a day, finished with its last shard, and the window only moves forward."""

from datetime import timedelta

import pytest

from registrar.aws.tables.runs import Run, Runs, run_of
from registrar.domain.reasons.errors import ConditionFailed
from tests.support.account import Account
from tests.support.builders import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def runs(account: Account) -> Runs:
    return Runs(account.client("dynamodb"), account.physical["NoticesTable"])


def test_a_run_finishes_when_every_shard_is_done_in_any_order(runs: Runs) -> None:
    run = runs.begin(["a", "b", "c"], NOW)
    assert [runs.done(run, shard) for shard in ("b", "b", "a")] == [False, False, False]
    assert runs.last_finished() is None
    assert runs.done(run, "c")
    assert runs.last_finished() == NOW
    assert runs.done(run, "c"), "a repeat of the last one finishes what it may have left"


def test_a_second_call_of_the_day_finds_the_started_run(runs: Runs) -> None:
    run = runs.begin(["a", "b"], NOW)
    runs.done(run, "a")
    assert runs.begin(["a", "b"], NOW + HOUR) == Run(NOW, None, frozenset({"b"}))
    runs.done(run, "b")
    assert runs.begin(["a", "b"], NOW + HOUR) == Run(NOW, None, frozenset())


def test_the_next_window_starts_at_the_last_finished_run(runs: Runs) -> None:
    runs.done(runs.begin(["a"], NOW), "a")
    runs.begin(["a"], NOW + DAY)  # never done
    assert runs.begin(["a"], NOW + 2 * DAY) == Run(NOW + 2 * DAY, NOW, frozenset({"a"}))


def test_each_finished_run_moves_the_window_on(runs: Runs) -> None:
    for days in range(3):
        at = NOW + days * DAY
        runs.done(runs.begin(["a"], at), "a")
        assert runs.last_finished() == at


def test_the_window_never_moves_backwards(runs: Runs) -> None:
    earlier, later = runs.begin(["a"], NOW), runs.begin(["a"], NOW + DAY)
    runs.done(later, "a")
    runs.done(earlier, "a")
    assert runs.last_finished() == NOW + DAY


def test_a_shard_of_an_unknown_run_creates_no_item(account: Account, runs: Runs) -> None:
    with pytest.raises(ConditionFailed):
        runs.done(Run(NOW, None, frozenset()), "a")
    assert account.items("NoticesTable") == []


@pytest.mark.parametrize("since", [None, NOW - DAY])
def test_a_shard_message_names_shard_and_run(since: object) -> None:
    run = Run(NOW, NOW - DAY if since else None, frozenset({"b", "a"}))
    messages = list(run.messages())
    assert [message["shard"] for message in messages] == ["a", "b"]
    assert {run_of(message) for message in messages} == {Run(run.at, run.since, frozenset())}


def test_a_day_starts_at_midnight_in_seoul() -> None:
    assert Run(NOW + 12 * HOUR, None, frozenset()).id == "run:expiry:2026-11-24"
    assert Run(NOW + 12 * HOUR - timedelta(seconds=1), None, frozenset()).id == "run:expiry:2026-11-23"


def test_the_last_run_is_kept_longer_than_the_notices(account: Account, runs: Runs) -> None:
    runs.done(runs.begin(["a"], NOW), "a")
    rows = {item["id"]["S"]: item for item in account.items("NoticesTable")}
    assert "ttl" not in rows["run:flag_expiring"]
    assert "ttl" in rows["run:expiry:2026-11-23"]
