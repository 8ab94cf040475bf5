"""The throttles' table. It fails closed: an error of this table ends the request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.throttles import (
    ADDRESS_LIMIT,
    ATTEMPTS_KEPT,
    FREE_TRIES,
    PHONE_LIMIT,
    WAITS,
    Attempt,
    Limit,
    address_key,
    counted_attempt,
    phone_key,
    refused_attempt,
    seconds_until,
    wait_after,
)
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal

_COUNT = "ADD attempts :count SET last_ms = :now, #ttl = :ttl"
# One write decides: as many attempts as this row has, and long enough ago for that many.
_ALLOWED = " OR ".join(
    [
        "attribute_not_exists(attempts)",
        "attempts < :a0",
        *(f"(attempts = :a{n} AND last_ms <= :w{n})" for n in range(len(WAITS) - 1)),
        f"(attempts >= :a{len(WAITS) - 1} AND last_ms <= :w{len(WAITS) - 1})",
    ]
)


@dataclass(frozen=True, slots=True)
class Throttles:
    """Counts by scope: addresses and phones by clock minute and hour, accounts by attempts since a success."""

    client: Any
    table: str

    def count_address(self, address: str, now: datetime) -> None:
        """Count a request from `address` (as the gateway saw it). Raises Refusal (RATE_LIMITED)."""
        self._count(address_key(address), ADDRESS_LIMIT, now)

    def count_phone(self, phone: str, now: datetime) -> None:
        """Count a text to `phone` before it is sent. Raises Refusal (RATE_LIMITED)."""
        self._count(phone_key(phone), PHONE_LIMIT, now)

    def attempt(self, key: str, now: datetime) -> Attempt:
        """Count an attempt at an account, before anything is compared; during the wait it is not allowed."""
        conditions = {
            name: value
            for n, wait in enumerate(WAITS)
            for name, value in ((f":a{n}", dynamo.number(FREE_TRIES + n)), (f":w{n}", dynamo.millis(now - wait)))
        }
        try:
            item = dynamo.update(
                self.client, self.table, _key(key), _COUNT, _ALLOWED, conditions | _counted(1, now), ttl="ttl"
            )
        except ConditionFailed as failed:
            return refused_attempt(*_read(failed.items[0] or {}), now)
        return counted_attempt(_read(item)[0])

    def lock(self, key: str, now: datetime) -> datetime:
        """Count a challenge whose tries are used up: a wait follows, longer than the last; returns its end."""
        item = dynamo.get(self.client, self.table, _key(key))
        more = max(FREE_TRIES - (_read(item)[0] if item else 0), 1)
        counted = dynamo.change(self.client, self.table, _key(key), _COUNT, _counted(more, now), ttl="ttl")
        return now + wait_after(_read(counted)[0])

    def free_at(self, key: str, now: datetime) -> datetime:
        """When the next attempt is allowed."""
        item = dynamo.get(self.client, self.table, _key(key))
        if item is None:
            return now
        attempts, last_at = _read(item)
        return max(last_at + wait_after(attempts), now)

    def clear(self, key: str) -> None:
        """Forget the attempts after a success."""
        dynamo.change(self.client, self.table, _key(key), "SET attempts = :none", {":none": dynamo.number(0)})

    def _count(self, key: str, limit: Limit, now: datetime) -> None:
        """One row per clock hour, with a count for the hour and for each minute of it."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        minute = f"m{now.minute}"
        try:
            dynamo.update(
                self.client,
                self.table,
                _key(f"{key}:{hour:%Y%m%d%H}"),
                "ADD hour_count :count, #minute :count SET #ttl = :ttl",
                "(attribute_not_exists(hour_count) OR hour_count < :hour)"
                " AND (attribute_not_exists(#minute) OR #minute < :minute)",
                {
                    ":count": dynamo.number(1),
                    ":hour": dynamo.number(limit.per_hour),
                    ":minute": dynamo.number(limit.per_minute),
                    ":ttl": dynamo.epoch(hour + timedelta(hours=2)),
                },
                minute=minute,
                ttl="ttl",
            )
        except ConditionFailed as failed:
            full = dynamo.read_number(failed.items[0] or {}, "hour_count") >= limit.per_hour
            start = hour if full else now.replace(second=0, microsecond=0)
            end = start + (timedelta(hours=1) if full else timedelta(minutes=1))
            raise Refusal(Code.RATE_LIMITED, retry_after=max(seconds_until(end, now), 1)) from None


def _counted(count: int, now: datetime) -> dict[str, Any]:
    return {
        ":count": dynamo.number(count),
        ":now": dynamo.millis(now),
        ":ttl": dynamo.epoch(now + ATTEMPTS_KEPT),
    }


def _key(key: str) -> dict[str, dict[str, str]]:
    return {"id": dynamo.text(key)}


def _read(item: dynamo.Item) -> tuple[int, datetime]:
    return dynamo.read_number(item, "attempts"), dynamo.read_millis(item, "last_ms")
