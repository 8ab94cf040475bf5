"""An admin adds the bank's hold to a registration, or lifts it; called directly, under IAM.

{"customer_id": …, "registration_id": …, "hold": "on" or "off", "staff_id": …, "reason": …}
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.registrations.registration import Hold
from registrar.entry.clock import now
from registrar.entry.command import Command, command
from registrar.entry.log import audit
from registrar.entry.views import registration_view

registrations = stores.registrations()


@command
def lambda_handler(asked: Command) -> dict[str, Any]:
    hold = asked.fields.text("hold", "on|off")
    at = now()
    change = registrations.add_hold if hold == "on" else registrations.lift_hold
    registrations.get(asked.customer_id, asked.registration_id)
    found = change(asked.customer_id, asked.registration_id, Hold.BANK, at)
    audit(f"bank_hold.{hold}", **asked.facts)
    return registration_view(found, "en", at)
