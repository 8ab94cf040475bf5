"""What the bank knows of certificates that relying services name: two strong reads, however many there are.

The first read finds the lock of a certificate, which names the registration, its key and the lists that would name
it; the second its row, with everything that judges it. Locks of before 2026-11-29 do not name key and lists: they
take a third. A read of more than 100 items is several calls.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import kept_states
from registrar.aws.tables.deny_list import denied_at, key_denied, key_of
from registrar.aws.tables.issuers import applied_lists, point_key
from registrar.aws.tables.registration_items import certificate_lock_key, from_item, issuer_lock_key, row_key
from registrar.aws.tables.registrations import judged
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.reasons.errors import CertificateMalformed
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.selector import ByFingerprint, ByIssuerSerial, ByRegistration, Selector
from registrar.domain.registrations.usability import Known
from registrar.domain.revocation.applied_lists import AppliedList, good_as_of
from registrar.domain.revocation.distribution_points import MOST_POINTS, Point, named_urls

Key = tuple[str, dynamo.Item]
"""A table, and the key of an item in it."""


@dataclass(slots=True)
class _Items:
    """Items that were read, each once."""

    client: Any
    _asked: set[tuple[str, str]] = field(default_factory=set)
    _found: dict[tuple[str, str], dynamo.Item] = field(default_factory=dict)

    def read(self, keys: Iterable[Key]) -> None:
        """Read those that were not asked for yet; no call where there are none."""
        new = {_name(table, key): (table, key) for table, key in keys if _name(table, key) not in self._asked}
        self._asked |= new.keys()
        for table, item in dynamo.get_from(self.client, list(new.values())):
            self._found[_name(table, item)] = item

    def get(self, key: Key) -> dynamo.Item | None:
        return self._found.get(_name(*key))


@dataclass(slots=True)
class _Named:
    """A registration that a selector or its lock names; `key_digest` and `points` (ids of the lists' addresses) are
    None until they are known."""

    customer_id: str
    registration_id: str
    key_digest: str | None = None
    points: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class StatusReads:
    """The tables that tell whether a certificate may be used."""

    client: Any
    table: str
    deny_table: str
    kept_table: str
    issuers_table: str

    def find(self, selectors: Sequence[Selector]) -> list[Known | None]:
        """What is known of each certificate, in this order; None of one that is not registered."""
        items = _Items(self.client)
        items.read(key for each in selectors for key in self._first(each))
        named = [self._named(each, items) for each in selectors]
        # The third finds nothing new to read where the lock named key and lists.
        for _ in ("second", "third"):
            items.read(key for each in named if each for key in self._keys(each, items))
        return [self._known(each, items) if each else None for each in named]

    def _first(self, selector: Selector) -> list[Key]:
        if isinstance(selector, ByRegistration):
            return self._row_and_kept(_Named(selector.customer_id, selector.registration_id))
        return [self._lock(selector)]

    def _named(self, selector: Selector, items: _Items) -> _Named | None:
        if isinstance(selector, ByRegistration):
            return _Named(selector.customer_id, selector.registration_id)
        lock = items.get(self._lock(selector))
        if lock is None:
            return None
        named = _Named(dynamo.read_text(lock, "customer_id"), dynamo.read_text(lock, "registration_id"))
        if "key_digest" in lock:
            named.key_digest = dynamo.read_bytes(lock, "key_digest").hex()
            named.points = sorted(dynamo.read_text_set(lock, "points"))
        return named

    def _keys(self, named: _Named, items: _Items) -> list[Key]:
        """Every item that is known to judge the registration, its row included."""
        row = items.get(self._row(named))
        if row is not None and named.points is None:
            registration = from_item(row)
            named.key_digest = registration.key_digest
            named.points = _points(registration)
        keys = self._row_and_kept(named)
        if named.key_digest is not None:
            keys.append((self.deny_table, key_of(named.key_digest)))
        return keys + [(self.issuers_table, point_key(each)) for each in named.points or ()]

    def _known(self, named: _Named, items: _Items) -> Known | None:
        item = items.get(self._row(named))
        if item is None:
            return None
        row = from_item(item)
        kept = {
            dynamo.read_text(each, "id"): each for each in map(items.get, self._row_and_kept(named)[1:]) if each
        }
        denial = items.get((self.deny_table, key_of(row.key_digest)))
        denied = {key_denied(denial): denied_at(denial)} if denial else {}
        points = [items.get((self.issuers_table, point_key(each))) for each in named.points or ()]
        lists = [applied for point in points if point for applied in applied_lists(point)]
        return Known(judged(row, kept, denied), _list_as_of(row, lists))

    def _row(self, named: _Named) -> Key:
        return self.table, row_key(named.customer_id, named.registration_id)

    def _row_and_kept(self, named: _Named) -> list[Key]:
        kept = kept_states.registration_key(named.registration_id), kept_states.customer_key(named.customer_id)
        return [self._row(named), *((self.kept_table, key) for key in kept)]

    def _lock(self, selector: ByFingerprint | ByIssuerSerial) -> Key:
        if isinstance(selector, ByFingerprint):
            return self.table, certificate_lock_key(selector.fingerprint)
        return self.table, issuer_lock_key(selector.issuer_key_digest, selector.serial)


def _points(registration: Registration) -> list[str]:
    """The ids of the addresses at which the certificate's lists are."""
    with suppress(CertificateMalformed):  # a damaged row is judged all the same
        urls = named_urls(read_certificate(registration.der))[:MOST_POINTS]
        return [Point(registration.issuer_key_digest, url, registration.operator).id for url in urls]
    return []


def _list_as_of(registration: Registration, lists: Sequence[AppliedList]) -> datetime | None:
    with suppress(CertificateMalformed):
        return good_as_of(read_certificate(registration.der), lists) if lists else None
    return None


def _name(table: str, item: dynamo.Item) -> tuple[str, str]:
    """What identifies an item: these tables have the keys `pk` and `sk`, or `id`."""
    key = f"{item['pk']['S']} {item['sk']['S']}" if "pk" in item else item["id"]["S"]
    return table, key
