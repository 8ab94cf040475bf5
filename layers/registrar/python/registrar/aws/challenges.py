"""The challenges' table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.challenges import MAX_TRIES, Challenge


def to_item(challenge: Challenge) -> dict[str, dict[str, Any]]:
    return {
        "id": dynamo.text(challenge.id),
        "customer_id": dynamo.text(challenge.customer_id),
        "customer_kind": dynamo.text(challenge.customer_kind),
        "totp_ciphertext": dynamo.binary(challenge.totp_ciphertext),
        "created_ms": dynamo.millis(challenge.created_at),
        "expires_at": dynamo.instant(challenge.expires_at),
        "tries": dynamo.number(challenge.tries),
        "ttl": dynamo.epoch(challenge.expires_at),
    }


def from_item(item: dynamo.Item) -> Challenge:
    return Challenge(
        id=dynamo.read_text(item, "id"),
        customer_id=dynamo.read_text(item, "customer_id"),
        customer_kind=dynamo.read_text(item, "customer_kind"),
        totp_ciphertext=dynamo.read_bytes(item, "totp_ciphertext"),
        created_at=dynamo.read_millis(item, "created_ms"),
        expires_at=dynamo.read_instant(item, "expires_at"),
        tries=dynamo.read_number(item, "tries"),
    )


@dataclass(frozen=True, slots=True)
class Challenges:
    """Login challenges by id."""

    client: Any
    table: str

    def add(self, challenge: Challenge) -> None:
        dynamo.put(self.client, self.table, to_item(challenge))

    def count_try(self, challenge_id: str, now: datetime) -> Challenge:
        """Take one try before anything is compared, and return the challenge with that try counted.

        Raises ConditionFailed where the challenge is unknown, over or has no try left.
        """
        item = dynamo.update(
            self.client,
            self.table,
            {"id": dynamo.text(challenge_id)},
            "ADD tries :one",
            "attribute_exists(id) AND tries < :most AND expires_at > :now",
            {":one": dynamo.number(1), ":most": dynamo.number(MAX_TRIES), ":now": dynamo.instant(now)},
        )
        return from_item(item)

    def find(self, challenge_id: str) -> Challenge | None:
        item = dynamo.get(self.client, self.table, {"id": dynamo.text(challenge_id)})
        return from_item(item) if item else None
