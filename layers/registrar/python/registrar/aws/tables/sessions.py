"""The sessions' table: one row per customer, so a new session ends the old one in the same write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.aws import dynamo
from registrar.domain.access.cleared_budgets import Cleared
from registrar.domain.access.session import Session, Standing
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed, Refusal


def from_item(item: dynamo.Item) -> Session | None:
    """The session in a customer's row; None where it has ended."""
    if "secret_digest" not in item:
        return None
    return Session(
        customer_id=dynamo.read_text(item, "customer_id"),
        customer_kind=dynamo.read_text(item, "customer_kind"),
        secret_digest=dynamo.read_bytes(item, "secret_digest"),
        method=dynamo.read_text(item, "method"),
        proved_at=dynamo.read_instant(item, "proved_at"),
        expires_at=dynamo.read_instant(item, "expires_at"),
        seen_at=dynamo.read_instant(item, "seen_at"),
    )


def standing_in(item: dynamo.Item | None) -> Standing:
    """The standing in a customer's row; that of a new customer where there is none."""
    item = item or {}
    return Standing(
        locked="locked_at" in item,
        devices=dynamo.read_bytes(item, "devices") if "devices" in item else b"",
        cleared=dynamo.read_json(item, "cleared") if "cleared" in item else {},
        started_at=dynamo.read_instant(item, "proved_at") if "proved_at" in item else None,
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    """The live session of each customer.

    The item stays when a session has ended: it stores the last one-time code and the last login challenge used, and
    refuses what is not later; so each counts once, with one write and no transaction. It also knows the customer's
    devices, when their budgets of attempts were cleared, and whether they are locked out: so a start clears the
    attempts, and a lock ends the session, in the write that makes it.
    """

    client: Any
    table: str

    def find(self, customer_id: str) -> Session | None:
        item = dynamo.get(self.client, self.table, key_of(customer_id))
        return from_item(item) if item else None

    def standing(self, customer_id: str) -> Standing:
        """What is stored beside the session; an unknown customer is like a new one."""
        return standing_in(dynamo.get(self.client, self.table, key_of(customer_id)))

    def start(
        self,
        session: Session,
        *,
        challenge_created_at: datetime,
        totp_step: int | None = None,
        devices: bytes | None = None,
        cleared: Cleared | None = None,
    ) -> Session | None:
        """Start the session, which uses up the login challenge and the code's step; returns the one it ends, as
        far as it is known.

        `devices` and `cleared` replace the known ones where given. Raises Refusal: STEP_UP_EXPIRED where this or a
        newer challenge was used or the customer is locked out, STEP_UP_REUSED where only the code was used.
        """
        values: dict[str, dict[str, Any]] = {
            "customer_kind": dynamo.text(session.customer_kind),
            "secret_digest": dynamo.binary(session.secret_digest),
            "method": dynamo.text(session.method),
            "proved_at": dynamo.instant(session.proved_at),
            "expires_at": dynamo.instant(session.expires_at),
            "seen_at": dynamo.instant(session.seen_at),
            "challenge_ms": dynamo.millis(challenge_created_at),
            **({"totp_step": dynamo.number(totp_step)} if totp_step is not None else {}),
            **({"devices": dynamo.binary(devices)} if devices is not None else {}),
            **({"cleared": dynamo.as_json(cleared)} if cleared is not None else {}),
        }
        condition = _NOT_USED if totp_step is None else f"{_NOT_USED} AND {_LATER_STEP}"
        try:
            old = dynamo.update_once(
                self.client,
                self.table,
                key_of(session.customer_id),
                condition,
                {f":{name}": value for name, value in values.items()},
                sets=", ".join(f"#{name} = :{name}" for name in values),
                returns="ALL_OLD",
                **{name: name for name in values},
            )
        except ConditionFailed as failed:
            used = _is_used(failed.items[0] or {}, challenge_created_at)
            raise Refusal(Code.STEP_UP_EXPIRED if used else Code.STEP_UP_REUSED) from None
        before = from_item(old)
        if not _is_used(old, challenge_created_at):
            return before
        # A repeat finds what its first try wrote. Which session that ended is not known any more.
        if before is None or before.secret_digest != session.secret_digest:
            raise Refusal(Code.STEP_UP_EXPIRED)
        return None

    def use_code(self, customer_id: str, totp_step: int) -> None:
        """Use up a one-time code for anything but a login. Raises Refusal (STEP_UP_REUSED)."""
        try:
            dynamo.update_once(
                self.client,
                self.table,
                key_of(customer_id),
                f"attribute_exists(customer_id) AND {_LATER_STEP}",
                {":totp_step": dynamo.number(totp_step)},
                sets="#totp_step = :totp_step",
                totp_step="totp_step",
            )
        except ConditionFailed:
            raise Refusal(Code.STEP_UP_REUSED) from None

    def record_code(self, customer_id: str, totp_step: int) -> None:
        """Record a one-time code that confirmed a new authenticator app as used (RFC 6238 section 5.2).

        Harmless where a code of this time step or a later one was used, be it of the app before.
        """
        try:
            dynamo.update(
                self.client,
                self.table,
                key_of(customer_id),
                "SET #totp_step = :totp_step",
                _LATER_STEP,
                {":totp_step": dynamo.number(totp_step)},
                returns="NONE",
                totp_step="totp_step",
            )
        except ConditionFailed:
            return

    def lock(self, customer_id: str, now: datetime) -> None:
        """Lock a customer out, which ends the session and every open login, in one write."""
        dynamo.change(
            self.client,
            self.table,
            key_of(customer_id),
            "SET locked_at = :now REMOVE secret_digest",
            {":now": dynamo.instant(now)},
        )

    def unlock(self, customer_id: str) -> None:
        """Let a customer log in again; harmless where they are not locked out, or have no row."""
        try:
            dynamo.update(
                self.client,
                self.table,
                key_of(customer_id),
                "REMOVE locked_at",
                "attribute_exists(locked_at) AND customer_id = :id",
                {":id": dynamo.text(customer_id)},
            )
        except ConditionFailed:
            return


_NOT_USED = (
    "attribute_not_exists(locked_at) AND (attribute_not_exists(challenge_ms) OR challenge_ms < :challenge_ms)"
)
_LATER_STEP = "(attribute_not_exists(#totp_step) OR #totp_step < :totp_step)"


def _is_used(item: dynamo.Item, challenge_created_at: datetime) -> bool:
    used = "challenge_ms" in item and dynamo.read_millis(item, "challenge_ms") >= challenge_created_at
    return used or "locked_at" in item


def key_of(customer_id: str) -> dict[str, dict[str, str]]:
    return {"customer_id": dynamo.text(customer_id)}
