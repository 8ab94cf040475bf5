"""Recovery: replacement of a lost phone or authenticator app, after the bank has identified the customer itself.

– → PROPOSED (one person at the bank) → APPROVED (another one); in effect after a cooling-off period, during which
every method still works, the app shows it and the customer can cancel it (PROPOSED, APPROVED → deleted). Its effect
is computed on every read: no job has to run. (SP 800-63B-4 section 4.2; OWASP ASVS 5.0 6.4.4, 6.4.6)
"""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registrar.domain.reasons.errors import AdminStepRefused

COOLING_OFF = timedelta(hours=24)
"""How long the true owner of the old phone has to object."""
REENROLMENT = timedelta(days=7)
"""How long after that a code to the new phone is enough to enrol what was lost."""
PROPOSAL_LIFE = timedelta(days=1)
PHONE = re.compile(r"\+82(10[0-9]{8}|1[16789][0-9]{7,8})")
"""Korean mobile numbers, E.164: codes are sent to no others (no premium or foreign numbers)."""
LOST = ("phone", "totp")
REASON = r"\S.{8,498}\S"
"""How the customer proved who they are, in 10 to 500 characters."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery: `phone` (E.164) receives the codes afterwards, `lost` names what is removed (phone, totp).

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

    def allows_enrolment(self, now: datetime) -> bool:
        """Whether the customer may enrol the lost methods again, with a code to the new phone."""
        return self.in_effect(now) and self.effective_at is not None and now < self.effective_at + REENROLMENT


def propose(phone: str, lost: tuple[str, ...], reason: str, staff: str, now: datetime) -> Recovery:
    """A proposal, for another person to approve."""
    return Recovery(secrets.token_hex(16), phone, lost, reason, staff, now)


def approve(recovery: Recovery | None, recovery_id: str, staff: str, now: datetime) -> Recovery:
    """The proposal, approved by another person; the cooling-off period begins. Raises AdminStepRefused."""
    if recovery is None or recovery.id != recovery_id or now - recovery.proposed_at > PROPOSAL_LIFE:
        raise AdminStepRefused("no such proposal, or older than a day")
    if recovery.approved_at is not None:
        raise AdminStepRefused("approved already")
    if recovery.proposed_by.casefold() == staff.casefold():
        raise AdminStepRefused("whoever proposed it cannot approve it")
    return replace(recovery, approved_by=staff, approved_at=now)
