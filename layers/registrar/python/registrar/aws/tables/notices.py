"""The notices' table: each notice is claimed before it is sent, and arrives once after repeated deliveries.

Killed before sending: the lease ends, the queue redelivers the message, and it is sent. Killed between sending
and SENT: it is sent once more with the same notice id, since no channel takes an idempotency key, and never a third
time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from registrar.aws import dynamo
from registrar.domain.notices.notice import MOST_SENDS, NOTICE_LEASE
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.retention import RULES

RETENTION = RULES["notices"]


class NoticeState(StrEnum):
    """CLAIMED until `lease_until`; SENT and DROPPED (no recipient, or no longer true) are final."""

    CLAIMED = "CLAIMED"
    SENT = "SENT"
    DROPPED = "DROPPED"


@dataclass(frozen=True, slots=True)
class Notices:
    """Claims on notices, by notice id."""

    client: Any
    table: str

    def is_closed(self, notice: str) -> bool:
        """Whether `notice` was sent or dropped."""
        item = dynamo.get(self.client, self.table, {"id": dynamo.text(notice)})
        return item is not None and dynamo.read_text(item, "state") != NoticeState.CLAIMED

    def claim(self, notices: Sequence[str], now: datetime) -> bool:
        """Take the right to send these notices until the lease ends; whether all of them were free.

        Holds none of them where another delivery holds or has closed one. Raises ConditionFailed, and holds none,
        where one may have been sent MOST_SENDS times.
        """
        claimed: list[str] = []
        for notice in notices:
            try:
                self._claim(notice, now)
            except ConditionFailed as failed:
                self.release(claimed, now)
                if _may_have_been_sent_too_often(failed.items[0] or {}, now):
                    raise
                return False
            claimed.append(notice)
        return True

    def _claim(self, notice: str, now: datetime) -> None:
        dynamo.update_once(
            self.client,
            self.table,
            {"id": dynamo.text(notice)},
            "attribute_not_exists(id) OR (#state = :claimed AND lease_until <= :now AND sends < :most)",
            {
                ":claimed": dynamo.text(NoticeState.CLAIMED),
                ":lease": dynamo.instant(now + NOTICE_LEASE),
                ":now": dynamo.instant(now),
                ":one": dynamo.number(1),
                ":most": dynamo.number(MOST_SENDS),
                ":ttl": dynamo.epoch(now + RETENTION),
            },
            adds="sends :one",
            sets="#state = :claimed, lease_until = :lease, #ttl = :ttl",
            state="state",
            ttl="ttl",
        )

    def release(self, notices: Sequence[str], now: datetime) -> None:
        """Release claims that were taken at `now`, under which certainly nothing was sent.

        Repeating it changes nothing, and it takes back no other delivery's claim: the condition names the lease.
        """
        for notice in notices:
            try:
                dynamo.update(
                    self.client,
                    self.table,
                    {"id": dynamo.text(notice)},
                    "SET lease_until = :now ADD sends :less",
                    "#state = :claimed AND lease_until = :lease",
                    {
                        ":now": dynamo.instant(now),
                        ":lease": dynamo.instant(now + NOTICE_LEASE),
                        ":less": dynamo.number(-1),
                        ":claimed": dynamo.text(NoticeState.CLAIMED),
                    },
                    state="state",
                )
            except ConditionFailed:
                continue

    def close(self, notices: Sequence[str], state: NoticeState, now: datetime) -> None:
        """Record the result of claimed notices. Harmless where another delivery did so already."""
        for notice in notices:
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
                continue


def _may_have_been_sent_too_often(row: dynamo.Item, now: datetime) -> bool:
    """Whether a claim was refused although no delivery holds it."""
    return "lease_until" in row and dynamo.read_instant(row, "lease_until") <= now
