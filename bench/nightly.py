"""The expiry run: items read ÷ items due, with the real workers.

A fake index follows DynamoDB's rules for a query: one partition key, a range of the sort key, every entry in that
range counts as read (ScannedCount), pages of 1 MB, read units from the bytes read (half a unit per started 4 KB of
a page, since emulators count none). It refuses any other query.
"""

import math
import random
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bench.report import Row
from bench.units import size_of
from registrar.aws import dynamo
from registrar.aws.queues.queue import Queue
from registrar.aws.tables.expiry_index import ExpiryIndex
from registrar.aws.tables.registration_items import EXPIRY_SHARDS, expiry_shard, row_key
from registrar.aws.tables.runs import Run, Runs
from registrar.domain.notices.expiry import ENDED, THRESHOLD_DAYS
from registrar.domain.times import instant
from tests.support.account import an_account
from tests.support.app import a_batch
from tests.support.builders import NOW

GROUP = "The expiry run"
DUE = 1000
SIZES = (10_000, 100_000, 1_000_000)
MOST_READ = 1.1
PAGE = 1_000_000
DAY = timedelta(days=1)
_KEY = "expiry_shard = :shard AND not_after BETWEEN :first AND :last"
_MIDNIGHT = NOW.replace(hour=15, minute=0, second=0) - DAY  # in Seoul
_DUE_DAYS = (ENDED, *THRESHOLD_DAYS)
_OTHER_DAYS = [day for day in range(2, 366) if day not in _DUE_DAYS]
_BITS = 32


def rows(part: int = 1) -> Iterator[Row]:
    """The ratio for each number of registrations, and the costs of the largest; of them, one in `part` is there."""
    found: Counter[str] = Counter()
    due = DUE // part
    for count in SIZES:
        found = simulate(count // part, due)
        if found["due"] != due:
            raise RuntimeError(f"{found['due']} of {due} due registrations were found")
        note = f"{due:,} due among {count // part:,}: ScannedCount {found['read']:,}"
        yield Row(
            GROUP, f"items read ÷ items due, {count:,} registrations", found["read"] / due, MOST_READ, "×", note
        )
    for name in ("queries", "half read units", "updates", "digests"):
        yield Row(GROUP, name, found[name], None, "", f"of {SIZES[-1] // part:,} registrations")


def simulate(count: int, due: int) -> Counter[str]:
    """One run of all shards over `count` registrations, each of a different customer, of which `due` are due."""
    counted: Counter[str] = Counter()
    with an_account() as account:
        worker: Any = account.function("flag_shard")
        worker.index = ExpiryIndex(StandIn(population(count, due), counted), "registrations")
        worker.notices = Queue(_QueueOnly(counted), "notices")
        runs = Runs(account.client("dynamodb"), account.physical["NoticesTable"])
        run = runs.begin(EXPIRY_SHARDS, NOW)
        for message in Run(run.at, NOW - DAY, run.open).messages():
            answer = account.invoke("flag_shard", a_batch(message))
            if answer["batchItemFailures"]:
                raise RuntimeError(account.log.getvalue()[-2000:])
        if runs.last_finished() != NOW:
            raise RuntimeError("the run did not finish")
    return counted


def population(count: int, due: int) -> "dict[str, array[int]]":
    """The expiry times of each shard in order: the second, and the customer's number in the low bits."""
    dice = random.Random(7)  # noqa: S311 - no secret
    shards = {shard: array("Q") for shard in EXPIRY_SHARDS}
    for number in range(count):
        day = _DUE_DAYS[number % len(_DUE_DAYS)] if number < due else dice.choice(_OTHER_DAYS)
        end = _MIDNIGHT + timedelta(days=day, seconds=dice.randrange(86_400))
        shards[expiry_shard(_customer(number))].append(int(end.timestamp()) << _BITS | number)
    return {shard: array("Q", sorted(ends)) for shard, ends in shards.items()}


def _customer(number: int) -> str:
    return f"C{number:09}"


def entry(shard: str, number: int, end: datetime) -> dict[str, dict[str, str]]:
    """An entry of the index, keys only."""
    keys = row_key(_customer(number), f"r{number:032x}")
    return {**keys, "expiry_shard": dynamo.text(shard), "not_after": dynamo.instant(end)}


class StandIn:
    """A DynamoDB client that supports only the query of the index and the two updates of a row."""

    def __init__(self, shards: Mapping[str, Sequence[int]], counted: Counter[str]) -> None:
        self.shards = shards
        self.counted = counted

    def get_paginator(self, operation: str) -> "StandIn":
        """A paginator of the query."""
        if operation != "query":
            raise KeyError(operation)
        return self

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Every page of the one query that the run makes."""
        if query.keys() != {"TableName", "IndexName", "KeyConditionExpression", "ExpressionAttributeValues"}:
            raise KeyError(f"not this query: {sorted(query)}")
        if (query["IndexName"], query["KeyConditionExpression"]) != ("by-expiry", _KEY):
            raise KeyError(query["KeyConditionExpression"])
        values = query["ExpressionAttributeValues"]
        shard, first, last = (values[name]["S"] for name in (":shard", ":first", ":last"))
        ends = self.shards[shard]
        begin = bisect_left(ends, int(instant(first).timestamp()) << _BITS)
        stop = bisect_right(ends, (int(instant(last).timestamp()) + 1 << _BITS) - 1)
        page: list[Any] = []
        size = 0
        for place in range(begin, stop):
            end = datetime.fromtimestamp(ends[place] >> _BITS, NOW.tzinfo)
            item = entry(shard, ends[place] & ((1 << _BITS) - 1), end)
            page.append(item)
            size += size_of(item)
            if size >= PAGE:
                yield self._page(page, size)
                page = []
                size = 0
        yield self._page(page, size)

    def _page(self, items: list[Any], size: int) -> dict[str, Any]:
        self.counted["queries"] += 1
        self.counted["read"] += len(items)
        self.counted["half read units"] += max(1, math.ceil(size / 4096))
        return {"Items": items, "ScannedCount": len(items)}

    def update_item(self, **update: Any) -> dict[str, Any]:
        """Update a row: all rows are live, without a hold, and expire as the index states."""
        recorded = update["UpdateExpression"].endswith("REMOVE expiry_shard")
        self.counted["updates"] += 1
        self.counted["recorded" if recorded else "flagged"] += 1
        self.counted["due"] += 1
        return {"Attributes": {}}


class _QueueOnly:
    def __init__(self, counted: Counter[str]) -> None:
        self.counted = counted

    def send_message(self, **_: Any) -> dict[str, Any]:
        """Accept every message."""
        self.counted["digests"] += 1
        return {}
