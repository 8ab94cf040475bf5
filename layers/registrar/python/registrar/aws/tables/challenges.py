"""The challenges' table: every change of a challenge is one conditional write here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.challenge import MAX_TRIES, PROOF_LIFE, RETENTION, Challenge, ChallengeState, Operation
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal


def to_item(challenge: Challenge) -> dict[str, dict[str, Any]]:
    item: dict[str, dict[str, Any]] = {
        "id": dynamo.text(challenge.id),
        "customer_id": dynamo.text(challenge.customer_id),
        "customer_kind": dynamo.text(challenge.customer_kind),
        "operation": dynamo.text(challenge.operation),
        "object_id": dynamo.text(challenge.object_id),
        "methods": dynamo.text(" ".join(challenge.methods)),
        "created_ms": dynamo.millis(challenge.created_at),
        "expires_at": dynamo.instant(challenge.expires_at),
        "starts_session": {"BOOL": challenge.starts_session},
        "throttle": dynamo.text(challenge.throttle),
        "nonce": dynamo.text(challenge.nonce),
        "tries": dynamo.number(challenge.tries),
        "state": dynamo.text(challenge.state),
        "ttl": dynamo.epoch(challenge.created_at + RETENTION),
    }
    if challenge.devices is not None:
        item["devices"] = dynamo.binary(challenge.devices)
    if challenge.cleared is not None:
        item["cleared"] = dynamo.as_json(challenge.cleared)
    if challenge.strong_lost_at is not None:
        item["strong_lost_at"] = dynamo.instant(challenge.strong_lost_at)
    return item


def from_item(item: dynamo.Item) -> Challenge:
    return Challenge(
        id=dynamo.read_text(item, "id"),
        customer_id=dynamo.read_text(item, "customer_id"),
        customer_kind=dynamo.read_text(item, "customer_kind"),
        operation=Operation(dynamo.read_text(item, "operation")),
        object_id=dynamo.read_text(item, "object_id"),
        methods=tuple(dynamo.read_text(item, "methods").split()),
        created_at=dynamo.read_millis(item, "created_ms"),
        expires_at=dynamo.read_instant(item, "expires_at"),
        starts_session=bool(item["starts_session"]["BOOL"]),
        throttle=dynamo.read_text(item, "throttle"),
        nonce=dynamo.read_text(item, "nonce"),
        tries=dynamo.read_number(item, "tries"),
        state=ChallengeState(dynamo.read_text(item, "state")),
        sms_digest=dynamo.read_bytes(item, "sms_digest") if "sms_digest" in item else None,
        sms_expires_at=dynamo.read_instant(item, "sms_expires_at") if "sms_expires_at" in item else None,
        devices=dynamo.read_bytes(item, "devices") if "devices" in item else None,
        cleared=dynamo.read_json(item, "cleared") if "cleared" in item else None,
        strong_lost_at=dynamo.read_instant(item, "strong_lost_at") if "strong_lost_at" in item else None,
        method=dynamo.read_text(item, "method") if "method" in item else None,
        proved_at=dynamo.read_instant(item, "proved_at") if "proved_at" in item else None,
        used_for=dynamo.read_text(item, "used_for") if "used_for" in item else None,
    )


@dataclass(frozen=True, slots=True)
class Challenges:
    """Challenges by id."""

    client: Any
    table: str

    def add(self, challenge: Challenge) -> None:
        dynamo.put(self.client, self.table, to_item(challenge))

    def find(self, challenge_id: str) -> Challenge | None:
        item = dynamo.get(self.client, self.table, {"id": dynamo.text(challenge_id)})
        return from_item(item) if item else None

    def count_try(self, challenge_id: str, now: datetime) -> Challenge:
        """Take one try before anything is compared, and return the challenge with that try counted.

        Raises ConditionFailed where the challenge is unknown, expired, proved or has no try left; its `items` hold
        the row that stood in the way.
        """
        item = dynamo.update_once(
            self.client,
            self.table,
            {"id": dynamo.text(challenge_id)},
            "attribute_exists(id) AND #state = :open AND tries < :most AND expires_at > :now",
            {
                ":one": dynamo.number(1),
                ":open": dynamo.text(ChallengeState.OPEN),
                ":most": dynamo.number(MAX_TRIES),
                ":now": dynamo.instant(now),
            },
            adds="tries :one",
            state="state",
        )
        return from_item(item)

    def record_sms_code(
        self, challenge: Challenge, digest: bytes, code_expires_at: datetime, now: datetime
    ) -> None:
        """Record the code that was sent; it replaces an earlier one, which a refused or failed message does not.

        Raises Refusal (STEP_UP_EXPIRED) where the challenge is expired, proved or out of tries.
        """
        try:
            dynamo.update(
                self.client,
                self.table,
                {"id": dynamo.text(challenge.id)},
                "SET sms_digest = :digest, sms_expires_at = :ends",
                "#state = :open AND expires_at > :now AND tries < :most",
                {
                    ":digest": dynamo.binary(digest),
                    ":ends": dynamo.instant(code_expires_at),
                    ":open": dynamo.text(ChallengeState.OPEN),
                    ":now": dynamo.instant(now),
                    ":most": dynamo.number(MAX_TRIES),
                },
                state="state",
            )
        except ConditionFailed:
            raise Refusal(Code.STEP_UP_EXPIRED) from None

    def prove(self, challenge: Challenge, method: str, now: datetime) -> Challenge:
        """OPEN → PROVED by `method`. Of several correct responses at once, one succeeds.

        Raises Refusal (STEP_UP_EXPIRED) where the challenge is expired or proved.
        """
        try:
            item = dynamo.update_once(
                self.client,
                self.table,
                {"id": dynamo.text(challenge.id)},
                "#state = :open AND expires_at > :now",
                {
                    ":open": dynamo.text(ChallengeState.OPEN),
                    ":proved": dynamo.text(ChallengeState.PROVED),
                    ":method": dynamo.text(method),
                    ":now": dynamo.instant(now),
                },
                sets="#state = :proved, #method = :method, proved_at = :now",
                state="state",
                method="method",
            )
        except ConditionFailed:
            raise Refusal(Code.STEP_UP_EXPIRED) from None
        return from_item(item)

    def use(
        self, proof_id: str, customer_id: str, operation: Operation, object_id: str, used_for: str, now: datetime
    ) -> dict[str, dict[str, Any]]:
        """PROVED → USED as part of a transaction: the write that uses the proof up for `used_for`.

        It fails unless `Challenge.authorises` this customer, operation and object; the refusal is
        STEP_UP_REQUIRED.
        """
        update = {
            "TableName": self.table,
            "Key": {"id": dynamo.text(proof_id)},
            "UpdateExpression": "SET #state = :used, used_for = :for",
            "ConditionExpression": (
                "#state = :proved AND proved_at >= :oldest"
                " AND customer_id = :customer AND operation = :operation AND object_id = :object"
            ),
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":proved": dynamo.text(ChallengeState.PROVED),
                ":used": dynamo.text(ChallengeState.USED),
                ":for": dynamo.text(used_for),
                ":oldest": dynamo.instant(now - PROOF_LIFE),
                ":customer": dynamo.text(customer_id),
                ":operation": dynamo.text(operation),
                ":object": dynamo.text(object_id),
            },
        }
        return {"Update": update}
