"""Which modules are mutated, package by package, and by which tests they are to be killed."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.mutants.mutant import PACKAGE

CONSTANTS = ("tests/template/test_periods.py", "tests/template/test_retention.py")
"""They compare the constants of all packages with the texts of documents."""


@dataclass(frozen=True, slots=True)
class Package:
    """`modules` are patterns below `registrar`, without `.py`; `tests` are files and folders of the project."""

    modules: Sequence[str]
    tests: Sequence[str]

    def names(self) -> list[str]:
        """The modules, by their names for Python."""
        paths = sorted(path for each in self.modules for path in PACKAGE.glob(f"registrar/{each}.py"))
        found = [str(path.relative_to(PACKAGE).with_suffix("")).replace("/", ".") for path in paths]
        return [name for name in found if not name.endswith("__init__")]


PACKAGES = {
    "throttles": Package(
        ["domain/access/throttles", "domain/access/cleared_budgets", "domain/access/devices"],
        ["tests/domain/access", "tests/aws/test_throttles.py"],
    ),
    "codes": Package(["domain/access/sms_codes", "domain/access/totp"], ["tests/domain/access"]),
    "transitions": Package(
        ["domain/registrations/*"],
        ["tests/domain/registrations", "tests/aws/test_transitions.py", "tests/aws/test_kept_states.py"],
    ),
    "possession": Package(["domain/possession/*"], ["tests/domain/possession"]),
    "decision": Package(
        ["domain/certificates/decision", "domain/certificates/file_decision", "domain/certificates/verdicts"],
        ["tests/domain/certificates"],
    ),
    "path": Package(
        ["domain/certificates/path", "domain/certificates/issuer_paths", "domain/certificates/pss"],
        ["tests/domain/certificates"],
    ),
    "revocation": Package(["domain/revocation/*"], ["tests/domain/revocation"]),
    "conditions": Package(["aws/tables/*"], ["tests/aws"]),
}
