"""How fast queued notices are sent: never faster than SNS takes text messages.

SNS limits the parts of text messages a second for the whole account. One-time codes count against the same limit
and must not wait, so all notices of queues use at most NOTICES_SHARE of it. Each of the two queues has a part of
that for itself: MaximumConcurrency limits how many workers send from it at once, and each pauses after a message
until its own share of the second has passed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

EXPIRY_SHARE = 0.55
"""The part of the limit for the expiry run's notices: hours of them, every morning."""
URGENT_SHARE = 0.2
"""The part for all other queued notices: few, at any time."""
NOTICES_SHARE = EXPIRY_SHARE + URGENT_SHARE
"""The rest of the limit is for one-time codes."""
LONGEST_PAUSE = timedelta(seconds=10)
"""A batch of two messages ends within the function's 30 seconds, whatever the parameters of the stack are."""
SHORTEST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(minutes=15)
"""SQS delays a message by this at most."""
GIVE_UP = timedelta(hours=48)
"""A notice that channels throttled for so long, nights included, fails: it is a dead letter, with an alarm."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The parts of text messages that one worker may send in a second."""

    parts_a_second: float

    @classmethod
    def of(cls, account_limit: str, workers: str, share: float) -> Self:
        """One worker's pace: `account_limit` is SNS's limit in parts a second, of which the worker's queue has
        `share`; `workers` is how many send from that queue at once."""
        return cls(int(account_limit) * share / int(workers))

    def pause(self, parts: int, spent: timedelta) -> timedelta:
        """How long to wait after a message of `parts` parts that took `spent`; zero for push and mail."""
        share = timedelta(seconds=parts / self.parts_a_second)
        return min(max(share - spent, timedelta(0)), LONGEST_PAUSE)


def throttled_delay(throttled_for: timedelta) -> timedelta:
    """When to try a throttled notice again: about as long as it was throttled so far, which doubles each time.

    Half of it is random, so that notices that were throttled together do not come back together.
    """
    longest = min(max(throttled_for, SHORTEST_DELAY), LONGEST_DELAY)
    thousandths = 500 + secrets.randbelow(501)
    return longest * thousandths / 1000


def is_given_up(throttled_since: datetime | None, now: datetime) -> bool:
    """Whether a notice has been throttled for so long that an admin has to look."""
    return throttled_since is not None and now - throttled_since >= GIVE_UP
