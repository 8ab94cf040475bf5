"""How many permissions there are, and what is tried of them: `python -m tools.checks.permission_figures --save`.

Without `--save` the table is printed; with it, it is written to docs/reliability.md.
"""

import sys
from collections.abc import Collection

from tests.support.denials import holds, matrix
from tests.support.grants import POWERS, Power
from tests.support.iam import every_grant
from tests.support.shape import FUNCTIONS, RESOURCES
from tests.support.used_grants import claimed
from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT

PAGE = ROOT / "docs/reliability.md"
BEGIN = "<!-- iam:begin -->\n"
END = "<!-- iam:end -->"
IN_AWS_ONLY = frozenset({"PageBucket", "TrailBucket"})
"""Resources that the local cloud does not make: the conditions of the template leave them out there."""


def table() -> str:
    """The figures, of the template as it is."""
    roles = [f"{name}Role" for name in FUNCTIONS]
    denied = [power for role in roles for power in matrix() if not holds(role, power)]
    tried = [power for power in denied if not _is_of(power, IN_AWS_ONLY)]
    used = frozenset().union(*claimed().values())
    to_nobody = sum(len(roles) for power in POWERS if not power.holders)
    rows = [
        ("functions, each with a role of its own", len(roles)),
        ("actions that any role holds", len({power.action for power in matrix()})),
        ("pairs of action and resource in the matrix", len(matrix())),
        ("pairs of role and one of these that are denied, by the template", len(denied)),
        ("of these called with the role's credentials on the local cloud", len(tried)),
        ("denials of what no role holds, called there too", to_nobody),
        ("permissions (function, action, resource)", len(every_grant())),
        ("of these used by a test that fails when it no longer needs them", len(used)),
        ("tests named for that", len(claimed())),
        ("permissions that are kept for another reason, which is written down", len(every_grant() - used)),
    ]
    lines = [f"| {what} | {count:,} |" for what, count in rows]
    return "\n".join(["| what | number |", "| --- | ---: |", *lines])


def _is_of(power: Power, names: Collection[str]) -> bool:
    name = power.resource.partition("/")[0]
    return name in RESOURCES and name in names


def main() -> None:
    """Print the table, or write it."""
    if "--save" not in sys.argv[1:]:
        print(table())
        return
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_section(text, BEGIN, END, f"\n{table()}\n\n"), encoding="utf-8")


if __name__ == "__main__":
    main()
