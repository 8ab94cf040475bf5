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
        """The registration, held unless it has ended."""
        customer_id = registration.customer_id
        with suppress(ConditionFailed):  # it ended: nothing is left to hold
            self.registrations.add_hold(customer_id, registration.id, Hold.CUSTOMER, now)
        return self.registrations.get(customer_id, registration.id)

    def hold_all(self, customer_id: str, now: datetime) -> list[Registration]:
        """All live registrations of the customer, held."""
        found = self.registrations.of_customer(customer_id)
        return [self.hold(each, now) for each in found if each.lifecycle_at(now) is Lifecycle.LIVE]
