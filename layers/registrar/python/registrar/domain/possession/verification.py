"""The verdict on a signature that was made elsewhere. Standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from registrar.domain.certificates.summary import Summary
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.revocation.status import Status

_UNDETERMINED = frozenset(
    {
        Code.REVOCATION_UNAVAILABLE,
        Code.REVOCATION_STALE,
        Code.REVOCATION_ANSWER_INVALID,
        Code.REVOCATION_NO_LONGER_STATED,
    }
)


class Verdict(StrEnum):
    """UNDETERMINED: nothing speaks against the signature, but the issuer gave no status that covers it."""

    VALID = "VALID"
    INVALID = "INVALID"
    UNDETERMINED = "UNDETERMINED"


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict with every finding; `status` where the issuer was queried, `summary` where it was accepted."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    trust_version: int
    summary: Summary | None = None
    status: Status | None = None


def verdict_on(findings: Sequence[Finding]) -> Verdict:
    """The verdict that follows from all findings."""
    if any(finding.level is Level.FAIL for finding in findings):
        return Verdict.INVALID
    return Verdict.UNDETERMINED if any(f.code in _UNDETERMINED for f in findings) else Verdict.VALID
