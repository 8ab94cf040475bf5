"""The expiry run: every owner gets one notice per threshold, whatever happened to earlier runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.aws.queues.sender import Sender
from registrar.domain.notices.expiry import THRESHOLD_DAYS
from registrar.domain.times import iso
from tests.support.account import Account, Killed
from tests.support.app import DONE, App, a_batch, an_event
from tests.support.builders import NOW
from tests.support.notices import (
    DAY,
    HIDDEN,
    delivered,
    ending,
    last_run,
    mails,
    planned,
    run,
    states,
    texts,
    worked,
)
from tests.support.prepared import prepared
from tests.support.rows import PHONE, put


@pytest.fixture(autouse=True)
def few_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same writes, fewer reads."""
    monkeypatch.setattr("registrar.aws.tables.registration_items.EXPIRY_SHARDS", ("expiry-0", "expiry-1"))


@pytest.fixture
def app(account: Account) -> App:
    prepared(account, enrolled)
    return App(account)


def enrolled(account: Account) -> None:
    App(account).enrol()


def due(account: Account, *days: int) -> list[str]:
    """Registrations whose certificates end in so many days: their ids."""
    return [ending(account, NOW + each * DAY) for each in days]


def row(account: Account, registration_id: str) -> dict[str, Any]:
    return next(i for i in account.items("RegistrationsTable") if i["sk"]["S"] == f"REG#{registration_id}")


def ran(account: Account, at: datetime) -> None:
    """A finished run of another day."""
    now, account.at = account.at, at
    worked(account, *planned(account))
    account.at = now


def test_nothing_due_is_a_finished_run(account: Account) -> None:
    assert run(account) == []
    assert last_run(account) == iso(NOW)


@pytest.mark.parametrize("days", THRESHOLD_DAYS)
def test_each_threshold_flags_and_sends_a_notice(app: App, account: Account, days: int) -> None:
    ran(account, NOW - DAY)
    end = NOW + days * DAY + timedelta(hours=1)
    registration_id = ending(account, end)
    assert run(account) == []
    ((phone, text),) = texts()
    assert phone == PHONE
    assert "홍*동" in text
    assert "홍길동" not in text
    assert f"(금융결제원)가 만료됩니다({f'D-{days}' if days else '오늘'}, " in text
    assert states(account) == {f"{registration_id}:{iso(end)}:{days}": "SENT"}
    assert row(account, registration_id)["expiry_flagged_at"]["S"] == iso(NOW)
    assert last_run(account) == iso(NOW)


def test_a_certificate_gets_one_notice_per_threshold_and_then_expires(app: App, account: Account) -> None:
    ran(account, NOW)
    end = NOW + 31 * DAY
    registration_id = ending(account, end)
    for days in (30, 29, 14, 10, 7, 3, 2, 1, 0):
        account.at = end - days * DAY
        run(account)
        assert "expiry_noted_at" not in row(account, registration_id)
    account.at = end + DAY
    run(account)
    assert sorted(int(notice.rsplit(":", 1)[1]) for notice in states(account)) == sorted(THRESHOLD_DAYS)
    assert len(texts()) == len(THRESHOLD_DAYS)
    assert row(account, registration_id)["expiry_noted_at"]["S"] == iso(end + DAY)
    assert "expiry_shard" not in row(account, registration_id), "it has left the index"


def test_the_notice_is_in_the_customers_language(account: Account) -> None:
    App(account).enrol(language="en")
    ending(account, NOW + 7 * DAY)
    run(account)
    assert "certificate ends 30 Nov (in 7 days)" in texts()[0][1]


def test_several_certificates_share_one_message_the_most_urgent_first(app: App, account: Account) -> None:
    ids = prepared(account, due, 14, 1, 7)
    app.enrol(channels=("mail",), mail="hong@example.com")
    account.client("ses").verify_domain_identity(Domain="bank.example")
    run(account)
    (mail,) = mails()
    places = [mail.body.index(each[-6:]) for each in (ids[1], ids[2], ids[0])]
    assert places == sorted(places)
    assert sorted(states(account).values()) == ["SENT"] * 3


def test_after_five_skipped_nights_only_the_most_urgent_notice_is_sent(app: App, account: Account) -> None:
    run(account)
    seven = ending(account, NOW + 9 * DAY)  # 7 days before the end is crossed on day 2
    ended = ending(account, NOW + 4 * DAY)  # 3, 1 and 0 are crossed, and the end itself
    account.pass_time(days=6)
    assert run(account) == []
    assert {notice.split(":")[0]: notice.rsplit(":", 1)[1] for notice in states(account)} == {
        seven: "3",
        ended: "0",
    }
    ((_, text),) = texts()
    assert "인증서 2건 만료 안내(먼저 11/27)" in text
    assert row(account, ended)["expiry_noted_at"]["S"] == iso(account.at)
    assert run(account) == []
    assert len(texts()) == 1


def test_a_repeated_run_sends_nothing(app: App, account: Account) -> None:
    prepared(account, due, 7)
    run(account)
    assert planned(account) == [], "no shard is open"
    assert len(texts()) == 1


def test_two_runs_in_parallel_send_one_notice(app: App, account: Account) -> None:
    (registration_id,) = prepared(account, due, 7)
    first, second = planned(account), planned(account)
    assert first == second
    queued = [*worked(account, *first), *worked(account, *second)]
    assert len(queued) == 2
    assert delivered(account, *queued) == []
    assert len(texts()) == 1
    assert row(account, registration_id)["expiry_flagged_at"]["S"] == iso(NOW)


def test_two_workers_on_one_digest_send_one_notice_per_certificate(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(account, due, 1, 7)
    (message,) = worked(account, *planned(account))
    real, other = Sender.send, []

    def meanwhile(*arguments: Any) -> Any:
        other.extend(delivered(account, message))
        return real(*arguments)

    monkeypatch.setattr(Sender, "send", meanwhile)
    assert delivered(account, message) == []
    assert other == [message["id"]]
    assert len(texts()) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", [0, 1])
def test_a_planner_killed_at_any_write_is_completed_by_the_next(
    app: App, account: Account, write: int, after: bool
) -> None:
    """Start the run, queue its shards."""
    prepared(account, due, 7)
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("flag_expiring", an_event("schedule"))
    account.restart()
    account.pass_time(minutes=1)
    begun = NOW if (write, after) != (0, False) else account.at
    assert run(account) == []
    assert len(texts()) == 1
    assert last_run(account) == iso(begun)


def run_up_to_one_shard(account: Account) -> tuple[str, str, dict[str, Any]]:
    """A registration that is due, one whose certificate ended, and the message of the shard that is left."""
    ran(account, NOW - 3 * DAY)
    soon, over = due(account, 7, -1)
    messages = planned(account)
    last = next(m for m in messages if m["shard"] == row(account, soon)["expiry_shard"]["S"])
    worked(account, *(m for m in messages if m is not last))
    return soon, over, last


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(5))
def test_a_worker_killed_at_any_write_is_repeated_by_the_queue(
    app: App, account: Account, write: int, after: bool
) -> None:
    """Flag, queue, record as expired, record the shard as done, move the window."""
    soon, over, last = prepared(account, run_up_to_one_shard)
    queued: list[dict[str, Any]] = []
    with account.killed_at(write, after=after), pytest.raises(Killed):
        account.invoke("flag_shard", a_batch(last))
    queued += account.sent_to("ExpiryNoticeQueue") if (write, after) != (1, False) else []
    account.restart()
    assert (last_run(account) == iso(NOW)) is ((write, after) == (4, True))
    account.pass_time(minutes=16)
    queued += worked(account, last)
    assert delivered(account, *queued) == []
    (text,) = {text for _, text in texts()}
    assert len(texts()) == 1
    assert "인증서 2건" in text
    assert set(states(account).values()) == {"SENT"}
    assert row(account, soon)["expiry_flagged_at"]["S"] == iso(NOW), "the run's time, not the retry's"
    assert row(account, over)["expiry_noted_at"]["S"] == iso(NOW)
    assert last_run(account) == iso(NOW)


def test_a_shard_that_fails_keeps_the_window_for_the_next_run(app: App, account: Account) -> None:
    ran(account, NOW - DAY)
    registration_id = ending(account, NOW + 7 * DAY)
    messages = planned(account)
    lost = next(m for m in messages if m["shard"] == row(account, registration_id)["expiry_shard"]["S"])
    worked(account, *(m for m in messages if m is not lost))
    assert last_run(account) == iso(NOW - DAY)
    account.pass_time(days=1)
    assert run(account) == []
    assert last_run(account) == iso(NOW + DAY)
    assert [notice.rsplit(":", 1)[1] for notice in states(account)] == ["7"]
    # The lost message is redriven from the dead letters: no notice is sent twice, the window does not move back.
    assert delivered(account, *worked(account, lost)) == []
    assert len(texts()) == 1
    assert row(account, registration_id)["expiry_flagged_at"]["S"] == iso(NOW + DAY)
    assert last_run(account) == iso(NOW + DAY)


def test_a_shard_of_a_replaced_run_finishes_no_run(app: App, account: Account) -> None:
    prepared(account, due, 7)
    messages = planned(account)
    late = [message | {"at": iso(NOW - timedelta(hours=1)), "since": None} for message in messages]
    for message in late:
        assert account.invoke("flag_shard", a_batch(message)) == DONE
    assert last_run(account) is None
    worked(account, *messages)
    assert last_run(account) == iso(NOW)


def test_an_unreachable_owner_does_not_stop_the_other_notices(account: Account) -> None:
    App(account, "hong").enrol(phone="not a number")
    App(account, "kim").enrol()
    ending(account, NOW + 7 * DAY, "hong")
    good = ending(account, NOW + 7 * DAY, "kim")
    (stuck,) = run(account)
    assert stuck.startswith("expiring:hong:")
    assert last_run(account) == iso(NOW), "his message stays in the queue, and the run goes on"
    assert [state for notice, state in states(account).items() if notice.startswith(good)] == ["SENT"]
    account.pass_time(seconds=HIDDEN.total_seconds())
    account.pass_time(days=1)
    assert run(account) == []


def change(account: Account, registration_id: str, **attributes: Any) -> None:
    put(account, "RegistrationsTable", {**row(account, registration_id), **attributes})


@pytest.mark.parametrize(
    "attributes",
    [
        {"lifecycle": {"S": "SUPERSEDED"}},
        {"holds": {"SS": ["customer"]}},
        {"not_after": {"S": iso(NOW + 372 * DAY)}},
    ],
    ids=["renewed", "held", "another end"],
)
def test_a_renewed_held_or_ended_registration_gets_no_notice(
    app: App, account: Account, attributes: dict[str, Any]
) -> None:
    (registration_id,) = prepared(account, due, 7)
    change(account, registration_id, **attributes)
    assert run(account) == []
    assert texts() == []
    assert "expiry_flagged_at" not in row(account, registration_id)
    assert last_run(account) == iso(NOW)


@pytest.mark.parametrize("attributes", [{"lifecycle": {"S": "REVOKED_BY_ISSUER"}}, {"holds": {"SS": ["bank"]}}])
def test_a_registration_that_changes_after_its_flag_gets_no_notice(
    app: App, account: Account, attributes: dict[str, Any]
) -> None:
    (registration_id,) = prepared(account, due, 7)
    queued = worked(account, *planned(account))
    change(account, registration_id, **attributes)
    assert delivered(account, *queued) == []
    assert texts() == []
    assert list(states(account).values()) == ["DROPPED"]


def test_a_notice_for_a_former_customer_is_dropped(account: Account) -> None:
    ending(account, NOW + 7 * DAY)
    assert run(account) == []
    assert list(states(account).values()) == ["DROPPED"]


def test_a_run_reads_due_registrations_by_the_index_only(app: App, account: Account) -> None:
    due(account, 7, 100, 31, -3)
    messages = planned(account)
    account.function("flag_shard")
    calls = account.recorded(lambda: [account.invoke("flag_shard", a_batch(m)) for m in messages])
    table = account.physical["RegistrationsTable"]
    reads = {(c.operation, c.params.get("IndexName")) for c in calls if c.params.get("TableName") == table}
    assert reads == {("Query", "by-expiry"), ("UpdateItem", None)}
    assert len(account.sent_to("ExpiryNoticeQueue")) == 1
