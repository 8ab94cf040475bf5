"""What a check found: one line of a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from registrar.domain.reasons.codes import Code
from registrar.domain.times import iso


class Level(StrEnum):
    """How much a finding weighs: FAIL refuses, WARN and INFORM do not."""

    FAIL = "FAIL"
    WARN = "WARN"
    INFORM = "INFORM"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names the check, `code` stands in the catalogue, `params` fill its texts (times are datetimes)."""

    check: str
    level: Level
    code: Code
    params: Mapping[str, object] = field(default_factory=dict)

    def to_map(self) -> dict[str, object]:
        """The finding as JSON types: times as `2026-12-31T14:59:59Z`."""
        params = {name: iso(v) if isinstance(v, datetime) else v for name, v in self.params.items()}
        return {"check": self.check, "level": self.level.value, "code": self.code, "params": params}


def headline(findings: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The finding (as JSON types) that the customer reads first: the first failure, else the first warning."""
    ranked = sorted(findings, key=lambda finding: _RANK[finding["level"]])
    return ranked[0] if ranked else None


_RANK = {Level.FAIL: 0, Level.WARN: 1, Level.INFORM: 2}
