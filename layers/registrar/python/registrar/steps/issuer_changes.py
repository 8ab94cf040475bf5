"""Applying what changed on an issuer's list to the registrations it names.

Each change is one conditional write and harmless when it is repeated or comes late: a registration that ended stays
as it ended, and holds of others stay beside the issuer's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from registrar.aws.dynamo import BATCH
from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import Hold
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.watch import Step


@dataclass(frozen=True, slots=True)
class Hit:
    """A change that met a registration; `live` says whether it was live and so was changed."""

    step: Step
    customer_id: str
    registration_id: str
    live: bool


def apply(
    registrations: Registrations,
    issuer_key_digest: str,
    found: Iterator[tuple[Step, Entry]],
    now: datetime,
    counts: Counter[str],
) -> Iterator[Hit]:
    """Apply each step to the registration with its serial, if there is one; yields those.

    `counts` grows by the serials that were `looked_up`. No more than one batch is held in memory.
    """
    while batch := list(islice(found, BATCH)):
        by_serial = {f"{entry.serial:x}": (step, entry) for step, entry in batch}
        counts["looked_up"] += len(by_serial)
        owners = registrations.find_by_issuer_serial(issuer_key_digest, list(by_serial))
        for serial, (customer_id, registration_id) in owners.items():
            step, entry = by_serial[serial]
            live = _apply(registrations, step, entry, customer_id, registration_id, now)
            yield Hit(step, customer_id, registration_id, live)


def _apply(
    registrations: Registrations, step: Step, entry: Entry, customer_id: str, registration_id: str, now: datetime
) -> bool:
    try:
        match step:
            case Step.REVOKED:
                reason = entry.reason or "unspecified"
                registrations.revoke(customer_id, registration_id, reason, entry.revoked_at, now)
            case Step.HELD:
                registrations.add_hold(customer_id, registration_id, Hold.ISSUER, now)
            case Step.LIFTED:
                registrations.lift_hold(customer_id, registration_id, Hold.ISSUER, now)
    except ConditionFailed:
        return False
    return True
