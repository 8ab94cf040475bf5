"""The customers' table: written by the bank; this service changes only customers' credentials."""

import base64
from dataclasses import dataclass
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.credentials import Passkey
from registrar.domain.access.customer import Customer, Pending
from registrar.domain.access.recovery import Recovery
from registrar.domain.times import instant, iso


def to_item(customer: Customer) -> dict[str, dict[str, Any]]:
    return {
        "id": dynamo.text(customer.id),
        "kind": dynamo.text(customer.kind),
        "name": dynamo.text(customer.name),
        "language": dynamo.text(customer.language),
        "password_hash": dynamo.text(customer.password_hash),
        **({"idn_ciphertext": dynamo.binary(customer.idn_ciphertext)} if customer.idn_ciphertext else {}),
        **{name: value for name, value in _ours(customer).items() if value is not None},
        "channels": dynamo.text(",".join(customer.channels)),
        **({"mail": dynamo.text(customer.mail)} if customer.mail else {}),
        **({"push_endpoint": dynamo.text(customer.push_endpoint)} if customer.push_endpoint else {}),
    }


def from_item(item: dynamo.Item) -> Customer:
    passkeys = dynamo.read_json(item, "passkeys") if "passkeys" in item else []
    return Customer(
        id=dynamo.read_text(item, "id"),
        kind=dynamo.read_text(item, "kind"),
        name=dynamo.read_text(item, "name"),
        language=dynamo.read_text(item, "language"),
        phone=dynamo.read_text(item, "phone"),
        password_hash=dynamo.read_text(item, "password_hash"),
        totp_ciphertext=dynamo.read_bytes(item, "totp_ciphertext") if "totp_ciphertext" in item else None,
        idn_ciphertext=dynamo.read_bytes(item, "idn_ciphertext") if "idn_ciphertext" in item else None,
        passkeys=tuple(_passkey(each) for each in passkeys),
        passkey_removed_at=(
            dynamo.read_instant(item, "passkey_removed_at") if "passkey_removed_at" in item else None
        ),
        pending=_pending(dynamo.read_json(item, "pending")) if "pending" in item else None,
        recovery=_recovery(dynamo.read_json(item, "recovery")) if "recovery" in item else None,
        recovered_at=dynamo.read_instant(item, "recovered_at") if "recovered_at" in item else None,
        version=dynamo.read_number(item, "version") if "version" in item else 0,
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
        item = dynamo.get(self.client, self.table, key_of(customer_id))
        return from_item(item) if item else None

    def change(self, customer: Customer) -> dict[str, dict[str, Any]]:
        """The write that changes a customer as read to `customer`, for a transaction.

        It fails where the customer changed meanwhile. What is the bank's is not touched.
        """
        values = _ours(customer) | {"version": dynamo.number(customer.version + 1)}
        sets = [f"{name} = :{name}" for name, value in values.items() if value is not None]
        removes = [name for name, value in values.items() if value is None]
        expression = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
        known = "version = :was" if customer.version else "attribute_not_exists(version)"
        was = {":was": dynamo.number(customer.version)} if customer.version else {}
        update = {
            "TableName": self.table,
            "Key": key_of(customer.id),
            "UpdateExpression": expression,
            "ConditionExpression": f"attribute_exists(id) AND {known}",
            "ExpressionAttributeValues": {f":{n}": v for n, v in values.items() if v is not None} | was,
        }
        return {"Update": update}

    def save(self, customer: Customer) -> None:
        """Write the change. Raises ConditionFailed where the customer changed meanwhile."""
        dynamo.transact(self.client, [self.change(customer)])


def key_of(customer_id: str) -> dict[str, dict[str, str]]:
    return {"id": dynamo.text(customer_id)}


def _ours(customer: Customer) -> dict[str, dict[str, Any] | None]:
    """The attributes that this service writes; None for one that is not there."""
    passkeys = [_from_passkey(each) for each in customer.passkeys]
    pending = customer.pending
    recovery = customer.recovery
    removed_at = customer.passkey_removed_at
    return {
        "phone": dynamo.text(customer.phone),
        "totp_ciphertext": dynamo.binary(customer.totp_ciphertext) if customer.totp_ciphertext else None,
        "passkeys": dynamo.as_json(passkeys) if passkeys else None,
        "passkey_removed_at": dynamo.instant(removed_at) if removed_at else None,
        "pending": dynamo.as_json(_from_pending(pending)) if pending else None,
        "recovery": dynamo.as_json(_from_recovery(recovery)) if recovery else None,
        "recovered_at": dynamo.instant(customer.recovered_at) if customer.recovered_at else None,
    }


def _from_passkey(passkey: Passkey) -> dict[str, Any]:
    return {
        "credential_id": _b64(passkey.credential_id),
        "credential": _b64(passkey.credential),
        "counter": passkey.counter,
        "backup_eligible": passkey.backup_eligible,
        "name": passkey.name,
        "added_at": iso(passkey.added_at),
    }


def _passkey(stored: dict[str, Any]) -> Passkey:
    return Passkey(
        credential_id=base64.b64decode(stored["credential_id"]),
        credential=base64.b64decode(stored["credential"]),
        counter=stored["counter"],
        backup_eligible=stored["backup_eligible"],
        name=stored["name"],
        added_at=instant(stored["added_at"]),
    )


def _from_pending(pending: Pending) -> dict[str, Any]:
    return {
        "kind": pending.kind,
        "proof_id": pending.proof_id,
        "secret": _b64(pending.secret),
        "expires_at": iso(pending.expires_at),
        "phone": pending.phone,
        "tries": pending.tries,
    }


def _pending(stored: dict[str, Any]) -> Pending:
    secret = base64.b64decode(stored["secret"])
    expires_at = instant(stored["expires_at"])
    return Pending(**stored | {"secret": secret, "expires_at": expires_at})


def _from_recovery(recovery: Recovery) -> dict[str, Any]:
    return {
        "id": recovery.id,
        "phone": recovery.phone,
        "lost": list(recovery.lost),
        "reason": recovery.reason,
        "proposed_by": recovery.proposed_by,
        "proposed_at": iso(recovery.proposed_at),
        "approved_by": recovery.approved_by,
        "approved_at": iso(recovery.approved_at) if recovery.approved_at else None,
        "applied": recovery.applied,
    }


def _recovery(stored: dict[str, Any]) -> Recovery:
    approved_at = instant(stored["approved_at"]) if stored["approved_at"] else None
    proposed_at = instant(stored["proposed_at"])
    lost = tuple(stored["lost"])
    return Recovery(**stored | {"lost": lost, "proposed_at": proposed_at, "approved_at": approved_at})


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
