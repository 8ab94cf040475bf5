"""Registrations that ended long ago are erased: the item and its own locks, all or nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from registrar.aws.tables.erasure import Erasure, Over
from registrar.aws.tables.expiry_index import ExpiryIndex
from registrar.aws.tables.registration_items import row_key
from registrar.domain.notices.expiry import Due
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Registration
from tests.support import rows
from tests.support.account import Account, Killed
from tests.support.builders import NOW, a_certificate
from tests.support.prepared import prepared
from tests.support.rows import a_registration, an_awaiting_upload, registrations_of
from tests.support.transitions import block

DAY = timedelta(days=1)
Ending = Callable[[Account, Registration], datetime]


def revoked(account: Account, r: Registration) -> datetime:
    registrations_of(account).revoke(r.customer_id, r.id, "keyCompromise", NOW - DAY, NOW)
    return NOW


def blocked(account: Account, r: Registration) -> datetime:
    block(registrations_of(account), r)
    return NOW


def deregistered(account: Account, r: Registration) -> datetime:
    registrations_of(account).deregister(r, NOW)
    return NOW


def ran_out(account: Account, r: Registration) -> datetime:
    index = ExpiryIndex(account.client("dynamodb"), account.physical["RegistrationsTable"])
    index.record_expired(Due(r.customer_id, r.id, r.not_after), r.not_after + DAY)
    return r.not_after


def superseded(account: Account, r: Registration) -> datetime:
    later = a_certificate(key="ec", not_before=r.not_before + timedelta(hours=1))
    register(account, later, r)
    return NOW


def register(account: Account, certificate: Any, replaced: Registration | None = None) -> Registration:
    upload = an_awaiting_upload(account, certificate)
    new = new_registration(upload, "signature", "2026-11", NOW, replaced)
    rows.register(account, new, upload, replaced=replaced)
    return new


@pytest.fixture
def erasure(account: Account) -> Erasure:
    tables = (account.physical[name] for name in ("RegistrationsTable", "KeptStatesTable"))
    return Erasure(account.client("dynamodb"), *tables)


@pytest.mark.parametrize("ending", [revoked, blocked, deregistered, ran_out, superseded])
def test_an_ended_registration_is_erased_with_its_locks_when_due(
    account: Account, erasure: Erasure, ending: Ending
) -> None:
    registration = prepared(account, a_registration)
    assert list(erasure.due(NOW + 10_000 * DAY)) == [], "a live one never is"
    since = ending(account, registration)
    others = [i for i in account.items("RegistrationsTable") if not _of(i, registration)]
    denied = account.items("DenyListTable")

    assert list(erasure.due(since - timedelta(seconds=1))) == []
    (over,) = erasure.due(since)
    assert over == Over(row_key("hong", registration.id), since)
    erasure.erase(over)

    assert _left(account, others) == []
    assert not [item for item in account.items("KeptStatesTable") if registration.id in str(item)]
    assert account.items("RegistrationsTable") == others
    assert account.items("DenyListTable") == denied
    assert len(denied) == (ending in (revoked, blocked))
    assert list(erasure.due(since)) == []
    erasure.erase(over)  # a repeat finds it done


def _of(item: dict[str, Any], registration: Registration) -> bool:
    return registration.id in (item["sk"]["S"].removeprefix("REG#"), item.get("registration_id", {}).get("S"))


def _left(account: Account, others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in account.items("RegistrationsTable") if item not in others]


def test_due_registrations_are_read_from_the_index_only(account: Account, erasure: Erasure) -> None:
    deregistered(account, prepared(account, a_registration))

    calls = account.recorded(lambda: list(erasure.due(NOW)))

    assert {(call.operation, call.params["IndexName"]) for call in calls} == {("Query", "by-erasure")}


def test_locks_of_a_later_registration_are_kept(account: Account, erasure: Erasure) -> None:
    certificate = a_certificate(key="ec")
    deregistered(account, a_registration(account, certificate))
    (over,) = erasure.due(NOW)
    again = register(account, certificate)

    erasure.erase(over)

    left = account.items("RegistrationsTable")
    assert len(left) == 4
    assert all(_of(item, again) for item in left)


def test_a_lock_that_is_taken_over_meanwhile_keeps_the_item(
    account: Account, erasure: Erasure, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = a_certificate(key="ec")
    deregistered(account, a_registration(account, certificate))
    (over,) = erasure.due(NOW)
    real = erasure.client.transact_write_items

    def taken_over_first(**call: Any) -> Any:
        monkeypatch.setattr(erasure.client, "transact_write_items", real)
        register(account, certificate)
        return real(**call)

    monkeypatch.setattr(erasure.client, "transact_write_items", taken_over_first)
    with pytest.raises(ConditionFailed):
        erasure.erase(over)

    assert list(erasure.due(NOW)) == [over], "the next run finds it"


def test_an_item_with_another_erasure_date_is_kept(account: Account, erasure: Erasure) -> None:
    registration = a_registration(account)
    before = account.items("RegistrationsTable")

    with pytest.raises(ConditionFailed):
        erasure.erase(Over(row_key("hong", registration.id), NOW))

    assert account.items("RegistrationsTable") == before


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_erasure_deletes_all_or_nothing(account: Account, erasure: Erasure, after: bool) -> None:
    deregistered(account, prepared(account, a_registration))
    (over,) = erasure.due(NOW)

    with account.killed_at(0, after=after), pytest.raises(Killed):
        erasure.erase(over)

    assert len(account.items("RegistrationsTable")) == (0 if after else 4)


def test_an_erased_certificate_can_be_registered_again_and_a_denied_one_cannot(
    account: Account, erasure: Erasure
) -> None:
    free, denied = a_certificate(key="ec"), a_certificate(key="ec")
    deregistered(account, a_registration(account, free, "kim"))
    blocked(account, a_registration(account, denied, "kim"))
    for over in list(erasure.due(NOW)):
        erasure.erase(over)

    assert register(account, free).customer_id == "hong"
    with pytest.raises(Exception, match="KEY_DENIED"):
        register(account, denied)
