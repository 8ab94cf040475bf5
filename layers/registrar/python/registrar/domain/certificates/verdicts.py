"""From a report on a certificate to the verdict on its upload."""

from registrar.domain.certificates.decision import Report
from registrar.domain.registrations.upload import UploadState, Verdict


def verdict_of(report: Report, *, opened: bool = False) -> Verdict:
    """The verdict that follows from `report`; `opened` says that the key was opened from its container."""
    return Verdict(
        state=UploadState.REJECTED if report.summary is None else UploadState.CHECKING,
        findings=tuple(finding.to_map() for finding in report.findings),
        trust_version=report.trust_version,
        summary=report.summary.to_map() if report.summary else None,
        der=report.der,
        opened=opened and report.summary is not None,
    )
