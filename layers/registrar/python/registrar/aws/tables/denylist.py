"""The deny list: keys that may not be registered or used again, in a table of its own.

    DENY#KEY#<sha256 of SPKI>   the first registration it was denied for, why, since when

A certificate has one key, so a denied key denies every certificate that holds it. Items are written in the
transaction that ends a registration and are never deleted; the table is not restored with the registrations'
table, so that restoring an earlier state there does not allow a blocked certificate again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo


@dataclass(frozen=True, slots=True)
class DenyList:
    """Denied keys, by the SHA-256 (hex) of their SubjectPublicKeyInfo."""

    client: Any
    table: str

    def denied(self, key_digests: Iterable[str]) -> dict[str, datetime]:
        """Those of `key_digests` that are denied, and since when; strongly consistent."""
        keys = [_key(digest) for digest in sorted(set(key_digests))]
        if len(keys) == 1:
            found = dynamo.get(self.client, self.table, keys[0])
            items = [found] if found else []
        else:
            items = list(dynamo.get_many(self.client, self.table, keys))
        return {
            dynamo.read_text(item, "id").removeprefix("DENY#KEY#"): dynamo.read_instant(item, "denied_at")
            for item in items
        }

    def absence(self, key_digest: str) -> dict[str, Any]:
        """The part of a transaction that fails where the key is denied."""
        check = {
            "TableName": self.table,
            "Key": _key(key_digest),
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
                "Key": _key(key_digest),
                "UpdateExpression": "SET " + ", ".join(f"{n} = if_not_exists({n}, :{n})" for n in facts),
                "ExpressionAttributeValues": {f":{name}": value for name, value in facts.items()},
            }
        }

    def deny(self, key_digest: str, registration_id: str, why: str, now: datetime) -> None:
        """Deny the key, whatever the state of its registration."""
        self.client.update_item(**self.denial(key_digest, registration_id, why, now)["Update"])


def _key(key_digest: str) -> dict[str, dict[str, str]]:
    return {"id": dynamo.text(f"DENY#KEY#{key_digest}")}
