"""The nightly run: every owner is told once a threshold, whatever happened to the runs before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from registrar.domain.expiry import MAX_SENDS, NOTICE_LEASE, THRESHOLD_DAYS
from registrar.domain.findings import iso
from tests.aws.account import REGION, Account
from tests.aws.rows import PHONE, a_registration
from tests.builders import NOW, a_certificate
from tests.functions.app import App, an_event

DAY = timedelta(days=1)


@pytest.fixture
def app(account: Account) -> App:
    app = App(account)
    app.enrol()
    return app


def run(account: Account) -> dict[str, int]:
    counts: dict[str, int] = account.invoke("flag_expiring", an_event("schedule"))
    return counts


def ending(account: Account, not_after: datetime, customer_id: str = "hong") -> str:
    return a_registration(account, a_certificate(key="ec", not_after=not_after), customer_id).id


def sent() -> list[tuple[str, str]]:
    messages = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
    return [(message[0], message[1]) for message in messages.values()]


def notices(account: Account) -> dict[str, str]:
    rows = account.items("NoticesTable")
    return {row["id"]["S"]: row["state"]["S"] for row in rows if "state" in row}


def last_run(account: Account) -> str | None:
    found = [row["finished_at"]["S"] for row in account.items("NoticesTable") if "finished_at" in row]
    return found[0] if found else None


def counted(**expected: int) -> dict[str, int]:
    return {"due": 0, "sent": 0, "failed": 0, "open": 0} | expected


def test_nothing_due_is_a_finished_run(account: Account) -> None:
    assert run(account) == counted()
    assert last_run(account) == iso(NOW)


@pytest.mark.parametrize("days", THRESHOLD_DAYS)
def test_each_threshold_flags_and_tells(app: App, account: Account, days: int) -> None:
    registration_id = ending(account, NOW + days * DAY + timedelta(hours=1))
    account.function("flag_expiring").notices.finish_run(NOW - DAY)
    account.pass_time(hours=2)
    assert run(account) == counted(due=1, sent=1)
    (message,) = sent()
    assert message[0] == PHONE
    assert "홍*동" in message[1]
    assert "홍길동" not in message[1]
    assert registration_id[-6:] in message[1]
    end = iso(NOW + days * DAY + timedelta(hours=1))
    assert notices(account) == {f"{registration_id}:{end}:{days}": "SENT"}
    row = next(i for i in account.items("RegistrationsTable") if i["sk"]["S"] == f"REG#{registration_id}")
    assert row["expiry_flagged_at"]["S"] == iso(account.at)


def test_a_certificate_is_told_of_at_every_threshold_once(app: App, account: Account) -> None:
    end = NOW + 31 * DAY
    ending(account, end)
    account.function("flag_expiring").notices.finish_run(NOW)
    for days in (30, 29, 14, 10, 7, 3, 2, 1, 0, -1):
        account.at = end - days * DAY
        run(account)
    assert sorted(int(notice.rsplit(":", 1)[1]) for notice in notices(account)) == sorted(THRESHOLD_DAYS)
    assert len(sent()) == len(THRESHOLD_DAYS)


def test_the_language_is_the_customers(account: Account) -> None:
    App(account).enrol(language="en")
    ending(account, NOW + 7 * DAY)
    run(account)
    assert "ends on 30 November 2026" in sent()[0][1]


def test_missed_nights_are_caught_up_with_the_most_urgent_notice_only(app: App, account: Account) -> None:
    run(account)
    registration_id = ending(account, NOW + 15 * DAY)
    account.pass_time(days=13)  # 14, 7 and 3 days were crossed
    assert run(account) == counted(due=1, sent=1)
    assert [notice.rsplit(":", 1)[1] for notice in notices(account)] == ["3"]
    assert registration_id[-6:] in sent()[0][1]


def test_a_repeated_run_sends_nothing(app: App, account: Account) -> None:
    ending(account, NOW + 7 * DAY)
    run(account)
    assert run(account) == counted()
    assert len(sent()) == 1


def test_two_runs_at_once_send_one_notice(app: App, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    ending(account, NOW + 7 * DAY)
    flag = account.function("flag_expiring")
    other: list[dict[str, int]] = []
    real = flag._send

    def meanwhile(*arguments: Any) -> None:
        if not other:
            other.append(run(account))
        real(*arguments)

    monkeypatch.setattr(flag, "_send", meanwhile)
    assert run(account) == counted(due=1, sent=1)
    assert other == [counted(due=1, open=1)]
    assert len(sent()) == 1
    assert last_run(account) == iso(NOW)


def test_a_lease_starts_when_the_claim_is_made(app: App, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long run's later claims must not be over from the start."""
    registration_id = ending(account, NOW + 7 * DAY)
    flag = account.function("flag_expiring")
    real = flag.registrations.due.__func__

    def slow(store: Any, window: Any) -> Any:
        for due in real(store, window):
            account.pass_time(minutes=14)
            yield due

    monkeypatch.setattr(flag.Registrations, "due", slow)
    monkeypatch.setattr(flag.Notices, "close", lambda *arguments: None)
    run(account)
    (claim,) = [row for row in account.items("NoticesTable") if row["id"]["S"].startswith(registration_id)]
    assert claim["lease_until"]["S"] == iso(NOW + timedelta(minutes=14) + NOTICE_LEASE)


def test_a_claim_left_by_a_killed_run_keeps_the_window_until_it_is_sent(app: App, account: Account) -> None:
    """Lambda repeats a failed run within minutes: while the claim's lease holds, so it must not call that done."""
    registration_id = ending(account, NOW + 7 * DAY)
    flag = account.function("flag_expiring")
    flag.notices.claim(f"{registration_id}:{iso(NOW + 7 * DAY)}:7", NOW)
    account.pass_time(seconds=30)
    assert run(account) == counted(due=1, open=1)
    assert last_run(account) is None
    account.pass_time(seconds=15)
    assert run(account) == counted(due=1, sent=1)
    assert last_run(account) == iso(account.at)
    assert len(sent()) == 1


def test_one_owner_who_cannot_be_reached_does_not_stop_the_rest(account: Account) -> None:
    App(account, "hong").enrol(phone="not a number")
    App(account, "kim").enrol()
    bad, good = ending(account, NOW + 7 * DAY, "hong"), ending(account, NOW + 7 * DAY, "kim")
    assert run(account) == counted(due=2, sent=1, failed=1)
    assert last_run(account) is None, "the window stays, so that the next run tries again"
    assert {n.split(":")[0]: s for n, s in notices(account).items()} == {bad: "CLAIMED", good: "SENT"}
    for _ in range(MAX_SENDS - 1):
        account.pass_time(hours=1)
        assert run(account) == counted(due=2, failed=1)
    account.pass_time(hours=1)
    assert run(account) == counted(due=2)
    assert {n.split(":")[0]: s for n, s in notices(account).items()} == {bad: "DROPPED", good: "SENT"}
    assert last_run(account) == iso(account.at)
    assert len(sent()) == 1


def test_an_owner_who_is_no_customer_any_more_is_dropped(account: Account) -> None:
    ending(account, NOW + 7 * DAY)
    assert run(account) == counted(due=1)
    assert list(notices(account).values()) == ["DROPPED"]
    assert last_run(account) == iso(NOW)


def test_an_ended_registration_is_not_told_of(app: App, account: Account) -> None:
    ending(account, NOW + 7 * DAY)
    row = next(i for i in account.items("RegistrationsTable") if i["sk"]["S"].startswith("REG#"))
    row["lifecycle"] = {"S": "EXPIRED"}
    account.client("dynamodb").put_item(TableName=account.physical["RegistrationsTable"], Item=row)
    assert run(account) == counted(due=1)
    assert sent() == []
    assert list(notices(account).values()) == ["DROPPED"]


def test_a_run_reads_registrations_by_the_index_only(app: App, account: Account) -> None:
    ending(account, NOW + 100 * DAY)
    account.function("flag_expiring")
    calls = account.recorded(lambda: run(account))
    table = account.physical["RegistrationsTable"]
    reads = {(c.operation, c.params.get("IndexName")) for c in calls if c.params.get("TableName") == table}
    assert reads == {("Query", "by-expiry")}
