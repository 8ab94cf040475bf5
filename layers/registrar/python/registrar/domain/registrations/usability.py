"""Whether a registered certificate may be used now for a purpose, as far as the bank knows. No issuer is queried.

Usable is: live, no hold, within its dates, and a good revocation status that is fresh enough for the purpose. The
status is that of the registration, or of the newest issuer's list that was applied to all registrations: what such
a list names has ended or is held.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from registrar.domain.certificates.trust import Purpose as StatusPurpose
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.registration import Registration, Revocation

LIST = "crl"
"""The source of a status that a list gave."""


class Purpose(StrEnum):
    """What a relying service needs the certificate for."""

    VIEW = "VIEW"
    NORMAL = "NORMAL"
    HIGH_VALUE = "HIGH_VALUE"


_FRESHNESS = {Purpose.NORMAL: StatusPurpose.REGISTERING, Purpose.HIGH_VALUE: StatusPurpose.HIGH_VALUE}
"""The bank's rule (trust document) for the age of a status; viewing needs no fresh one."""


@dataclass(frozen=True, slots=True)
class Known:
    """A registration, and the time for which the lists that were applied to registrations say that it is good."""

    registration: Registration
    list_as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last good revocation status; `max_age` is the oldest that the purpose allows, None for any."""

    status: Revocation | None
    max_age: timedelta | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Usability:
    """`reason` says why the certificate may not be used; `params` fill its texts."""

    known: Known | None
    reason: Code | None
    params: Mapping[str, object] = field(default_factory=dict)
    freshness: Freshness | None = None


def usability(
    known: Known | None, purpose: Purpose, max_ages: Mapping[StatusPurpose, timedelta], now: datetime
) -> Usability:
    """The status of a certificate, None being one that is not registered; `max_ages` are the bank's rules."""
    if known is None:
        return Usability(None, Code.NOT_REGISTERED)
    registration = known.registration
    freshness = _freshness(known, purpose, max_ages, now)
    reason = registration.reason_at(now)
    if reason is not None:
        params = {"expired_on": registration.not_after} if reason == Code.REG_EXPIRED else {}
        return Usability(known, Code(reason), params, freshness)
    if now < registration.not_before:
        params = {"valid_from_at": registration.not_before}
        return Usability(known, Code.CERT_NOT_YET_VALID, params, freshness)
    if not freshness.fresh:
        return Usability(known, Code.STATUS_OUTDATED, {}, freshness)
    return Usability(known, None, {}, freshness)


def _freshness(
    known: Known, purpose: Purpose, max_ages: Mapping[StatusPurpose, timedelta], now: datetime
) -> Freshness:
    status = known.registration.revocation
    if known.list_as_of is not None and (status is None or known.list_as_of > status.as_of):
        status = Revocation(known.list_as_of, LIST)
    if purpose is Purpose.VIEW:
        return Freshness(status, None, fresh=True)
    max_age = max_ages[_FRESHNESS[purpose]]
    return Freshness(status, max_age, fresh=status is not None and now - status.as_of <= max_age)
