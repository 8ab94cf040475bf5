"""An admin adds the bank's hold to a registration, or lifts it, by the documents Hold and Lift.

Fields: customer_id, registration_id, reason.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.registrations.registration import Hold
from registrar.entry.clock import now
from registrar.entry.command import Command, command
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view

executions = stores.executions()
registrations = stores.registrations()


@command(executions.find, Hold={"hold": "on"}, Lift={"hold": "off"})
def lambda_handler(asked: Command) -> dict[str, Any]:
    hold = asked.fields.text("hold", "on|off")
    at = now()
    named = asked.customer_id, asked.registration_id
    if hold == "off" and registrations.find(*named) is None:
        return _lift_from_person(asked)
    change = registrations.add_hold if hold == "on" else registrations.lift_hold
    registrations.get(*named)
    found = change(*named, Hold.BANK, at)
    audit(f"bank_hold.{hold}", **asked.facts)
    return registration_view(found, "en", at)


def _lift_from_person(asked: Command) -> dict[str, Any]:
    """Lift the hold that follows the person from a registration that a restore lost.

    Raises Refusal (REG_NOT_FOUND) where there is none.
    """
    try:
        registrations.release_person(asked.customer_id, asked.registration_id)
    except ConditionFailed:
        raise Refusal(Code.REG_NOT_FOUND) from None
    audit("bank_hold.off", **asked.facts)
    return {"registration_id": asked.registration_id, "lost": True}
