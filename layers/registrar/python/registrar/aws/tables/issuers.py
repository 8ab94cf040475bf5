"""The issuers' table: what is known of the issuers' servers for revocation status.

    BREAKER   <operator>#<source>               failures in a row, and until when the source is paused
    POINT     <sha256 of CA SPKI>#<url digest>  the address of an accepted certificate's CRL, and what was applied
    FETCH     <sha256 of CA SPKI>#<url digest>  when that CRL may be fetched next
    STATUS    <sha256 of CA SPKI>#<serial>      that a responder stated REVOKED or ON_HOLD, and for which time

Rows are as many as issuers have servers and lists, whatever the number of customers, and none is ever deleted; but
those of STATUS are deleted once no response from before could be fresh.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from registrar.aws import dynamo
from registrar.domain.certificates.trust import RevocationRules
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.retention import RULES
from registrar.domain.revocation.applied_lists import AppliedList
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.status import RecordedStatus, Status, StatusValue

# Longer than a fetch mostly takes, so that a list is fetched by one at a time; a list that came late or bad is not
# fetched again at once by each customer who waits for it.
FETCH_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Breaker:
    """A source that may be queried now, with its state when that was decided."""

    operator: str
    source: str
    failures: int


@dataclass(frozen=True, slots=True)
class Issuers:
    """Circuit breakers per operator and source, distribution points, and fetch leases."""

    client: Any
    table: str

    def may_query(self, operator: str, source: str, now: datetime, rules: RevocationRules) -> Breaker | None:
        """The breaker if `source` (`ocsp`, `crl`) of `operator` may be queried at `now`; None while it is paused.

        One consistent read. After the pause exactly one caller is let through: the source stays paused for the
        others until that one calls `worked` or `failed`.
        """
        key = _key("BREAKER", f"{operator}#{source}")
        item = dynamo.get(self.client, self.table, key)
        failures = dynamo.read_number(item, "failures") if item else 0
        breaker = Breaker(operator, source, failures)
        if item is None or failures < rules.breaker_failures:
            return breaker
        rested = dynamo.read_millis(item, "resting_until")
        if rested > now:
            return None
        try:
            dynamo.update_once(
                self.client,
                self.table,
                key,
                "resting_until = :rested AND failures = :failures",
                {
                    ":until": dynamo.millis(now + rules.breaker_rest),
                    ":rested": dynamo.millis(rested),
                    ":failures": dynamo.number(failures),
                },
                sets="resting_until = :until",
            )
        except ConditionFailed:
            return None
        return breaker

    def record_failure(self, breaker: Breaker, now: datetime, rules: RevocationRules) -> None:
        """The server gave no response: one more consecutive failure."""
        dynamo.add_once(
            self.client,
            self.table,
            _key("BREAKER", f"{breaker.operator}#{breaker.source}"),
            {
                ":until": dynamo.millis(now + rules.breaker_rest),
                ":one": dynamo.number(1),
            },
            adds="failures :one",
            sets="resting_until = :until",
        )

    def record_success(self, breaker: Breaker) -> None:
        """The server responded, whatever it said: reset its failures. Writes only where there were some."""
        if not breaker.failures:
            return
        self.client.update_item(
            TableName=self.table,
            Key=_key("BREAKER", f"{breaker.operator}#{breaker.source}"),
            UpdateExpression="SET failures = :none",
            ExpressionAttributeValues={":none": dynamo.number(0)},
        )

    def remember(self, issuer_key_digest: str, serial: int, status: Status, now: datetime) -> None:
        """Store that a responder stated REVOKED or ON_HOLD. A revocation stays, and a hold for a later time."""
        facts = {
            "stated": dynamo.text(status.value),
            "source": dynamo.text(status.source),
            "as_of": dynamo.instant(status.as_of or now),
            "revoked_at": dynamo.instant(status.revoked_at or status.as_of or now),
            "reason": dynamo.text(status.reason or "unspecified"),
            "ttl": dynamo.epoch(now + RULES["revocation statuses"]),
        }
        names = {name: name for name in facts}
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in facts)
        condition = "attribute_not_exists(pk) OR (#stated = :hold AND (#as_of <= :as_of OR :stated <> :hold))"
        values = {f":{name}": value for name, value in facts.items()} | {":hold": dynamo.text(StatusValue.ON_HOLD)}
        key = _status_key(issuer_key_digest, serial)
        with suppress(ConditionFailed):
            dynamo.update(self.client, self.table, key, expression, condition, values, **names)

    def known(self, certificates: Iterable[tuple[str, int]], points: Iterable[Point]) -> "Known":
        """What `remember` stored of certificates (issuer's key digest, serial), and when `may_fetch` allows each
        list next, in one strongly consistent read."""
        keys = known_keys(certificates, points)
        return known_in(dynamo.get_many(self.client, self.table, keys))

    def ensure_point(self, point: Point, now: datetime) -> None:
        """Have the watch read `point` from now on. One consistent read; a write only the first time."""
        key = _key("POINT", point.id)
        if dynamo.get(self.client, self.table, key) is not None:
            return
        facts = {
            "address": dynamo.text(point.url),
            "operator_id": dynamo.text(point.operator),
            "issuer_key_digest": dynamo.text(point.issuer_key_digest),
            "since": dynamo.instant(now),
        }
        expression = "SET " + ", ".join(f"{name} = :{name}" for name in facts)
        values = {f":{name}": value for name, value in facts.items()}
        with suppress(ConditionFailed):  # another certificate of the same list, a moment earlier
            dynamo.update(self.client, self.table, key, expression, "attribute_not_exists(pk)", values)

    def begin_watch(self, point: Point, now: datetime) -> None:
        """Record that registrations are searched from `now` on: a later registration has to query again first.

        Without it a certificate found good before the list changed could be registered right after the look.
        """
        try:
            dynamo.update(
                self.client,
                self.table,
                _key("POINT", point.id),
                "SET watched_from = :now",
                "attribute_exists(pk)",
                {":now": dynamo.instant(now)},
            )
        except ConditionFailed:
            return  # a list of CAs: no registration waits for it

    def end_watch(self, point: Point, lists: Iterable[AppliedList]) -> None:
        """Record that every change up to these lists of the address was applied to registrations."""
        values = {":lists": dynamo.as_json([each.to_map() for each in lists])}
        with suppress(ConditionFailed):  # a list of CAs: no registration is on it
            key = _key("POINT", point.id)
            dynamo.update(self.client, self.table, key, "SET applied = :lists", "attribute_exists(pk)", values)

    def no_watch_since(self, status: RecordedStatus) -> list[dict[str, Any]]:
        """The checks, for a transaction, that no watch of a list began since `status` was queried."""
        return [
            {
                "ConditionCheck": {
                    "TableName": self.table,
                    "Key": _key("POINT", point),
                    "ConditionExpression": "attribute_not_exists(watched_from) OR watched_from < :asked",
                    "ExpressionAttributeValues": {":asked": dynamo.instant(status.asked_at)},
                }
            }
            for point in status.points
        ]

    def points(self) -> Iterator[Point]:
        """Every distribution point of a registered certificate, strongly consistent."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :point",
            ExpressionAttributeValues={":point": dynamo.text("POINT")},
        )
        for page in pages:
            for item in page["Items"]:
                names = ("issuer_key_digest", "address", "operator_id")
                yield Point(*(dynamo.read_text(item, name) for name in names))

    def may_fetch(self, point: Point, now: datetime) -> bool:
        """Whether the caller may fetch the list at `point` now; no other may for FETCH_PAUSE."""
        try:
            dynamo.update_once(
                self.client,
                self.table,
                _key("FETCH", point.id),
                "attribute_not_exists(next_at) OR next_at <= :now",
                {":next": dynamo.millis(now + FETCH_PAUSE), ":now": dynamo.millis(now)},
                sets="next_at = :next",
            )
        except ConditionFailed:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of certificates and the lists that may name them: what a responder stated of each, and when
    the list at each address (by the point's id) may be fetched next; one that was never fetched is missing."""

    stated: Mapping[str, Status]
    next_fetches: Mapping[str, datetime]

    def stated_of(self, issuer_key_digest: str, serial: int) -> Status | None:
        """What a responder stated of a certificate."""
        return self.stated.get(_status_name(issuer_key_digest, serial))


def known_keys(certificates: Iterable[tuple[str, int]], points: Iterable[Point]) -> list[dict[str, dict[str, str]]]:
    """The keys of the items that `known_in` reads, each once."""
    ids = dict.fromkeys(point.id for point in points)
    return [_status_key(*each) for each in dict.fromkeys(certificates)] + [_key("FETCH", each) for each in ids]


def known_in(items: Iterable[dynamo.Item]) -> Known:
    """What the items of `known_keys` say, those that exist, in any order."""
    stated = {}
    next_fetches = {}
    for item in items:
        name = dynamo.read_text(item, "sk")
        if dynamo.read_text(item, "pk") == "FETCH":
            next_fetches[name] = dynamo.read_millis(item, "next_at")
        else:
            stated[name] = Status(
                StatusValue(dynamo.read_text(item, "stated")),
                dynamo.read_text(item, "source"),
                as_of=dynamo.read_instant(item, "as_of"),
                revoked_at=dynamo.read_instant(item, "revoked_at"),
                reason=dynamo.read_text(item, "reason"),
            )
    return Known(stated, next_fetches)


def point_key(point_id: str) -> dict[str, dict[str, str]]:
    """The key of a distribution point's item."""
    return _key("POINT", point_id)


def applied_lists(item: dynamo.Item) -> list[AppliedList]:
    """The lists of a point that were applied to registrations last; none before the first."""
    return [AppliedList.from_map(each) for each in dynamo.read_json(item, "applied")] if "applied" in item else []


def _key(kind: str, name: str) -> dict[str, dict[str, str]]:
    return {"pk": dynamo.text(kind), "sk": dynamo.text(name)}


def _status_key(issuer_key_digest: str, serial: int) -> dict[str, dict[str, str]]:
    return _key("STATUS", _status_name(issuer_key_digest, serial))


def _status_name(issuer_key_digest: str, serial: int) -> str:
    return f"{issuer_key_digest}#{serial:x}"
