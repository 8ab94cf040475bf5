"""Applying what changed on an issuer's list to the registrations it names.

Each change is one conditional write and harmless when it is repeated: a registration that ended stays as it ended,
and holds of others stay beside the issuer's. Runs may overlap. A late one may add a hold that a newer
list has lifted: it finds that another list was recorded meanwhile, and applies the changes since its own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from registrar.aws.buckets.bucket import StoredObject
from registrar.aws.buckets.crl_indexes import CURRENT, WATCHED, CrlIndexes
from registrar.aws.dynamo import BATCH
from registrar.aws.tables.registrations import Registrations
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.watch import Step, issued_at, revoked_authorities, steps

_MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A change that hit a registration; `live` states whether it was live, and so was changed."""

    step: Step
    customer_id: str
    registration_id: str
    live: bool


def apply_changes(
    indexes: CrlIndexes,
    registrations: Registrations,
    point: Point,
    place: str,
    now: datetime,
    counts: Counter[str],
    *,
    whole: bool = False,
) -> Iterator[Hit]:
    """Apply the changes between the list processed last and the newest; yields those that hit a registration.

    `place` is one of `CrlIndexes.lists`. `whole` applies every entry of the newest, since registrations may have
    been restored to before they changed. Raises ConditionFailed where other runs record other lists each time.
    """
    if not whole and _is_noted(indexes, point, place):
        return
    applied: StoredObject | None = None
    for _ in range(_MOST_ATTEMPTS):
        noted = indexes.whole(point, place + WATCHED)
        newest = indexes.whole(point, place + CURRENT)
        if newest is None:
            return
        readable = noted if not whole and indexes.index(point, place + WATCHED) else None
        for before in (readable, applied) if applied else (readable,):
            found = steps(before.content if before else None, newest.content, counts)
            as_of = issued_at(newest.content)
            yield from _apply_steps(registrations, point.issuer_key_digest, found, as_of, now, counts)
        try:
            indexes.watched(point, place, newest.content, noted)
            return
        except ConditionFailed:
            applied = newest
    raise ConditionFailed


def authorities_on(indexes: CrlIndexes, point: Point, store: TrustStore) -> Sequence[tuple[Certificate, Entry]]:
    """The configured CAs on the newest lists, which may be replaced while they are read."""
    for _ in range(_MOST_ATTEMPTS):
        with suppress(ConditionFailed):
            return [
                found
                for _, index in indexes.lists(point)
                for found in revoked_authorities(store, point.issuer_key_digest, index.head, index.read)
            ]
    raise ConditionFailed


def _is_noted(indexes: CrlIndexes, point: Point, place: str) -> bool:
    newest = indexes.index(point, place + CURRENT)
    noted = indexes.index(point, place + WATCHED)
    return newest is not None and noted is not None and newest.etag == noted.etag


def _apply_steps(
    registrations: Registrations,
    issuer_key_digest: str,
    found: Iterator[tuple[Step, Entry]],
    as_of: datetime,
    now: datetime,
    counts: Counter[str],
) -> Iterator[Hit]:
    """Apply each step to the registration with its serial, if there is one; yields those.

    `counts` grows by the serials that were `looked_up` and by those that `hit`. No more than one batch is held in
    memory.
    """
    while batch := list(islice(found, BATCH)):
        by_serial = {f"{entry.serial:x}": (step, entry) for step, entry in batch}
        counts["looked_up"] += len(by_serial)
        owners = registrations.find_by_issuer_serial(issuer_key_digest, list(by_serial))
        for serial, (customer_id, registration_id) in owners.items():
            step, entry = by_serial[serial]
            counts["hit"] += 1
            live = _apply(registrations, step, entry, customer_id, registration_id, as_of, now)
            yield Hit(step, customer_id, registration_id, live)


def _apply(
    registrations: Registrations,
    step: Step,
    entry: Entry,
    customer_id: str,
    registration_id: str,
    as_of: datetime,
    now: datetime,
) -> bool:
    try:
        match step:
            case Step.REVOKED:
                reason = entry.reason or "unspecified"
                registrations.revoke(customer_id, registration_id, reason, entry.revoked_at, now)
            case Step.HELD:
                registrations.hold_by_issuer(customer_id, registration_id, as_of, now)
            case Step.STILL_HELD:
                registrations.hold_by_issuer(customer_id, registration_id, as_of, now, unless_good_since=True)
            case Step.LIFTED:
                registrations.lift_by_issuer(customer_id, registration_id, as_of, now, by_next_list=True)
    except ConditionFailed:
        return False
    return True
