"""Two of the staff block a registration for good, and its key for everybody; called directly, under IAM.

{"step": "propose" or "confirm", "customer_id": …, "registration_id": …, "staff_id": …, "reason": …}

Who confirms is another than who proposed; the write that blocks says so itself.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.entry.clock import now
from registrar.entry.command import Command, command
from registrar.entry.log import audit
from registrar.entry.views import registration_view

registrations = stores.registrations()


@command
def lambda_handler(asked: Command) -> dict[str, Any]:
    step = asked.fields.text("step", "propose|confirm")
    at = now()
    found = registrations.get(asked.customer_id, asked.registration_id)
    if step == "propose":
        found = registrations.propose_block(found.customer_id, found.id, asked.staff_id, asked.reason, at)
        audit("block.proposed", **asked.facts)
    else:
        found = registrations.block(found, asked.staff_id, at)
        audit("registration.blocked", **asked.facts)
    return registration_view(found, "en", at)
