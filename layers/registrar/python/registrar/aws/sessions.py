"""The sessions' table: one row per customer, so a new session ends the old one in the same write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.errors import ConditionFailed, Refusal
from registrar.domain.sessions import Session


def to_item(session: Session) -> dict[str, dict[str, Any]]:
    return {
        "customer_id": dynamo.text(session.customer_id),
        "customer_kind": dynamo.text(session.customer_kind),
        "secret_digest": dynamo.binary(session.secret_digest),
        "method": dynamo.text(session.method),
        "proved_at": dynamo.instant(session.proved_at),
        "expires_at": dynamo.instant(session.expires_at),
    }


def from_item(item: dynamo.Item) -> Session:
    return Session(
        customer_id=dynamo.read_text(item, "customer_id"),
        customer_kind=dynamo.read_text(item, "customer_kind"),
        secret_digest=dynamo.read_bytes(item, "secret_digest"),
        method=dynamo.read_text(item, "method"),
        proved_at=dynamo.read_instant(item, "proved_at"),
        expires_at=dynamo.read_instant(item, "expires_at"),
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    """The live session of each customer.

    The row stays when a session is over: it remembers the last one-time code and the last challenge used, and
    refuses what is not later. So code and challenge count once, with one write and no transaction.
    """

    client: Any
    table: str

    def start(self, session: Session, *, totp_step: int, challenge_created_at: datetime) -> None:
        """Start the session, which uses up the code's step and the challenge.

        Raises Refusal: STEP_UP_EXPIRED where the challenge was used, STEP_UP_REUSED where only the code was.
        """
        try:
            self._put(session, totp_step, challenge_created_at)
        except ConditionFailed as failed:
            used = dynamo.read_millis(failed.items[0] or {}, "challenge_ms")
            raise Refusal("STEP_UP_EXPIRED" if used >= challenge_created_at else "STEP_UP_REUSED") from None

    def _put(self, session: Session, totp_step: int, challenge_created_at: datetime) -> None:
        dynamo.put(
            self.client,
            self.table,
            {
                **to_item(session),
                "totp_step": dynamo.number(totp_step),
                "challenge_ms": dynamo.millis(challenge_created_at),
            },
            ConditionExpression=(
                "attribute_not_exists(customer_id) OR (totp_step < :step AND challenge_ms < :challenge)"
            ),
            ExpressionAttributeValues={
                ":step": dynamo.number(totp_step),
                ":challenge": dynamo.millis(challenge_created_at),
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def find(self, customer_id: str) -> Session | None:
        item = dynamo.get(self.client, self.table, {"customer_id": dynamo.text(customer_id)})
        return from_item(item) if item else None
