"""Events out of the stream: after any crash the change is repeated with the same event ids."""

import json
from typing import Any

import jsonschema_rs
import pytest

from registrar.domain.reasons.errors import StoreError
from registrar.domain.registrations.registration import Hold
from tests.support.account import Account, Killed
from tests.support.app import App
from tests.support.builders import NOW
from tests.support.notices import delivered, texts
from tests.support.rows import a_registration, registrations_of
from tests.support.stream import SCHEMAS, a_record, published, row


def changes(account: Account) -> list[dict[str, Any]]:
    """A registration that is held by its customer and resumed by the bank: the records of it."""
    registration = a_registration(account)
    rows = [row(account)]
    registrations = registrations_of(account)
    registrations.add_hold("hong", registration.id, Hold.BANK, NOW)
    rows.append(row(account))
    registrations.lift_hold("hong", registration.id, Hold.BANK, NOW)
    rows.append(row(account))
    return [a_record(old, new, number) for number, (old, new) in enumerate(zip([None, *rows], rows, strict=False))]


def test_each_change_is_an_event_on_the_bus(account: Account) -> None:
    entries = published(account, *changes(account))
    assert [entry["DetailType"] for entry in entries] == ["RegistrationActivated", "HoldAdded", "HoldLifted"]
    assert {entry["EventBusName"] for entry in entries} == {account.physical["RegistrationEvents"]}
    for entry in entries:
        detail = json.loads(entry["Detail"])
        jsonschema_rs.validator_for(SCHEMAS[entry["DetailType"]], validate_formats=True).validate(detail)
        assert entry["Source"] == "registrar"
    sent = json.dumps(entries, ensure_ascii=False)
    assert "홍*동" not in sent


def test_a_deleted_row_is_no_event(account: Account) -> None:
    changes(account)
    assert published(account, a_record(row(account), None)) == []


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_between_write_and_event_loses_no_event(account: Account, after: bool) -> None:
    records = changes(account)
    with account.killed_at(0, after=after), pytest.raises(Killed):
        published(account, *records)
    account.restart()
    again = [json.loads(entry["Detail"])["id"] for entry in published(account, *records)]
    assert again == [
        "c4ca4238a0b923820dcc509a6f758490:RegistrationActivated",
        "c4ca4238a0b923820dcc509a6f758491:HoldAdded:bank",
        "c4ca4238a0b923820dcc509a6f758492:HoldLifted:bank",
    ]


def test_more_events_than_one_call_takes_are_all_published(account: Account) -> None:
    first, *_ = changes(account)
    entries = published(account, *({**first, "eventID": f"e{number}"} for number in range(23)))
    assert len({json.loads(entry["Detail"])["id"] for entry in entries}) == 23
    assert [len(c.params["Entries"]) for c in account.calls if c.operation == "PutEvents"] == [10, 10, 3]


def test_an_event_that_the_bus_rejects_fails_the_batch(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    records = changes(account)
    refusal = {"FailedEntryCount": 1, "Entries": [{}, {"ErrorCode": "ThrottlingException"}, {}]}
    publish = account.function("publish_events")
    monkeypatch.setattr(publish.bus.client, "put_events", lambda **_: refusal, raising=False)
    with pytest.raises(StoreError, match="1 events: ThrottlingException"):
        published(account, *records)


def test_an_unreadable_record_fails_the_batch(account: Account) -> None:
    good, *_ = changes(account)
    with pytest.raises(KeyError):
        published(account, good, {**good, "dynamodb": {**good["dynamodb"], "NewImage": {"pk": {"S": "CUST#x"}}}})


def test_a_repeated_event_sends_one_notice(account: Account) -> None:
    App(account).enrol()
    (entry, *_) = published(account, *changes(account))
    wrapped = {"detail-type": entry["DetailType"], "source": entry["Source"], "detail": json.loads(entry["Detail"])}
    for _ in range(2):
        assert delivered(account, {"id": "6fd08e00", **wrapped}) == []
    ((_, text),) = texts()
    assert "등록완료" in text


def test_logs_name_events_and_no_customers(account: Account) -> None:
    published(account, *changes(account))
    (line,) = [line for line in account.logged() if line["message"] == "published"]
    assert (line["records"], len(line["events"])) == (3, 3)
    assert "hong" not in json.dumps(account.logged())
