"""The expiry index: registrations by their end, read from the index only, and flags on their items."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.aws.tables import registration_items as store
from registrar.aws.tables.expiry_index import ExpiryIndex
from registrar.aws.tables.registration_items import EXPIRY_SHARDS, expiry_shard
from registrar.domain.notices.expiry import Due, Window
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.times import iso
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate
from tests.support.rows import a_registration, put, registrations_of

DAY = timedelta(days=1)


@pytest.fixture
def index(account: Account) -> ExpiryIndex:
    return ExpiryIndex(account.client("dynamodb"), account.physical["RegistrationsTable"])


def test_registrations_expiring_in_a_window_are_read_from_the_index_only(
    account: Account, index: ExpiryIndex
) -> None:
    inside = [a_registration(account, a_certificate(key="ec", not_after=NOW + days * DAY)) for days in (7, 10)]
    a_registration(account, a_certificate(key="ec", not_after=NOW + 7 * DAY - timedelta(seconds=1)))
    a_registration(account, a_certificate(key="ec", not_after=NOW + 10 * DAY + timedelta(seconds=1)))
    due: list[Due] = []
    window = Window(7, NOW + 7 * DAY, NOW + 10 * DAY)
    calls = account.recorded(lambda: due.extend(index.due(expiry_shard("hong"), window)))
    assert [(call.operation, call.params["IndexName"]) for call in calls] == [("Query", "by-expiry")]
    assert sorted(due, key=lambda d: d.not_after) == [Due("hong", r.id, r.not_after) for r in inside]


def test_the_index_is_read_across_pages(
    account: Account, index: ExpiryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = a_registration(account)
    for number in range(8):
        put(account, "RegistrationsTable", store.to_item(replace(one, id=f"r{number:028x}0000")))
    monkeypatch.setattr("moto.dynamodb.models.table.RESULT_SIZE_LIMIT", 5000)
    found: list[Due] = []
    window = Window(0, one.not_after, one.not_after)
    calls = account.recorded(lambda: found.extend(index.due(expiry_shard("hong"), window)))
    assert len(calls) > 1
    assert len(found) == len(set(found)) == 9


def test_a_customer_is_in_one_shard_and_all_shards_are_used() -> None:
    counts = Counter(expiry_shard(f"customer-{number}") for number in range(6400))
    assert counts.keys() == set(EXPIRY_SHARDS)
    assert max(counts.values()) < 150
    assert expiry_shard("hong") == "expiry-28"


def test_a_live_registration_with_the_indexed_end_is_flagged(account: Account, index: ExpiryIndex) -> None:
    registration = a_registration(account)
    due = Due("hong", registration.id, registration.not_after)
    index.flag(due, NOW)
    assert registrations_of(account).find("hong", registration.id) == replace(registration, expiry_flagged_at=NOW)
    index.flag(due, NOW)
    index.flag(due, NOW + DAY)
    with pytest.raises(ConditionFailed):
        index.flag(due, NOW)  # a late repeat of the first


def test_an_expired_registration_is_recorded_once_and_leaves_the_index(
    account: Account, index: ExpiryIndex
) -> None:
    registration = a_registration(account)
    due = Due("hong", registration.id, registration.not_after)
    index.record_expired(due, NOW)
    (row,) = [item for item in account.items("RegistrationsTable") if "lifecycle" in item]
    assert (row["lifecycle"]["S"], row["expiry_noted_at"]["S"]) == ("LIVE", iso(NOW))
    window = Window(0, due.not_after, due.not_after)
    assert list(index.due(expiry_shard("hong"), window)) == []
    index.record_expired(due, NOW)
    assert account.items("RegistrationsTable").count(row) == 1


@pytest.mark.parametrize("wrong", ["another end", "another customer", "unknown", "ended", "held"])
def test_a_registration_with_another_state_or_end_is_not_flagged(
    account: Account, index: ExpiryIndex, wrong: str
) -> None:
    registration = a_registration(account)
    due = Due("hong", registration.id, registration.not_after)
    if wrong == "another end":
        due = replace(due, not_after=registration.not_after - DAY)
    elif wrong == "another customer":
        due = replace(due, customer_id="kim")
    elif wrong == "unknown":
        due = replace(due, registration_id="r" + "0" * 32)
    else:
        change = {"lifecycle": {"S": "SUPERSEDED"}} if wrong == "ended" else {"holds": {"SS": ["bank"]}}
        put(account, "RegistrationsTable", {**store.to_item(registration), **change})
    before = account.items("RegistrationsTable")
    with pytest.raises(ConditionFailed):
        index.flag(due, NOW)
    if wrong != "held":  # a hold does not keep a certificate from running out
        with pytest.raises(ConditionFailed):
            index.record_expired(due, NOW)
    assert account.items("RegistrationsTable") == before
