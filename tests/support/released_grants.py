"""What the roles of the last release allow, frozen in tests/fixtures/released_grants.json for the next release.

    python -m tests.support.released_grants     # once, when a release is made; never in between

All versions of a function have one role. Where releases go out step by step, the former version runs with the new
release's role until it is replaced, and after a rollback (docs/runbook.md, "Deploying a release", "Rollback").
"""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.support.shape import FUNCTIONS, as_list, statements

FILE = Path(__file__).parents[1] / "fixtures/released_grants.json"

Grants = Mapping[str, list[list[str]]]
"""Action, resource and condition (JSON), to the sets of attributes that may be named: an empty list is any."""


def released() -> Mapping[str, Grants]:
    """The grants of the last release's functions that have an alias."""
    content: dict[str, Grants] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def granted_now() -> dict[str, Grants]:
    """The same of this template."""
    return {name: _grants(name) for name, function in sorted(FUNCTIONS.items()) if "AutoPublishAlias" in function}


def missing(name: str, former: Grants) -> list[str]:
    """What the last release's role allowed a function, and its role does not allow now."""
    now = _grants(name)
    return [
        f"{grant}: {', '.join(attributes)}"
        for grant, sets in former.items()
        for attributes in sets
        if not any(not each or (attributes and set(each) >= set(attributes)) for each in now.get(grant, []))
    ]


def _grants(name: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for statement in statements(name):
        conditions = {kind: dict(values) for kind, values in statement.get("Condition", {}).items()}
        attributes = conditions.get("ForAllValues:StringEquals", {}).pop("dynamodb:Attributes", [])
        condition = {kind: values for kind, values in conditions.items() if values}
        where = "Resource" if "Resource" in statement else "NotResource"
        for action in as_list(statement["Action"]):
            for resource in as_list(statement[where]):
                named = " ".join(json.dumps(each, sort_keys=True) for each in (resource, condition))
                found.setdefault(f"{action} {where} {named}", []).append(sorted(attributes))
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(granted_now(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
