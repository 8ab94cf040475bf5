"""The registration: a certificate its owner may use with this bank. Standard library only.

LIVE, then one terminal value that never changes. While LIVE, a set of holds, each put on and lifted by itself.

    LIVE → REVOKED_BY_ISSUER   CRL or OCSP; keyCompromise also denies the key
    LIVE → SUPERSEDED          its successor becomes LIVE, in the same transaction
    LIVE → DEREGISTERED        the customer; the same customer may register it again
    LIVE → BLOCKED             theft or fraud, two persons; the key is denied for good
    LIVE → EXPIRED             by the clock alone; never stored

What is true now is computed when read: a certificate past its end is EXPIRED even if no job ran, and one whose key
is denied is BLOCKED even if its row says LIVE. A table restored to an earlier moment does not undo ends and holds
either (kept_state.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.times import has_passed

EXPIRING = timedelta(days=30)
REEVALUATION = "reevaluation"
"""Why the bank holds it, where no person decided that: the only hold that a later re-evaluation lifts."""


class Lifecycle(StrEnum):
    """LIVE or a terminal value; EXPIRED is never stored."""

    LIVE = "LIVE"
    REVOKED_BY_ISSUER = Code.REVOKED_BY_ISSUER
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"
    DEREGISTERED = "DEREGISTERED"
    BLOCKED = "BLOCKED"


class Hold(StrEnum):
    """Who keeps a live registration from use: customer (loss report), bank, issuer (certificateHold)."""

    CUSTOMER = "customer"
    BANK = "bank"
    ISSUER = "issuer"


class View(StrEnum):
    """The status of a live registration as shown: not stored, but computed from holds and dates."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    HELD_BY_ISSUER = "HELD_BY_ISSUER"
    LIVE = "LIVE"


REASONS: Mapping[str, str] = {
    View.SUSPENDED: Code.REG_SUSPENDED,
    View.HELD_BY_ISSUER: Code.REG_HELD,
    Lifecycle.REVOKED_BY_ISSUER: Code.REG_REVOKED,
    Lifecycle.EXPIRED: Code.REG_EXPIRED,
    Lifecycle.SUPERSEDED: Code.REG_SUPERSEDED,
    Lifecycle.DEREGISTERED: Code.REG_DEREGISTERED,
    Lifecycle.BLOCKED: Code.REG_BLOCKED,
}
"""Why a registration may not be used, by its status."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """The last revocation status GOOD: `as_of` is its thisUpdate, `source` where it came from."""

    as_of: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Registration:
    """`issuer` and `policy` are names in ko and en; `proof` is the kind of its proof of possession.

    `end_reason` is the issuer's reason for a revocation (RFC 5280 5.3.1), `resume_nonce` the random part of the
    text that lifts the customer's hold, `bank_hold_reason` why the bank holds it where no person decided that,
    `held_since` when each hold was put on, `listed` whether the watch reads a list that would name it (else it
    queries the responder); `denied_at`, since when the key is on the deny list, is no part of the row. `key_digest`
    is the id of the key (`key_id` of its certificate; before 2026-11-28 the digest of its SubjectPublicKeyInfo),
    `issuing_bank` the code of a bank (issuing_banks.py).
    """

    id: str
    customer_id: str
    lifecycle: Lifecycle
    operator: str
    issuer: Mapping[str, str]
    name_masked: str
    kind: str
    policy: Mapping[str, str]
    serial: str
    fingerprint: str
    key_digest: str
    issuer_key_digest: str
    not_before: datetime
    not_after: datetime
    der: bytes
    registered_at: datetime
    proof: str
    consent_version: str
    expiry_flagged_at: datetime | None = None
    holds: frozenset[Hold] = frozenset()
    resume_nonce: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    revoked_at: datetime | None = None
    replaces: str | None = None
    superseded_by: str | None = None
    bank_hold_reason: str | None = None
    revocation: Revocation | None = None
    held_since: Mapping[Hold, datetime] = field(default_factory=dict)
    listed: bool = True
    denied_at: datetime | None = None
    issuing_bank: str | None = None

    def lifecycle_at(self, now: datetime) -> Lifecycle:
        """The lifecycle at `now`."""
        if self.lifecycle is not Lifecycle.LIVE:
            return self.lifecycle
        if self.denied_at:
            return Lifecycle.BLOCKED
        return Lifecycle.EXPIRED if has_passed(self.not_after, now) else Lifecycle.LIVE

    def usable_at(self, now: datetime) -> bool:
        """Whether a transaction may use the certificate at `now`, as far as its row shows."""
        return self.lifecycle_at(now) is Lifecycle.LIVE and not self.holds and now >= self.not_before

    def lost_at(self, now: datetime) -> datetime | None:
        """Since when it cannot be used, for whatever reason: a hold, its end, a denied key. None where it can."""
        expired_at = self.not_after if has_passed(self.not_after, now) else None
        times = (*self.held_since.values(), self.ended_at, self.denied_at, expired_at)
        return min((each for each in times if each is not None), default=None)

    def expiring_at(self, now: datetime) -> bool:
        """Whether the owner should renew now: usable, and at its end within 30 days."""
        return self.usable_at(now) and self.not_after - now <= EXPIRING

    def status_at(self, now: datetime) -> Lifecycle | View:
        """A terminal lifecycle, or the view of a live one: what the customer can lift comes before the issuer's."""
        lifecycle = self.lifecycle_at(now)
        if lifecycle is not Lifecycle.LIVE:
            return lifecycle
        if self.holds & {Hold.CUSTOMER, Hold.BANK}:
            return View.SUSPENDED
        if self.holds:
            return View.HELD_BY_ISSUER
        return View.ACTIVE if now >= self.not_before else View.LIVE

    def reason_at(self, now: datetime) -> str | None:
        """The code that says why it may not be used at `now`."""
        return REASONS.get(self.status_at(now))

    def check_live(self, now: datetime) -> None:
        """Raises Refusal (REG_…) where it ended, as none can be changed then."""
        match self.lifecycle_at(now):
            case Lifecycle.REVOKED_BY_ISSUER:
                raise Refusal(Code.REG_REVOKED)
            case Lifecycle.EXPIRED:
                raise Refusal(Code.REG_EXPIRED, expired_on=self.not_after)
            case Lifecycle.SUPERSEDED:
                raise Refusal(Code.REG_SUPERSEDED)
            case Lifecycle.DEREGISTERED:
                raise Refusal(Code.REG_DEREGISTERED)
            case Lifecycle.BLOCKED:
                raise Refusal(Code.REG_BLOCKED)

    def check_usable(self, now: datetime) -> None:
        """Raises Refusal where a transaction may not use it at `now`: why it ended, or who holds it."""
        self.check_live(now)
        if self.holds & {Hold.CUSTOMER, Hold.BANK}:
            raise Refusal(Code.REG_SUSPENDED)
        if self.holds:
            raise Refusal(Code.REG_HELD)
        if now < self.not_before:
            raise Refusal(Code.CERT_NOT_YET_VALID, valid_from_at=self.not_before)

    def may_succeed(self, old: "Registration", now: datetime) -> bool:
        """Whether this registration may replace `old`: of the same customer and operator (not CA: generations
        change), of the same kind, with a later notBefore. Nothing succeeds what was blocked, or is under the bank's
        hold, which a renewal would shake off."""
        same = (self.customer_id, self.operator, self.kind) == (old.customer_id, old.operator, old.kind)
        barred = old.lifecycle_at(now) is Lifecycle.BLOCKED or (
            old.lifecycle_at(now) is Lifecycle.LIVE and Hold.BANK in old.holds
        )
        return same and self.not_before > old.not_before and not barred


def successor_of(
    operator: str, kind: str, not_before: datetime, registrations: Iterable[Registration]
) -> Registration | None:
    """Of one customer's registrations, the newest that a certificate with these facts was renewed into, if any.

    A blocked one is never a successor.
    """
    later = [
        each
        for each in registrations
        if (each.operator, each.kind) == (operator, kind)
        and each.not_before > not_before
        and each.lifecycle is not Lifecycle.BLOCKED
        and not each.denied_at
    ]
    return max(later, key=lambda each: each.not_before, default=None)


def issuer_serial(issuer_key_digest: str, serial: str) -> str:
    """What identifies a certificate for its issuer: the CA's key and the serial (hex)."""
    return f"{issuer_key_digest}#{serial}"
