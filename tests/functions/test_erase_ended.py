"""Erasing registrations that ended long ago: they are deleted completely, and live ones stay."""

from datetime import timedelta
from typing import Any

import pytest

from registrar.domain.registrations.registration import Hold
from registrar.domain.registrations.retention import RULES
from tests.support.account import Account, Killed
from tests.support.app import an_event
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared
from tests.support.rows import a_registration, registrations_of
from tests.support.stream import a_record, published, row

KEPT = RULES["ended registrations"]
WRITES = 3


def erase(account: Account) -> dict[str, int]:
    counts: dict[str, int] = account.invoke("erase_ended", an_event("schedule"))
    return counts


def ended(account: Account) -> None:
    """Three registrations of hong, with their uploads and notices."""
    for _ in range(WRITES):
        registration = a_registration(account, a_certificate(key="ec"))
        registrations_of(account).deregister(registration, NOW)


def test_an_ended_registration_is_erased_after_its_retention_period(account: Account) -> None:
    prepared(account, ended)
    before = account.items("RegistrationsTable")

    account.at = NOW + KEPT - timedelta(seconds=1)
    assert erase(account) == {"due": 0, "erased": 0}
    assert account.items("RegistrationsTable") == before
    account.pass_time(seconds=1)
    assert erase(account) == {"due": WRITES, "erased": WRITES}

    assert account.items("RegistrationsTable") == []


def test_only_items_with_a_ttl_remain_after_an_erasure(account: Account) -> None:
    certificate = a_certificate(key="ec", not_after=NOW + timedelta(days=700))
    live = a_registration(account)
    of_the_live = account.items("RegistrationsTable")
    uploads_of_the_live = account.items("UploadsTable")
    registrations_of(account).deregister(a_registration(account, certificate, "kim"), NOW)
    personal = ["kim", certificate.der.hex(), f"{certificate.certificate.serial_number:x}"]

    account.at = NOW + KEPT
    erase(account)

    assert account.items("RegistrationsTable") == of_the_live
    assert registrations_of(account).get("hong", live.id) == live
    others = [item for item in account.items("UploadsTable") if item not in uploads_of_the_live]
    assert others
    assert all(int(item["ttl"]["N"]) <= account.at.timestamp() for item in others)
    assert [line for line in account.logged() if any(each in str(line) for each in personal)] == []


@pytest.mark.parametrize("write", range(WRITES))
@pytest.mark.parametrize("after", [False, True])
def test_after_a_crash_at_any_write_the_next_run_continues(account: Account, write: int, after: bool) -> None:
    prepared(account, ended)
    account.at = NOW + KEPT
    with account.killed_at(write, after=after), pytest.raises(Killed):
        erase(account)
    assert len(account.items("RegistrationsTable")) == 4 * (WRITES - write - after), "each whole or not at all"
    account.restart()

    assert erase(account) == {"due": WRITES - write - after, "erased": WRITES - write - after}

    assert account.items("RegistrationsTable") == []
    assert erase(account) == {"due": 0, "erased": 0}


def test_a_concurrent_registration_does_not_stop_other_erasures(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(account, ended)
    account.at = NOW + KEPT
    dynamodb = account.function("erase_ended").erasure.client
    real = dynamodb.get_item
    taken: list[object] = []

    def taken_over(**call: Any) -> Any:
        response = real(**call)
        if not taken:
            taken.append(call["Key"])
            key = {"over_since": {"S": "2026-01-01T00:00:00Z"}}
            with account.aside():
                dynamodb.put_item(TableName=call["TableName"], Item={**response["Item"], **key})
        return response

    monkeypatch.setattr(dynamodb, "get_item", taken_over)

    assert erase(account) == {"due": WRITES, "erased": WRITES - 1}
    assert erase(account) == {"due": 1, "erased": 1}


def test_an_erasure_publishes_no_event(account: Account) -> None:
    registrations_of(account).deregister(a_registration(account), NOW)

    assert published(account, a_record(row(account), None)) == []


def test_the_banks_hold_on_a_person_ends_with_the_registration_it_was_set_on(account: Account) -> None:
    registration = a_registration(account, a_certificate(key="ec"))
    registrations_of(account).add_hold("hong", registration.id, Hold.BANK, NOW)
    registrations_of(account).revoke("hong", registration.id, "superseded", NOW, NOW)
    assert any(name.startswith("hold#") for item in account.items("KeptStatesTable") for name in item)

    account.at = NOW + KEPT
    assert erase(account) == {"due": 1, "erased": 1}

    assert not any(name.startswith("hold#") for item in account.items("KeptStatesTable") for name in item)
