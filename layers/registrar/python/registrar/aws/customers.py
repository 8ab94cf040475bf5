"""The customers' table: written by the bank, read by this service."""

from dataclasses import dataclass
from typing import Any

from registrar.aws import dynamo
from registrar.domain.customers import Customer


def to_item(customer: Customer) -> dict[str, dict[str, Any]]:
    return {
        "id": dynamo.text(customer.id),
        "kind": dynamo.text(customer.kind),
        "name": dynamo.text(customer.name),
        "language": dynamo.text(customer.language),
        "phone": dynamo.text(customer.phone),
        "password_hash": dynamo.text(customer.password_hash),
        "totp_ciphertext": dynamo.binary(customer.totp_ciphertext),
        **({"idn_ciphertext": dynamo.binary(customer.idn_ciphertext)} if customer.idn_ciphertext else {}),
        "channels": dynamo.text(",".join(customer.channels)),
        **({"mail": dynamo.text(customer.mail)} if customer.mail else {}),
        **({"push_endpoint": dynamo.text(customer.push_endpoint)} if customer.push_endpoint else {}),
    }


def from_item(item: dynamo.Item) -> Customer:
    return Customer(
        id=dynamo.read_text(item, "id"),
        kind=dynamo.read_text(item, "kind"),
        name=dynamo.read_text(item, "name"),
        language=dynamo.read_text(item, "language"),
        phone=dynamo.read_text(item, "phone"),
        password_hash=dynamo.read_text(item, "password_hash"),
        totp_ciphertext=dynamo.read_bytes(item, "totp_ciphertext"),
        idn_ciphertext=dynamo.read_bytes(item, "idn_ciphertext") if "idn_ciphertext" in item else None,
        channels=tuple(dynamo.read_text(item, "channels").split(",")) if "channels" in item else ("sms",),
        mail=dynamo.read_text(item, "mail") if "mail" in item else None,
        push_endpoint=dynamo.read_text(item, "push_endpoint") if "push_endpoint" in item else None,
    )


@dataclass(frozen=True, slots=True)
class Customers:
    """Customers by id."""

    client: Any
    table: str

    def find(self, customer_id: str) -> Customer | None:
        item = dynamo.get(self.client, self.table, {"id": dynamo.text(customer_id)})
        return from_item(item) if item else None
