"""Loss reports: a customer's hold on one registration, or on all that are live."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration


@dataclass(frozen=True, slots=True)
class LossReports:
    """The registrations that a report suspends. Repeating it changes nothing; an ended one stays as it is."""

    registrations: Registrations

    def hold(self, registration: Registration, now: datetime) -> Registration:
        """The registration, held unless it has ended.

        Raises RuntimeError where it is live and not held, since other changes came between at each try: the report
        must be repeated, never taken for done.
        """
        customer_id = registration.customer_id
        with suppress(ConditionFailed):  # it ended, or the last look below says otherwise
            self.registrations.add_hold(customer_id, registration.id, Hold.CUSTOMER, now)
        found = self.registrations.get(customer_id, registration.id)
        if found.lifecycle_at(now) is Lifecycle.LIVE and Hold.CUSTOMER not in found.holds:
            raise RuntimeError(f"a loss report did not take effect: {found.id}")
        return found

    def hold_all(self, customer_id: str, now: datetime) -> list[Registration]:
        """All live registrations of the customer, held. Raises as `hold`, after the others are held."""
        held = []
        failed: list[RuntimeError] = []
        for each in self.registrations.of_customer(customer_id):
            if each.lifecycle_at(now) is Lifecycle.LIVE:
                try:
                    held.append(self.hold(each, now))
                except RuntimeError as error:
                    failed.append(error)
        if failed:
            raise failed[0]
        return held
