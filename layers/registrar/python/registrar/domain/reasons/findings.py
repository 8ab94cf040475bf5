"""What a check found: one line of a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from registrar.domain.reasons.catalogue import reason
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from registrar.domain.times import instant, iso


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
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_map(self) -> dict[str, object]:
        """The finding as JSON types: times as `2026-12-31T14:59:59Z`."""
        params = {name: iso(v) if isinstance(v, datetime) else v for name, v in self.params.items()}
        return {"check": self.check, "level": self.level.value, "code": self.code, "params": params}

    @classmethod
    def from_map(cls, stored: Mapping[str, Any]) -> "Finding":
        """The inverse of `to_map`. Raises KeyError where a value is missing, ValueError for an unknown code."""
        params = {name: _param(name, value) for name, value in stored["params"].items()}
        return cls(stored["check"], Level(stored["level"]), Code(stored["code"]), params)


def consistent(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without those that tell the customer to continue, where another refuses."""
    found = tuple(findings)
    if not any(finding.level is Level.FAIL for finding in found):
        return found
    return tuple(each for each in found if each.level is Level.FAIL or not _lets_continue(each.code))


def _lets_continue(code: Code) -> bool:
    return reason(code).next_action is NextAction.CONTINUE


def headline(findings: Iterable[Finding]) -> Finding | None:
    """The finding that the customer reads first: the first failure, else the first warning."""
    return min(findings, key=lambda finding: _RANK[finding.level], default=None)


def _param(name: str, value: object) -> object:
    """A parameter as it was before it was stored: `_on` and `_at` end the names of times."""
    return instant(value) if name.endswith(("_on", "_at")) and isinstance(value, str) else value


_RANK = {Level.FAIL: 0, Level.WARN: 1, Level.INFORM: 2}
