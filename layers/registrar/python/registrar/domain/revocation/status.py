"""What an issuer says of one certificate, by OCSP (RFC 6960) or in a CRL (RFC 5280 section 5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """GOOD, REVOKED, ON_HOLD and UNKNOWN are the issuer's word; the others are the lack of one."""

    GOOD = "GOOD"
    REVOKED = "REVOKED"
    ON_HOLD = "ON_HOLD"
    UNKNOWN = "UNKNOWN"
    UNAVAILABLE = "UNAVAILABLE"
    STALE = "STALE"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True)
class Status:
    """One answer. `as_of` and `until` are thisUpdate and nextUpdate; `why` is a phrase for logs and admins.

    `revoked_at` and `reason` (as RFC 5280 5.3.1 names it, such as `keyCompromise`) come with REVOKED and ON_HOLD.
    """

    answer: Answer
    source: str
    as_of: datetime | None = None
    until: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    why: str = ""

    @property
    def definite(self) -> bool:
        """Whether the issuer spoke: then no other source is asked."""
        return self.answer in (Answer.GOOD, Answer.REVOKED, Answer.ON_HOLD, Answer.UNKNOWN)
