"""The verdict on a signature: any failure makes it invalid, an unknown status only leaves it undetermined."""

import pytest

from registrar.domain.possession.verification import Verdict, verdict_on
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Finding, Level

UNKNOWN = [
    Code.REVOCATION_UNAVAILABLE,
    Code.REVOCATION_STALE,
    Code.REVOCATION_ANSWER_INVALID,
    Code.REVOCATION_NO_LONGER_STATED,
]


def warning(code: Code) -> Finding:
    return Finding("revocation", Level.WARN, code)


FAILURE = Finding("signature", Level.FAIL, Code.CERT_EXPIRED)


def test_nothing_found_is_valid() -> None:
    assert verdict_on([]) is Verdict.VALID
    assert verdict_on([warning(Code.CERT_EXPIRES_SOON)]) is Verdict.VALID


@pytest.mark.parametrize("code", UNKNOWN)
def test_unknown_revocation_status_leaves_it_undetermined(code: Code) -> None:
    assert verdict_on([warning(Code.CERT_EXPIRES_SOON), warning(code)]) is Verdict.UNDETERMINED


@pytest.mark.parametrize("findings", [[FAILURE], [warning(Code.REVOCATION_STALE), FAILURE]])
def test_any_failure_is_invalid(findings: list[Finding]) -> None:
    assert verdict_on(findings) is Verdict.INVALID
