"""A proposal to block a registration for good, and its confirmation by another person of the staff."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from registrar.domain.times import iso
from registrar.domain.two_persons import PROPOSAL_LIFE, check_read, check_second_person


@dataclass(frozen=True, slots=True)
class BlockProposal:
    """A proposal of `proposed_by`; each has an id of its own."""

    id: str
    customer_id: str
    registration_id: str
    reason: str
    proposed_by: str
    proposed_at: datetime

    @property
    def shown(self) -> dict[str, str]:
        """What the second person reads."""
        return {
            "proposal_id": self.id,
            "customer_id": self.customer_id,
            "registration_id": self.registration_id,
            "reason": self.reason,
            "proposed_by": self.proposed_by,
            "proposed_at": iso(self.proposed_at),
            "expires_at": iso(self.proposed_at + PROPOSAL_LIFE),
        }

    def confirmed(self, digest: str, staff: str, now: datetime) -> "ConfirmedBlock":
        """The confirmation by another person, who read it. Raises AdminStepRefused."""
        check_second_person(self.proposed_by, self.proposed_at, staff, now)
        check_read(self.shown, digest)
        return ConfirmedBlock(self, staff)


@dataclass(frozen=True, slots=True)
class ConfirmedBlock:
    """A proposal that another person confirmed: only BlockProposal.confirmed makes one."""

    proposal: BlockProposal
    confirmed_by: str


def propose_block(customer_id: str, registration_id: str, staff: str, reason: str, now: datetime) -> BlockProposal:
    """A new proposal."""
    return BlockProposal(secrets.token_hex(16), customer_id, registration_id, reason, staff, now)
