"""The service's own steps, given one PKITS case: nothing here reads a CRL or decides on one.

PKITS's certificates name entries of a directory, or nothing (then the entry is the issuer's). Every entry holds
every CRL of the case: which of them apply is for the service to find out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.trust import Issuer, TrustStore
from registrar.domain.registrations.upload import Checking
from registrar.domain.revocation.status import Status
from registrar.steps.checking_revocation import RevocationStep
from registrar.steps.status_checks import StatusQuery
from tests.support.builders import an_upload_in
from tests.support.statuses import LIMITS, statuses_with

# The CRLs of 2010 run until 2030.
MAX_AGE = timedelta(days=40 * 366)


def status_of(
    certificate: Certificate, issuers: Sequence[Issuer], store: TrustStore, crls: Sequence[bytes], at: datetime
) -> Status:
    """The status of a certificate on these paths by `StatusChecks`, where these CRLs are in the directory."""
    with statuses_with(lambda _url: crls) as statuses:
        return statuses.check(StatusQuery(certificate, tuple(issuers), store, MAX_AGE, at, LIMITS))[0]


def settled(
    der: bytes, store: TrustStore, crls: Sequence[bytes], at: datetime
) -> tuple[str, Sequence[str], Status | None]:
    """What `RevocationStep` does with an upload of this certificate, the codes that it found, and the status."""
    with statuses_with(lambda _url: crls) as statuses:
        step = RevocationStep(cast("Any", _Verdicts()), statuses, cast("Any", _NoRegistrations()), "")
        upload = an_upload_in(Checking, der=der, findings=(), summary=None)
        verdict, status = step.settle(upload, store, at, LIMITS)
    outcome, findings = cast("tuple[str, Sequence[Any]]", verdict)
    return outcome, [finding.code for finding in findings], status


class _Verdicts:
    """A table of uploads that says what was decided."""

    def accept(self, _upload: object, findings: object, *_: object) -> tuple[str, object]:
        return "accepted", findings

    def reject(self, _upload: object, findings: object) -> tuple[str, object]:
        return "rejected", findings

    def defer(self, _upload: object, findings: object, *_: object) -> tuple[str, object]:
        return "deferred", findings


class _NoRegistrations:
    def of_customer(self, _customer_id: str) -> list[object]:
        return []
