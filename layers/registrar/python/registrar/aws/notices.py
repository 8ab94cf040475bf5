"""The notices' table: each notice is claimed before it is sent, so a second run or a killed one sends no second.

Killed before sending: the lease ends and a later run sends it. Killed between sending and `sent`: at most one
repeat with the same notice id, since SNS takes no idempotency key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from registrar.aws import dynamo
from registrar.aws.registrations import Due
from registrar.domain.errors import ConditionFailed
from registrar.domain.expiry import NOTICE_LEASE

RETENTION = timedelta(days=400)
_LAST_RUN = {"id": dynamo.text("run:flag_expiring")}


class NoticeState(StrEnum):
    """CLAIMED until `lease_until`; SENT and DROPPED (nobody to tell, or sending failed too often) stay."""

    CLAIMED = "CLAIMED"
    SENT = "SENT"
    DROPPED = "DROPPED"


def notice_id(due: Due, threshold_days: int) -> str:
    """One notice per registration, end date and threshold."""
    return f"{due.registration_id}:{dynamo.instant(due.not_after)['S']}:{threshold_days}"


@dataclass(frozen=True, slots=True)
class Notices:
    """Claims on notices, and when the last run finished."""

    client: Any
    table: str

    def claim(self, notice: str, now: datetime) -> int:
        """Take the right to send `notice` until the lease ends; returns how often it was taken, this included.

        Raises ConditionFailed where it was sent, dropped, or is another run's.
        """
        item = dynamo.update(
            self.client,
            self.table,
            {"id": dynamo.text(notice)},
            "SET #state = :claimed, lease_until = :lease, #ttl = :ttl ADD sends :one",
            "attribute_not_exists(id) OR (#state = :claimed AND lease_until <= :now)",
            {
                ":claimed": dynamo.text(NoticeState.CLAIMED),
                ":lease": dynamo.instant(now + NOTICE_LEASE),
                ":now": dynamo.instant(now),
                ":one": dynamo.number(1),
                ":ttl": dynamo.epoch(now + RETENTION),
            },
            state="state",
            ttl="ttl",
        )
        return dynamo.read_number(item, "sends")

    def is_open(self, notice: str) -> bool:
        """Whether `notice` was claimed and its end is not noted yet."""
        item = dynamo.get(self.client, self.table, {"id": dynamo.text(notice)})
        return item is not None and dynamo.read_text(item, "state") == NoticeState.CLAIMED

    def close(self, notice: str, state: NoticeState, now: datetime) -> None:
        """Note how a claimed notice ended. Harmless where another run did so already."""
        try:
            dynamo.update(
                self.client,
                self.table,
                {"id": dynamo.text(notice)},
                "SET #state = :state, closed_at = :now REMOVE lease_until",
                "#state = :claimed",
                {
                    ":state": dynamo.text(state),
                    ":claimed": dynamo.text(NoticeState.CLAIMED),
                    ":now": dynamo.instant(now),
                },
                state="state",
            )
        except ConditionFailed:
            return

    def last_run(self) -> datetime | None:
        item = dynamo.get(self.client, self.table, _LAST_RUN)
        return dynamo.read_instant(item, "finished_at") if item else None

    def finish_run(self, now: datetime) -> None:
        """Move the window on; never backwards, however runs overlap."""
        try:
            dynamo.put(
                self.client,
                self.table,
                {**_LAST_RUN, "finished_at": dynamo.instant(now)},
                ConditionExpression="attribute_not_exists(id) OR finished_at < :now",
                ExpressionAttributeValues={":now": dynamo.instant(now)},
            )
        except ConditionFailed:
            return
