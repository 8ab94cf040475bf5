"""Recovery: replacement of a lost phone, authenticator app or device with passkeys, after the bank has identified
the customer itself.

– → PROPOSED (one person at the bank) → APPROVED (another one); in effect after a cooling-off period, during which
every method still works, the app shows it and the customer can cancel it (PROPOSED, APPROVED → deleted). Its effect
is computed on every read: no job has to run. (SP 800-63B-4 section 4.2; OWASP ASVS 5.0 6.4.4, 6.4.6)
"""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from registrar.domain.access.credentials import masked_phone
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.times import iso
from registrar.domain.two_persons import PROPOSAL_LIFE, check_second_person, same_person

COOLING_OFF = timedelta(hours=24)
"""How long the true owner of the old phone has to object."""
REENROLMENT = timedelta(days=7)
"""How long after that a code to the new phone is enough to enrol what was lost."""
PHONE = re.compile(r"\+82(10[0-9]{8}|1[16789][0-9]{7,8})")
"""Korean mobile numbers, E.164: codes are sent to no others (no premium or foreign numbers)."""
LOST = ("phone", "totp", "passkeys")
REASON = r"\S.{8,498}\S"
"""How the customer proved who they are, in 10 to 500 characters."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery: `lost` names what is removed (LOST). `phone` (E.164) receives the codes afterwards: a new
    number where the phone was lost, and only there.

    `proposed_by` and `approved_by` are two persons at the bank; `reason` says how they proved who the customer is.
    """

    id: str
    phone: str
    lost: tuple[str, ...]
    reason: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    applied: bool = False
    """Whether the customer's row already contains its effect, so that their later changes stay."""

    @property
    def effective_at(self) -> datetime | None:
        """When it takes effect; None before it is approved."""
        return self.approved_at + COOLING_OFF if self.approved_at else None

    def in_effect(self, now: datetime) -> bool:
        """Whether the new phone is valid and the lost methods are not."""
        return self.effective_at is not None and now >= self.effective_at

    def pending(self, now: datetime) -> bool:
        """Whether it is approved and cooling off: the app shows it, the customer can cancel it."""
        return self.effective_at is not None and now < self.effective_at

    def phone_after(self, current: str) -> str:
        """The number that receives codes once it is in effect, where `current` receives them now."""
        return self.phone if "phone" in self.lost else current

    def shown(self, customer_id: str, phone: str) -> dict[str, Any]:
        """What the second person reads and confirms; `phone` is the customer's number today."""
        return {
            "recovery_id": self.id,
            "customer_id": customer_id,
            "lost": list(self.lost),
            "phone": masked_phone(phone),
            "new_phone": self.phone if "phone" in self.lost else None,
            "reason": self.reason,
            "proposed_by": self.proposed_by,
            "proposed_at": iso(self.proposed_at),
            "expires_at": iso(self.proposed_at + PROPOSAL_LIFE),
        }

    def audited(self, customer_id: str, phone: str) -> dict[str, Any]:
        """What the audit log keeps of that: no number whole."""
        new_phone = masked_phone(self.phone) if "phone" in self.lost else None
        return {**self.shown(customer_id, phone), "new_phone": new_phone}

    def allows_enrolment(self, now: datetime) -> bool:
        """Whether the customer may enrol the lost methods again, with a code to the new phone."""
        return self.in_effect(now) and self.effective_at is not None and now < self.effective_at + REENROLMENT


def propose(
    phone: str | None, lost: tuple[str, ...], reason: str, staff: str, now: datetime, *, current: str
) -> Recovery:
    """A proposal, for another person to approve. `phone` is the new number, `current` the customer's today.

    Raises AdminStepRefused where a phone that was not lost would change, or a lost one has no new number.
    """
    if "phone" in lost:
        if phone is None:
            raise AdminStepRefused("a lost phone needs the number that replaces it")
    elif phone not in (None, current):
        raise AdminStepRefused("the phone changes only where the phone was lost: leave phone out")
    return Recovery(secrets.token_hex(16), phone or current, lost, reason, staff, now)


def proposal_of(recovery: Recovery | None, recovery_id: str) -> Recovery:
    """The proposal of this id, approved or not. Raises AdminStepRefused."""
    if recovery is None or recovery.id != recovery_id:
        raise AdminStepRefused("no such proposal")
    return recovery


def check_open(recovery: Recovery) -> None:
    """Raises AdminStepRefused where the proposal is approved."""
    if recovery.approved_at is not None:
        raise AdminStepRefused("approved already")


def approve(recovery: Recovery, staff: str, now: datetime) -> Recovery:
    """The proposal, approved by another person; the cooling-off period begins.

    One that this person approved before is returned as it is while it cools off: who got no response approves
    again. Raises AdminStepRefused.
    """
    if recovery.approved_by is not None and same_person(recovery.approved_by, staff) and recovery.pending(now):
        return recovery
    check_open(recovery)
    check_second_person(recovery.proposed_by, recovery.proposed_at, staff, now)
    return replace(recovery, approved_by=staff, approved_at=now)
