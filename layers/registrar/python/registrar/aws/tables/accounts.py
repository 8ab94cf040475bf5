"""Customers with what is stored of them beside their session, in one read: what a password is checked against."""

from dataclasses import dataclass
from typing import Any

from registrar.aws import dynamo
from registrar.aws.tables import customers, sessions
from registrar.domain.access.customer import Customer
from registrar.domain.access.session import Standing


@dataclass(frozen=True, slots=True)
class Accounts:
    """Customers and their standing, by customer id."""

    client: Any
    customers: str
    sessions: str

    def find(self, customer_id: str) -> tuple[Customer | None, Standing]:
        """Both, strongly consistent. An unknown customer has the standing of a new one, after the same call."""
        keys = {self.customers: customers.key_of(customer_id), self.sessions: sessions.key_of(customer_id)}
        found = dict(dynamo.get_from(self.client, list(keys.items())))
        customer = found.get(self.customers)
        return customers.from_item(customer) if customer else None, sessions.standing_in(found.get(self.sessions))
