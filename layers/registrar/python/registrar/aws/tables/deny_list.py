"""The deny list: keys that may not be registered or used again, in a table of its own.

    DENY#KEY#<id of the key>   the first registration it was denied for, why, since when

The id is that of `key_id` (domain/certificates/certificate.py), which is the same for every form in which a
certificate may hold the key. For a key that was registered before 2026-11-28 it is the digest of its
SubjectPublicKeyInfo, and a denial of such a key is written under both. A certificate has one key, so a denied key
denies every certificate that holds it. Items are written in the transaction that ends a registration and are never
deleted; the table is not restored with the registrations' table, so that restoring an earlier state there does not
allow a blocked certificate again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo

_PREFIX = "DENY#KEY#"


@dataclass(frozen=True, slots=True)
class DenyList:
    """Denied keys, by their ids."""

    client: Any
    table: str

    def absence(self, key_digest: str) -> dict[str, Any]:
        """The part of a transaction that fails where the key is denied."""
        check = {
            "TableName": self.table,
            "Key": key_of(key_digest),
            "ConditionExpression": "attribute_not_exists(id)",
        }
        return {"ConditionCheck": check}

    def denial(self, key_digest: str, registration_id: str, why: str, now: datetime) -> dict[str, Any]:
        """The part of a transaction that denies the key; an earlier denial is kept."""
        facts = {
            "registration_id": dynamo.text(registration_id),
            "why": dynamo.text(why),
            "denied_at": dynamo.instant(now),
        }
        return {
            "Update": {
                "TableName": self.table,
                "Key": key_of(key_digest),
                "UpdateExpression": "SET " + ", ".join(f"{n} = if_not_exists({n}, :{n})" for n in facts),
                "ExpressionAttributeValues": {f":{name}": value for name, value in facts.items()},
            }
        }


def key_of(key_digest: str) -> dict[str, dict[str, str]]:
    """The key of the item that denies a key."""
    return {"id": dynamo.text(f"{_PREFIX}{key_digest}")}


def key_denied(item: dynamo.Item) -> str:
    """The id of the key that an item denies."""
    return dynamo.read_text(item, "id").removeprefix(_PREFIX)


def denied_at(item: dynamo.Item) -> datetime:
    """Since when it denies the key."""
    return dynamo.read_instant(item, "denied_at")
