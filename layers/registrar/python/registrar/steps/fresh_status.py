"""A registration's revocation status, queried now and within the maximum age for transactions of high value."""

from dataclasses import dataclass
from datetime import datetime

from registrar.aws.buckets.trust_bucket import TrustBucket
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.trust import Issuer, Purpose
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.registration import Registration
from registrar.domain.revocation.status import Status, StatusValue
from registrar.net.limits import Limits
from registrar.steps.status_checks import StatusChecks, StatusQuery


@dataclass(frozen=True, slots=True)
class FreshStatus:
    """GOOD, REVOKED or ON_HOLD, for a certificate of `issuer` under the trust document `trust_version`."""

    status: Status
    issuer: Issuer
    trust_version: int


@dataclass(frozen=True, slots=True)
class FreshStatuses:
    """The issuers' sources, under the active trust document."""

    trust: TrustBucket
    statuses: StatusChecks

    def query(self, found: Registration, at: datetime, limits: Limits) -> FreshStatus:
        """The fresh status. Raises Refusal where there is none (REVOCATION_NOT_CONFIRMED), the CA is not accepted
        now (TRUST_ISSUER_NOT_ACCEPTED_NOW), or a CA above the certificate is not good (TRUST_CA_REVOKED)."""
        store = self.trust.active(at)
        certificate = read_certificate(found.der)
        issuers = store.issuers_of(certificate, found.issuer_key_digest, at)
        if not any(issuer.accepted_at(at) for issuer in issuers):
            raise Refusal(Code.TRUST_ISSUER_NOT_ACCEPTED_NOW, issuer=found.issuer)
        max_age = store.rules.revocation.max_age[Purpose.HIGH_VALUE]
        status, of_authority = self.statuses.check(StatusQuery(certificate, issuers, store, max_age, at, limits))
        if of_authority and status.definite:
            raise Refusal(Code.TRUST_CA_REVOKED, issuer=found.issuer)
        if status.value not in (StatusValue.GOOD, StatusValue.REVOKED, StatusValue.ON_HOLD):
            raise Refusal(Code.REVOCATION_NOT_CONFIRMED, retry_after=30, issuer=found.issuer)
        return FreshStatus(status, status.path or issuers[0], store.version)
