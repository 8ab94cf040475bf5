"""What has to be true at every moment, read from the tables, and what has to be true when all is quiet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from registrar.aws.tables.registration_items import from_item, lock_keys
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from tools.cloud.beside import Beside
from tools.cloud.local_cloud import LocalCloud
from tools.lives.gate import Gate
from tools.lives.ledger import Ledger
from tools.lives.life import Life

EVERY = 5
"""Seconds between two looks at the table of registrations."""


def scan(cloud: LocalCloud, table: str) -> list[dict[str, Any]]:
    """All items of a table, read consistently."""
    pages = cloud.client("dynamodb").get_paginator("scan")
    return [
        item
        for page in pages.paginate(TableName=cloud.physical(table), ConsistentRead=True)
        for item in page["Items"]
    ]


def rows(items: Sequence[dict[str, Any]]) -> list[Registration]:
    """The registrations among the items of their table."""
    return [from_item(item) for item in items if item["sk"]["S"].startswith("REG#")]


def doubled(registrations: Sequence[Registration]) -> list[str]:
    """No two live registrations have one certificate, key, or issuer and serial."""
    live = [each for each in registrations if each.lifecycle is Lifecycle.LIVE]
    names = Counter(str(key["pk"]["S"]) for each in live for key in lock_keys(each))
    return [f"{count} live registrations of {name}" for name, count in names.items() if count > 1]


def unlocked(items: Sequence[dict[str, Any]], registrations: Sequence[Registration]) -> list[str]:
    """Each live registration has its three locks, and each lock names a registration."""
    locks = {item["pk"]["S"]: item for item in items if item["sk"]["S"] == "LOCK"}
    wrong = [
        f"{each.id} is live without the lock {key['pk']['S']}"
        for each in registrations
        if each.lifecycle is Lifecycle.LIVE
        for key in lock_keys(each)
        if locks.get(key["pk"]["S"], {}).get("registration_id", {}).get("S") != each.id
    ]
    ids = {each.id for each in registrations}
    return wrong + [f"the lock {name} of no registration" for name, lock in locks.items() if _of(lock) not in ids]


def _customer_of(item: dict[str, Any]) -> str:
    """Whose row or lock it is."""
    return str(item.get("customer_id", {}).get("S") or item["pk"]["S"].removeprefix("CUST#"))


def _of(lock: dict[str, Any]) -> str:
    return str(lock.get("registration_id", {}).get("S"))


@dataclass
class Watcher(Beside):
    """Reads the table of registrations again and again while lives go on."""

    cloud: LocalCloud
    ledger: Ledger
    gate: Gate
    customers: frozenset[str]
    """Whose registrations are checked."""
    violations: list[str] = field(default_factory=list)
    looks: int = 0
    _before: dict[str, Registration] = field(default_factory=dict)
    _lifts: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Look every few seconds."""
        while not self._over.wait(EVERY):
            with self.gate.passing():
                self.look()

    def look(self) -> None:
        """Look once."""
        now = rows(self._items())
        self.looks += 1
        # A scan is no snapshot: what it saw twice while it changed is seen once by the next.
        if found := doubled(now):
            again = doubled(rows(self._items()))
            self.violations += [each for each in found if each in again]
        self.violations += [why for each in now if (why := self._changed(each))]
        self._before = {each.id: each for each in now}

    def _items(self) -> list[dict[str, Any]]:
        found = scan(self.cloud, "RegistrationsTable")
        return [item for item in found if _customer_of(item) in self.customers]

    def _changed(self, row: Registration) -> str | None:
        """An end is final, and a hold goes by a resume or with the end only."""
        before = self._before.get(row.id)
        if before is None:
            return None
        if before.lifecycle is not Lifecycle.LIVE and row.lifecycle is not before.lifecycle:
            return f"{row.id} was {before.lifecycle} and is {row.lifecycle}"
        lifted = Hold.CUSTOMER in before.holds and Hold.CUSTOMER not in row.holds
        self._lifts[row.id] += lifted
        if self._lifts[row.id] > self.ledger.resumes_of(row.id):
            return f"the hold on {row.id} was lifted by nobody"
        return None

    def at_the_end(self, lives: Sequence[Life]) -> list[str]:
        """All violations, each once: those met on the way, and those found now that the lives have ended."""
        self.stop()
        items = self._items()
        now = rows(items)
        found = {each.id: each for each in now}
        wrong = list(dict.fromkeys([*self.violations, *doubled(now), *unlocked(items, now)]))
        if self.failure:
            wrong.append(f"nobody looked at the table any more: {self.failure!r}")
        wrong += [f"lost a race that nobody won: {name}" for name in self.ledger.races_without_winner()]
        for life in lives:
            expected = {held.id: held.status for held in life.registrations.values()}
            actual = {each.id: _status(each) for each in found.values() if each.customer_id == life.id}
            if expected != actual:
                wrong.append(f"{life.id} has {actual}, not {expected}\n  " + "\n  ".join(life.history))
        return wrong


def _status(row: Registration) -> str:
    if row.lifecycle is not Lifecycle.LIVE:
        return str(row.lifecycle)
    return "SUSPENDED" if row.holds else "ACTIVE"
