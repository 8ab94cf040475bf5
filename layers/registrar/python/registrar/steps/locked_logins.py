"""Notify a customer when their login becomes locked by wrong passwords or codes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar.aws.queues.queue import Queue
from registrar.domain.access.throttles import Attempt
from registrar.domain.notices.notice import lock_notice


@dataclass(frozen=True, slots=True)
class LockedLogins:
    """The notice queue. A notice that it does not take is lost: the refusal goes out all the same."""

    notices: Queue

    def after_wrong_password(
        self, customer_id: str | None, budget: str, attempt: Attempt, now: datetime
    ) -> bool | None:
        """Queue the notice where this attempt is the one that locks; `customer_id` is None for an unknown name.

        Returns whether the queue took it, None where none is due. An unknown name makes the same calls.
        """
        if not attempt.allowed or attempt.retry_after is None:
            return None
        return self.queue(customer_id, budget, now + timedelta(seconds=attempt.retry_after))

    def queue(self, customer_id: str | None, budget: str, until: datetime) -> bool:
        """Queue the notice that logins are locked until `until`. Returns whether the queue took it."""
        return self.notices.try_send(lock_notice(customer_id, budget, until).message)
