"""Whose is a certificate: the one place that opens a customer's identification number, to compare and forget it."""

from dataclasses import dataclass

from registrar.aws.customers import Customers
from registrar.aws.keys import CustomerSecrets
from registrar.domain.errors import Refusal
from registrar.domain.vid import check_owner


@dataclass(frozen=True, slots=True)
class Owners:
    """Customers, with the key under which the bank keeps their identification numbers."""

    customers: Customers
    secrets: CustomerSecrets

    def check(self, customer_id: str, der: bytes, random_number: bytes | None) -> None:
        """Check that the certificate `der` was issued to the customer. Raises Refusal (OWNER_…).

        The number is opened only when there is an R to compare it with.
        """
        if random_number is None:
            raise Refusal("OWNER_UNVERIFIABLE")
        customer = self.customers.find(customer_id)
        if customer is None or customer.idn_ciphertext is None:
            raise Refusal("OWNER_UNVERIFIABLE")
        idn = self.secrets.open(customer_id, customer.idn_ciphertext).decode()
        check_owner(der, idn, random_number)
