"""The throttles' table. It fails closed: an error of this table ends the request."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.throttles import (
    ADDRESS_LIMIT,
    ATTEMPTS_KEPT,
    CERTIFICATE_LIMIT,
    CHECK_LIMIT,
    CUSTOMER_TEXTS_PER_DAY,
    CUSTOMER_TEXTS_PER_HOUR,
    FREE_TRIES,
    PHONE_LIMIT,
    STEP_UP_LIMIT,
    TEXTS_PER_REQUEST,
    WAITS,
    Attempt,
    CountedText,
    Limit,
    address_key,
    asked_key,
    certificate_key,
    check_key,
    counted_attempt,
    phone_key,
    refused_attempt,
    request_key,
    seconds_until,
    texts_key,
    wait_after,
)
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal

_ONE = "counted :one, #part :one"
_BELOW_LIMITS = (
    "(attribute_not_exists(counted) OR counted < :most) AND (attribute_not_exists(#part) OR #part < :most_of_part)"
)
_KEPT_LONGER = timedelta(hours=1)
"""How long a counter is stored after its period: a clock of another machine may be behind."""
_ATTEMPTS = "attempts :count"
_AT = "last_ms = :now, #ttl = :ttl"
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
    """Counts by scope: addresses, phones and checks by clock minute and hour, customers' texts by hour and day,
    accounts by attempts since a success."""

    client: Any
    table: str

    def count_address(self, address: str, now: datetime) -> None:
        """Count a request from `address` (as the gateway saw it). Raises Refusal (RATE_LIMITED)."""
        self._count(_of_hour(address_key(address), ADDRESS_LIMIT, now), now)

    def count_check(self, customer_id: str, now: datetime) -> None:
        """Count a customer's query of the issuer before it is sent. Raises Refusal (RATE_LIMITED)."""
        self._count(_of_hour(check_key(customer_id), CHECK_LIMIT, now), now)

    def count_certificate(self, fingerprint: str, device_digest: bytes | None, now: datetime) -> None:
        """Count a login with a certificate, registered or not. Raises Refusal (RATE_LIMITED)."""
        self._count(_of_hour(certificate_key(fingerprint, device_digest), CERTIFICATE_LIMIT, now), now)

    def count_text(self, text: CountedText, now: datetime) -> None:
        """Count a code before it is sent: for its phone, its customer, and its challenge or proof of identity.

        All or none is counted: a refused text uses up nothing, neither of the customer nor of the owner of the
        number. Raises Refusal (RATE_LIMITED) with the longest of the waits.
        """
        counters = [
            _of_hour(phone_key(text.phone, text.purpose), PHONE_LIMIT, now),
            _of_day(texts_key(text.customer_id, text.purpose), now),
            _of_request(text),
        ]
        try:
            dynamo.transact(self.client, [each.write(self.table) for each in counters])
        except ConditionFailed as failed:
            raise _rate_limited(counters, failed, now) from None

    def count_step_up(self, customer_id: str, started_at: datetime, address: str, now: datetime) -> None:
        """Count a step-up that the customer's session of `started_at` starts from `address`. Raises Refusal
        (RATE_LIMITED)."""
        self._count(_of_hour(asked_key(customer_id, started_at, address), STEP_UP_LIMIT, now), now)

    def attempt(self, key: str, now: datetime) -> Attempt:
        """Count an attempt at an account, before anything is compared; during the wait it is not allowed."""
        conditions = {
            name: value
            for n, wait in enumerate(WAITS)
            for name, value in ((f":a{n}", dynamo.number(FREE_TRIES + n)), (f":w{n}", dynamo.millis(now - wait)))
        }
        try:
            item = dynamo.update_once(
                self.client,
                self.table,
                _key(key),
                _ALLOWED,
                conditions | _counted(1, now),
                adds=_ATTEMPTS,
                sets=_AT,
                ttl="ttl",
            )
        except ConditionFailed as failed:
            return refused_attempt(*_read(failed.items[0] or {}), now)
        return counted_attempt(_read(item)[0])

    def lock(self, key: str, now: datetime) -> datetime:
        """Count a challenge whose tries are used up: a wait follows, longer than the last; returns its end."""
        item = dynamo.get(self.client, self.table, _key(key))
        more = max(FREE_TRIES - (_read(item)[0] if item else 0), 1)
        counted = dynamo.add_once(
            self.client, self.table, _key(key), _counted(more, now), adds=_ATTEMPTS, sets=_AT, ttl="ttl"
        )
        return now + wait_after(_read(counted)[0])

    def free_at(self, key: str, now: datetime) -> datetime:
        """When the next attempt is allowed: `now` where none waits, though a clock ahead counted the last one."""
        item = dynamo.get(self.client, self.table, _key(key))
        if item is None:
            return now
        attempts, last_at = _read(item)
        wait = wait_after(attempts)
        return max(last_at + wait, now) if wait else now

    def clear(self, key: str) -> None:
        """Forget the attempts after a success, if there were any: a row without them would never be deleted."""
        none = {":none": dynamo.number(0)}
        with suppress(ConditionFailed):
            dynamo.update(
                self.client, self.table, _key(key), "SET attempts = :none", "attribute_exists(attempts)", none
            )

    def _count(self, counter: "_Counter", now: datetime) -> None:
        """Count one, or raise Refusal (RATE_LIMITED)."""
        try:
            dynamo.update_once(
                self.client,
                self.table,
                _key(counter.key),
                _BELOW_LIMITS,
                counter.values,
                adds=_ONE,
                sets="#ttl = :ttl",
                part=counter.part,
                ttl="ttl",
            )
        except ConditionFailed as failed:
            raise _rate_limited([counter], failed, now) from None


@dataclass(frozen=True, slots=True)
class _Counter:
    """A row that counts until `ends`, at most `most`; of these at most `most_of_part` until `part_ends`."""

    key: str
    ends: datetime
    most: int
    part: str
    part_ends: datetime
    most_of_part: int

    @property
    def values(self) -> dict[str, Any]:
        return {
            ":one": dynamo.number(1),
            ":most": dynamo.number(self.most),
            ":most_of_part": dynamo.number(self.most_of_part),
            ":ttl": dynamo.epoch(self.ends + _KEPT_LONGER),
        }

    def write(self, table: str) -> dict[str, dict[str, Any]]:
        """The write that counts one where that is allowed, for a transaction."""
        update = {
            "TableName": table,
            "Key": _key(self.key),
            "UpdateExpression": f"ADD {_ONE} SET #ttl = :ttl",
            "ConditionExpression": _BELOW_LIMITS,
            "ExpressionAttributeNames": {"#part": self.part, "#ttl": "ttl"},
            "ExpressionAttributeValues": self.values,
        }
        return {"Update": update}

    def wait(self, item: dynamo.Item, now: datetime) -> int:
        """Seconds until one more is allowed, by the row that refused it."""
        full = "counted" in item and dynamo.read_number(item, "counted") >= self.most
        return max(seconds_until(self.ends if full else self.part_ends, now), 1)


def _of_hour(key: str, limit: Limit, now: datetime) -> _Counter:
    """One row per clock hour, with a count for the hour and for each minute of it."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    minute = now.replace(second=0, microsecond=0)
    return _Counter(
        key=f"{key}:{hour:%Y%m%d%H}",
        ends=hour + timedelta(hours=1),
        most=limit.per_hour,
        part=f"m{now.minute}",
        part_ends=minute + timedelta(minutes=1),
        most_of_part=limit.per_minute,
    )


def _of_day(key: str, now: datetime) -> _Counter:
    """One row per day (UTC), with a count for the day and for each hour of it."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return _Counter(
        key=f"{key}:{now:%Y%m%d}",
        ends=hour.replace(hour=0) + timedelta(days=1),
        most=CUSTOMER_TEXTS_PER_DAY,
        part=f"h{now.hour}",
        part_ends=hour + timedelta(hours=1),
        most_of_part=CUSTOMER_TEXTS_PER_HOUR,
    )


def _of_request(text: CountedText) -> _Counter:
    """One row for as long as the challenge or the proof of identity is valid."""
    ends = text.request_ends
    return _Counter(request_key(text.request_id), ends, TEXTS_PER_REQUEST, "texts", ends, TEXTS_PER_REQUEST)


def _rate_limited(counters: Sequence[_Counter], failed: ConditionFailed, now: datetime) -> Refusal:
    """The refusal by the rows that refused, with the longest of their waits."""
    waits = [each.wait(item, now) for each, item in zip(counters, failed.items, strict=True) if item is not None]
    return Refusal(Code.RATE_LIMITED, retry_after=max(waits))


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
