"""Applying a revocation status to a registration: ended, held, no longer held, or confirmed good."""

from contextlib import suppress
from datetime import datetime

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import Hold, Registration, Revocation
from registrar.domain.revocation.status import Status, StatusValue


def apply_status(registrations: Registrations, found: Registration, status: Status, now: datetime) -> Registration:
    """The registration after `status` (GOOD, REVOKED or ON_HOLD) was applied.

    A hold that was stated for the same or a later time than a good status stays. Raises ConditionFailed where the
    registration ended otherwise, ValueError for another status or one without a time.
    """
    named = found.customer_id, found.id
    as_of = status.as_of
    if as_of is None:
        raise ValueError("a status without a time")
    match status.value:
        case StatusValue.REVOKED:
            reason = status.reason or "unspecified"
            return registrations.revoke(*named, reason, status.revoked_at or now, now)
        case StatusValue.ON_HOLD:
            return registrations.hold_by_issuer(*named, as_of, now)
        case StatusValue.GOOD:
            if Hold.ISSUER in found.holds:
                with suppress(ConditionFailed):
                    registrations.lift_by_issuer(*named, as_of, now)
            return registrations.record_revocation_status(*named, Revocation(as_of, status.source))
    raise ValueError(f"{status.value} changes no registration")
