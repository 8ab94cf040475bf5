"""The invariants of lives report what contradicts them: a check that never fails shows nothing."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from registrar.aws.tables.registration_items import lock_keys, row_key, to_item
from registrar.domain.registrations.registration import Lifecycle, Registration
from tests.support.builders import a_certificate
from tests.support.expect import eventually
from tests.support.histories import a_registration, an_awaiting_upload
from tools.lives import invariants
from tools.lives.gate import Gate
from tools.lives.invariants import Watcher, doubled, rows, unlocked
from tools.lives.ledger import Ledger, Violation, fingerprint_of
from tools.lives.life import ACTIVE, SUSPENDED, Held
from tools.lives.report import ROWS, table


class _NoTable:
    def put_item(self, **_: Any) -> None:
        """Nothing is kept."""


def one(upload_id: str, number: int = 0) -> Registration:
    return a_registration("w", an_awaiting_upload(_NoTable(), "t", upload_id, "hong"), number)


def items_of(*registrations: Registration) -> list[dict[str, Any]]:
    locks = [
        {**key, "registration_id": {"S": each.id}, "customer_id": {"S": each.customer_id}}
        for each in registrations
        for key in lock_keys(each)
    ]
    return [to_item(each) for each in registrations] + locks


def test_two_live_registrations_of_a_key_are_reported() -> None:
    first, second = one("1", number=0), one("2", number=2)
    assert first.key_digest == second.key_digest
    assert len(doubled([first, second])) == 1
    assert not doubled([first, replace(second, lifecycle=Lifecycle.SUPERSEDED)])


def test_two_live_registrations_of_a_certificate_are_reported_by_certificate_key_and_serial() -> None:
    assert len(doubled([one("1"), one("2")])) == 3


@pytest.mark.parametrize("missing", range(3))
def test_live_registration_without_one_of_its_locks_is_reported(missing: int) -> None:
    items = items_of(one("1"))
    assert not unlocked(items, rows(items))
    del items[1 + missing]
    assert len(unlocked(items, rows(items))) == 1


def test_lock_of_no_registration_is_reported() -> None:
    items = items_of(one("1"))[1:]
    assert len(unlocked(items, rows(items))) == 3
    assert row_key("hong", "r1")["pk"] not in [item["pk"] for item in items]


def test_second_winner_of_a_race_is_a_violation() -> None:
    ledger, certificate = Ledger(), a_certificate()
    ledger.won(certificate, "hong")
    ledger.won(certificate, "hong")
    with pytest.raises(Violation, match="two winners"):
        ledger.won(certificate, "kim")


class _Looks(Watcher):
    def _items(self) -> list[dict[str, Any]]:
        return items_of(one("1", number=0), one("2", number=2))


def test_violation_that_every_look_finds_is_reported_once() -> None:
    cloud: Any = None
    watcher = _Looks(cloud, Ledger(), Gate(), frozenset({"hong"}))
    for _ in range(3):
        watcher.look()
    assert len(watcher.violations) == 3

    found = watcher.at_the_end([])
    assert len([why for why in found if "live registrations of KEY#" in why]) == 1


def test_race_that_all_lost_is_reported() -> None:
    ledger, certificate = Ledger(), a_certificate()
    ledger.lost(certificate, "hong")
    assert ledger.races_without_winner() == [fingerprint_of(certificate)]
    ledger.won(certificate, "kim")
    assert not ledger.races_without_winner()


def test_changes_of_a_registration_are_the_events_to_expect() -> None:
    held = Held("r1", a_certificate())
    for status in (SUSPENDED, SUSPENDED, ACTIVE, SUSPENDED, "DEREGISTERED"):
        held.become(status)
    assert held.changes == Counter({"HoldAdded": 2, "RegistrationActivated": 1, "HoldLifted": 1, "Deregistered": 1})


def test_table_has_every_row_and_the_violations() -> None:
    written = table({"kills": 1234}, 0, 7, 3.14, "2026-11-30")
    assert "| kills | 1,234 |" in written
    assert "| **violations** | **0** |" in written
    assert all(f"| {name} |" in written for name in ROWS)


class _Blind(Watcher):
    def _items(self) -> list[dict[str, Any]]:
        if self.looks:
            return []
        self.looks += 1
        raise ConnectionError("the table cannot be read")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_watcher_that_sees_nothing_any_more_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "EVERY", 0)
    cloud: Any = None
    with _Blind(cloud, Ledger(), Gate(), frozenset({"hong"})) as watcher:
        eventually(lambda: watcher.failure is not None)

    assert "ConnectionError('the table cannot be read')" in watcher.at_the_end([])[0]
