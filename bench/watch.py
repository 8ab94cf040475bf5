"""The nightly watch: 100,000 registrations, a CRL of 1,000,000 entries and 100 new serials. Everything is counted.

The real worker runs against an in-memory account made from template.yaml that has already watched yesterday's CRL.
Ten of the new serials are registered.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from bench.report import Row
from bench.units import Item, read_units, units_of, written
from registrar.aws.buckets.crl_indexes import CURRENT, WATCHED
from registrar.aws.tables.registration_items import lock_keys, to_item
from registrar.domain.registrations.registration import Registration
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_index import index_crl
from registrar.domain.revocation.distribution_points import Point
from tests.support.account import REGION, Account, an_account
from tests.support.app import DONE, a_delivery, trust_demo_issuers
from tests.support.builders import NOW, a_certificate, a_pki, a_trust_store
from tests.support.rows import a_registration
from tools.pki.crls import entry_der, large_crl, random_entries

GROUP = "The nightly watch"
REGISTRATIONS = 100_000
ENTRIES = 1_000_000
GAINED = 100
REGISTERED = 10
MOST_LOOK_UPS = 300
URL = "ldap://ds.yessign.example:389/ou=dp1,ou=AccreditedCA,o=yessign,c=kr?certificateRevocationList"
DAY = timedelta(days=1)
ISSUER = next(issuer for issuer in a_trust_store().issuers if issuer.operator.id == "yessign")
POINT = Point(ISSUER.certificate.key_digest, URL, "yessign")


def rows(registrations: int = REGISTRATIONS, entries: int = ENTRIES) -> Iterator[Row]:
    """The totals, then their parts."""
    found = _costs(registrations, entries)
    note = f"{registrations:,} registrations, {entries:,} entries, {GAINED} gained, {REGISTERED} of them registered"
    yield Row(GROUP, "serials looked up", found["look-ups"], MOST_LOOK_UPS, "look-ups", note)
    yield Row(GROUP, "registrations changed", found["hits"], None, "rows")
    yield Row(GROUP, "AWS calls", sum(n for name, n in found.items() if name.startswith("call ")), None, "calls")
    for unit in ("read units", "write units"):
        yield Row(GROUP, unit, found[unit], None, "units")
    for name in ("fetched", "read from the bucket", "written to the bucket"):
        yield Row(GROUP, f"bytes {name}", found[name] / 1e6, None, "MB")
    for name in sorted(name for name in found if name.startswith("call ")):
        yield Row(GROUP, f"`{name.removeprefix('call ')}`", found[name], None, "calls")


def _costs(registrations: int, entries: int) -> Counter[str]:
    with an_account() as account:
        trust_demo_issuers(account)
        registered = list(_registrations(account, registrations))
        old = random_entries(entries, NOW - DAY)
        gained = random_entries(GAINED - REGISTERED, NOW, seed=2)
        gained += [entry_der(int(each.serial, 16), NOW, 4) for each in registered[:REGISTERED]]
        _record_watched(account, _list(account, b"".join(old), 1))
        account.pass_time(days=1)
        crl = _list(account, b"".join(old + gained), 2)
        meter = _Meter(account)
        _watch(account, crl)
        counts = [line["counts"] for line in account.logged() if line["message"] == "crl watched"][-1]
        return meter.found + Counter({"look-ups": counts["looked_up"], "hits": counts["hit"], "fetched": len(crl)})


def _registrations(account: Account, count: int) -> Iterator[Registration]:
    """Rows and locks of `count` certificates, placed directly in memory: writing them takes too long."""
    model = a_registration(account, a_certificate(key="ec", crl_url=URL))
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(account.physical["RegistrationsTable"])
    for number in range(count):
        each = replace(model, id=f"{number:032x}", serial=f"{number + (1 << 56):x}")
        owner = {"customer_id": {"S": each.customer_id}, "registration_id": {"S": each.id}}
        *_, lock = lock_keys(each)
        table.put_item({**lock, **owner})
        if number < REGISTERED:
            account.client("dynamodb").put_item(TableName=table.name, Item=to_item(each))
            yield each


def _list(account: Account, entries: bytes, number: int) -> bytes:
    return large_crl(a_pki().issuers["yessign"], entries, this_update=account.at, number=number)


def _record_watched(account: Account, crl: bytes) -> None:
    """Leave the state of yesterday's run."""
    indexes = account.function("watch_crl").indexes
    index = index_crl(read_crl(crl, ISSUER.certificate))
    indexes.watched(POINT, "", index, indexes.whole(POINT, WATCHED))
    indexes.bucket.write(f"crl/{POINT.id.replace('#', '/')}/{CURRENT}", index)


def _watch(account: Account, crl: bytes) -> None:
    message = a_delivery("")
    message["Records"][0]["body"] = json.dumps({"point": asdict(POINT)})
    with patch("registrar.steps.crl_store.fetch_crl", return_value=(crl,)):
        if account.invoke("watch_crl", message) != DONE:
            raise RuntimeError(account.log.getvalue())


class _Meter:
    """Counts every later call of an account, with its units and bytes."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.found = Counter[str]()
        self._real = account.called
        account.called = self._called  # type: ignore[method-assign]

    def _called(self, client: Any, operation: str, params: Mapping[str, Any]) -> Any:
        self.found[f"call {operation}"] += 1
        keys = list(written(operation, params))
        before = [self._item(table, key) for table, key in keys]
        response = self._real(client, operation, params)
        for (table, key), old in zip(keys, before, strict=True):
            factor = 2 if operation == "TransactWriteItems" else 1
            self.found["write units"] += units_of(table, old, self._item(table, key), factor)
        self._count_reads(operation, params, response)
        return response

    def _count_reads(self, operation: str, params: Mapping[str, Any], response: Any) -> None:
        if operation == "BatchGetItem":
            for table, request in params["RequestItems"].items():
                self.found["read units"] += read_units(response["Responses"].get(table, []), len(request["Keys"]))
        elif operation == "GetItem":
            self.found["read units"] += read_units([response["Item"]] if "Item" in response else [], 1)
        elif operation == "GetObject":
            self.found["read from the bucket"] += response["ContentLength"]
        elif operation == "PutObject":
            self.found["written to the bucket"] += len(params["Body"].getbuffer())

    def _item(self, table: str, key: Item) -> Item:
        request = {"TableName": table, "Key": key}
        with self.account.by_others():
            found: Item = self._real(self.account.client("dynamodb"), "GetItem", request).get("Item", {})
        return found
