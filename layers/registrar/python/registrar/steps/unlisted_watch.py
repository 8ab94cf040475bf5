"""The watch of certificates that no list covers: the responder is queried about each, and its status applied.

No list covers a certificate that names none at an accepted address: it was registered on OCSP alone.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from registrar.aws.tables.registrations import Registrations
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.trust import Purpose, TrustStore
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import Lifecycle, Registration
from registrar.domain.revocation.status import Status, StatusValue
from registrar.net.limits import Limits
from registrar.steps.applying_status import apply_status
from registrar.steps.status_checks import StatusChecks, StatusQuery

_APPLIED = (StatusValue.GOOD, StatusValue.REVOKED, StatusValue.ON_HOLD)


@dataclass(frozen=True, slots=True)
class UnlistedWatch:
    """The registrations and the sources to query."""

    registrations: Registrations
    statuses: StatusChecks

    def watch(self, found: Registration, store: TrustStore, now: datetime, limits: Limits) -> StatusValue | None:
        """Query a live registration's status and apply it; None where none was obtained (or its issuer is no longer
        configured)."""
        status = self._status(found, store, now, limits)
        if status is None or status.value not in _APPLIED:
            return None
        with suppress(ConditionFailed):  # it ended meanwhile
            apply_status(self.registrations, found, status, now)
        return status.value

    def find(self, customer_id: str, registration_id: str, now: datetime) -> Registration | None:
        """The registration, where it is still live."""
        found = self.registrations.find(customer_id, registration_id)
        return found if found and found.lifecycle_at(now) is Lifecycle.LIVE else None

    def _status(self, found: Registration, store: TrustStore, now: datetime, limits: Limits) -> Status | None:
        certificate = read_certificate(found.der)
        issuers = store.issuers_of(certificate, found.issuer_key_digest, now)
        if not issuers:
            return None
        max_age = store.rules.revocation.max_age[Purpose.REGISTERING]
        query = StatusQuery(certificate, issuers, store, max_age, now, limits)
        status, of_authority = self.statuses.check(query)
        return None if of_authority else status


def is_overdue(found: Registration, store: TrustStore, now: datetime) -> bool:
    """Whether the last good status is too old even to register on."""
    rules = store.rules.revocation
    limit = rules.max_age[Purpose.REGISTERING] + rules.skew
    return found.revocation is None or found.revocation.as_of + limit < now
