"""How many permissions there are, and what is tried of them: `python -m tools.checks.permission_figures --save`.

Without `--save` the table is printed; with it, it is written to docs/reliability.md.
"""

import sys

from tests.support.denials import holds, matrix, tried
from tests.support.grants import POWERS
from tests.support.iam import every_grant
from tests.support.shape import FUNCTIONS
from tests.support.used_grants import claimed
from tools.checks.sections import with_section
from tools.cloud.emulator import ROOT

PAGE = ROOT / "docs/reliability.md"
BEGIN = "<!-- iam:begin -->\n"
END = "<!-- iam:end -->"


def table() -> str:
    """The figures, of the template as it is."""
    roles = [f"{name}Role" for name in FUNCTIONS]
    denied = [power for role in roles for power in matrix() if not holds(role, power)]
    called = sum(len(tried(role)) for role in roles)
    used = frozenset().union(*claimed().values())
    to_nobody = sum(len(roles) for power in POWERS if not power.holders)
    rows = [
        ("functions, each with a role of its own", len(roles)),
        ("actions that any role holds", len({power.action for power in matrix()})),
        ("pairs of action and resource in the matrix", len(matrix())),
        ("pairs of role and one of these that are denied, by the template", len(denied)),
        ("of these called with the role's credentials on the local cloud", called),
        ("denials of what no role holds, called there too", to_nobody),
        ("permissions (function, action, resource)", len(every_grant())),
        ("of these used by a test that fails when it no longer needs them", len(used)),
        ("tests named for that", len(claimed())),
        ("permissions that are kept for another reason, which is written down", len(every_grant() - used)),
    ]
    lines = [f"| {what} | {count:,} |" for what, count in rows]
    return "\n".join(["| what | number |", "| --- | ---: |", *lines])


def main() -> None:
    """Print the table, or write it."""
    if "--save" not in sys.argv[1:]:
        print(table())
        return
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_section(text, BEGIN, END, f"\n{table()}\n\n"), encoding="utf-8")


if __name__ == "__main__":
    main()
