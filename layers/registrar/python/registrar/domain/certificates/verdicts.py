"""From a report on a certificate to the verdict on its upload."""

from registrar.domain.certificates.decision import Report
from registrar.domain.registrations.upload import Verdict


def verdict_of(report: Report, *, opened: bool = False) -> Verdict:
    """The verdict that follows from `report`; `opened` says that the key was opened from its container."""
    return Verdict(
        findings=report.findings,
        trust_version=report.trust_version,
        summary=report.summary,
        der=report.der,
        opened=opened and report.summary is not None,
    )
