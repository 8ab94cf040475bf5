"""Re-evaluation: decides again on live registrations under a new trust document.

One that fails is held by the bank, never ended: a policy that was a mistake can be taken back, and the next
re-evaluation lifts what an earlier one held. A hold by a person of the bank stays as it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from registrar.domain.certificates.decision import decide_certificate
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.findings import Level
from registrar.domain.registrations.registration import REEVALUATION, Hold, Lifecycle, Registration


class Change(StrEnum):
    """The change to make to a registration."""

    HOLD = "hold"
    LIFT = "lift"


@dataclass(frozen=True, slots=True)
class Judged:
    """A live registration, the codes of the checks that it fails now, and what follows; None where nothing does."""

    registration_id: str
    operator: str
    codes: tuple[Code, ...]
    change: Change | None

    def to_map(self) -> dict[str, Any]:
        """As it stands in a plan."""
        return {
            "registration_id": self.registration_id,
            "operator": self.operator,
            "change": self.change,
            "codes": list(self.codes),
        }


def judge(registration: Registration, trust: TrustStore, now: datetime, bank: str) -> Judged | None:
    """Decide on a registration again, for its own kind of customer; warnings are ignored. None if it has ended.

    `bank` is the OU by which certificates name this bank.
    """
    if registration.lifecycle_at(now) is not Lifecycle.LIVE:
        return None
    report = decide_certificate(registration.der, trust, registration.kind, now, bank=bank)
    codes = tuple(sorted({finding.code for finding in report.findings if finding.level is Level.FAIL}))
    change = None
    if codes and Hold.BANK not in registration.holds:
        change = Change.HOLD
    elif not codes and registration.bank_hold_reason == REEVALUATION:
        change = Change.LIFT
    return Judged(registration.id, registration.operator, codes, change)


@dataclass(slots=True)
class Tally:
    """The figures of a plan. Codes and operators are of those to hold; one counts under each of its codes.

    `held_already` fail too, but the bank holds them.
    """

    looked_at: int = 0
    to_hold: int = 0
    to_lift: int = 0
    held_already: int = 0
    by_code: Counter[str] = field(default_factory=Counter)
    by_operator: Counter[str] = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        """Count a registration."""
        self.looked_at += 1
        self.to_lift += judged.change is Change.LIFT
        self.held_already += bool(judged.codes) and judged.change is None
        if judged.change is Change.HOLD:
            self.to_hold += 1
            self.by_code.update(judged.codes)
            self.by_operator[judged.operator] += 1

    def to_map(self) -> dict[str, Any]:
        """The figures as JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def total(tallies: Iterable[Mapping[str, Any]]) -> Tally:
    """The sum of tallies, each as `to_map` gave it."""
    found = Tally()
    for each in tallies:
        found.looked_at += each["looked_at"]
        found.to_hold += each["to_hold"]
        found.to_lift += each["to_lift"]
        found.held_already += each["held_already"]
        found.by_code.update(each["by_code"])
        found.by_operator.update(each["by_operator"])
    return found
