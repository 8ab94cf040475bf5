"""The last check of an upload: query the revocation status and record it; query again later where there is none."""

from dataclasses import dataclass
from datetime import datetime

from registrar.aws.tables.registrations import Registrations
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.decision import decide_on
from registrar.domain.certificates.summary import Summary
from registrar.domain.certificates.trust import Purpose, TrustStore
from registrar.domain.reasons.findings import Level
from registrar.domain.registrations.registration import successor_of
from registrar.domain.registrations.upload import Checking, Deferred, Upload
from registrar.domain.revocation.distribution_points import points_of
from registrar.domain.revocation.findings import finding_of, given_up, next_try
from registrar.domain.revocation.status import Status, StatusValue, recorded
from registrar.net.limits import Limits
from registrar.steps.status_checks import StatusChecks, StatusQuery


@dataclass(frozen=True, slots=True)
class RevocationStep:
    """Uploads being checked, the sources to query, the customer's registrations; `bank` is the bank's own OU."""

    checks: UploadChecks
    statuses: StatusChecks
    registrations: Registrations
    bank: str

    def settle(
        self, upload: Checking | Deferred, store: TrustStore, now: datetime, limits: Limits
    ) -> tuple[Upload, Status | None]:
        """Query, and save the result: returns the changed upload, and the status where it was queried.

        Raises ConditionFailed where another query finished a moment earlier.
        """
        certificate = read_certificate(upload.der)
        report = decide_on(certificate, store, upload.customer_kind, now, bank=self.bank)
        summary = report.summary
        if summary is None:
            return self.checks.reject(upload, report.findings), None
        by_path = store.issuers_of(certificate, summary.issuer_key_digest, now)
        issuers = tuple(issuer for issuer in by_path if issuer.operator.id == summary.operator)
        issuer = issuers[0]
        rules = store.rules.revocation
        query = StatusQuery(certificate, issuers, store, rules.max_age[Purpose.REGISTERING], now, limits)
        status, of_authority = self.statuses.check(query)
        renewed = status.value is StatusValue.REVOKED and self._renewed(upload, summary)
        finding = finding_of(status, issuer.operator.name, of_authority=of_authority, renewed=renewed)
        if finding is None:
            points = points_of(certificate, issuer.certificate.key_digest, issuer.operator)
            for point in points:
                self.statuses.issuers.ensure_point(point, now)  # from now on the watch reads its list
            good = recorded(status, query.max_age, now, tuple(point.id for point in points))
            return self.checks.accept(upload, report.findings, good, now), status
        if finding.level is Level.FAIL:
            return self.checks.reject(upload, (*report.findings, finding)), status
        since = upload.deferred_at or now
        due = next_try(since, now, rules.retries)
        end = since + rules.retries[-1]
        if due is None:
            over = given_up(issuer.operator.name)
            return self.checks.reject(upload, (*report.findings, over)), status
        # First, so that it is the headline: a warning about the certificate is nothing to wait for.
        return self.checks.defer(upload, (finding, *report.findings), due, end, now), status

    def _renewed(self, upload: Upload, summary: Summary) -> bool:
        held = self.registrations.of_customer(upload.customer_id)
        return successor_of(summary.operator, summary.kind, summary.not_before, held) is not None
