"""One person at the bank proposes to block a registration for good, and its key for everybody (ProposeBlock).

Fields: customer_id, registration_id, reason. Nothing is blocked until another person confirms, through another
document and function (docs/runbook.md, "Two persons").
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.registrations.block_proposal import propose_block
from registrar.entry.clock import now
from registrar.entry.command import Command, command
from registrar.entry.log import audit

executions = stores.executions()
registrations = stores.registrations()


@command(executions.find, ProposeBlock={})
def lambda_handler(asked: Command) -> dict[str, Any]:
    at = now().replace(microsecond=0)
    registrations.get(asked.customer_id, asked.registration_id)
    proposal = propose_block(asked.customer_id, asked.registration_id, asked.staff_id, asked.reason, at)
    registrations.propose_block(proposal, at)
    audit("block.proposed", **asked.facts, proposal_id=proposal.id)
    return proposal.shown
