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


# Packages with the same tests share what one run of these shows.
_ACCESS = ("tests/domain/access", "tests/aws/test_throttles.py")
_CERTIFICATES = tuple(
    f"tests/domain/certificates/test_{name}.py"
    for name in (
        "certificate",
        "decision",
        "decision_codes",
        "decision_rules",
        "finding_order",
        "issuer_paths",
        "last_second",
        "path",
        "path_policies",
        "pss",
        "read_facts",
        "weak_keys",
    )
)
PACKAGES = {
    "throttles": Package(
        ["domain/access/throttles", "domain/access/cleared_budgets", "domain/access/devices"], _ACCESS
    ),
    "codes": Package(["domain/access/sms_codes", "domain/access/totp"], _ACCESS),
    "transitions": Package(
        ["domain/registrations/*"],
        ["tests/domain/registrations", "tests/aws/test_transitions.py", "tests/aws/test_kept_states.py"],
    ),
    "possession": Package(["domain/possession/*"], ["tests/domain/possession"]),
    "decision": Package(
        ["domain/certificates/decision", "domain/certificates/file_decision", "domain/certificates/verdicts"],
        _CERTIFICATES,
    ),
    "path": Package(
        ["domain/certificates/path", "domain/certificates/issuer_paths", "domain/certificates/pss"],
        _CERTIFICATES,
    ),
    "revocation": Package(["domain/revocation/*"], ["tests/domain/revocation"]),
    "conditions": Package(["aws/tables/*"], ["tests/aws"]),
}
