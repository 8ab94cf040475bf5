"""A customer: the bank's data on them, and their credentials. Standard library only."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from registrar.domain.access.credentials import STRENGTH_KEPT, Passkey
from registrar.domain.access.recovery import Recovery
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

PENDING_LIFE = timedelta(minutes=10)
"""How long a new authenticator app has to be confirmed."""
MAX_PENDING_TRIES = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """An unfinished enrolment, of `kind` totp or phone, under the proof of identity `proof_id`.

    `secret` is the new TOTP secret under KMS, or the digest of the code that was sent to `phone` (E.164).
    """

    kind: str
    proof_id: str
    secret: bytes
    expires_at: datetime
    phone: str = ""
    tries: int = 0

    @property
    def tries_left(self) -> int:
        """How many codes may still be tried."""
        return max(MAX_PENDING_TRIES - self.tries, 0)


@dataclass(frozen=True, slots=True)
class Customer:
    """`kind` is `personal` or `corporate`; `phone` is E.164; `totp_ciphertext` is the TOTP secret under KMS.

    `idn_ciphertext` is the resident or business number under a KMS key of its own; without it no certificate can be
    shown to be the customer's. `channels` are how the customer wants notices, the preferred one first: `sms`,
    `mail` (to `mail`), `push` (to `push_endpoint`, the ARN of the phone at SNS). `version` counts changes of
    what is ours to write: `phone`, `totp_ciphertext`, `passkeys`, `passkey_removed_at` (the last time one was),
    `pending`, `recovery`, `recovered_at` (when the last recovery took effect). The rest is the bank's.
    """

    id: str
    kind: str
    name: str
    language: str
    phone: str
    password_hash: str
    totp_ciphertext: bytes | None
    idn_ciphertext: bytes | None = None
    passkeys: tuple[Passkey, ...] = ()
    passkey_removed_at: datetime | None = None
    pending: Pending | None = None
    recovery: Recovery | None = None
    recovered_at: datetime | None = None
    version: int = 0
    channels: tuple[str, ...] = ("sms",)
    mail: str | None = None
    push_endpoint: str | None = None

    def as_of(self, now: datetime) -> Self:
        """The customer as they are at `now`: with a recovery applied that is in effect and not in the row yet."""
        recovery = self.recovery
        if recovery is None or not recovery.in_effect(now):
            return self
        recovered = replace(self, recovered_at=recovery.effective_at)
        if recovery.applied:
            return recovered
        totp = None if "totp" in recovery.lost else self.totp_ciphertext
        phone = recovery.phone_after(self.phone)
        applied = replace(recovery, applied=True)
        passkeys = () if "passkeys" in recovery.lost else self.passkeys
        changed = replace(recovered, phone=phone, totp_ciphertext=totp, passkeys=passkeys)
        return replace(changed, pending=None, recovery=applied)

    def strong_lost_at(self, certificates_lost_at: Iterable[datetime | None]) -> datetime | None:
        """When the customer last lost a passkey or, by these times of their registrations, a certificate."""
        times = (self.passkey_removed_at, *certificates_lost_at)
        return max((each for each in times if each is not None), default=None)

    def with_passkey(self, used: Passkey) -> Self:
        """The customer with this passkey as it is now."""
        return replace(self, passkeys=tuple(used if each.id == used.id else each for each in self.passkeys))

    def methods_with(self, registered: Sized) -> tuple[str, ...]:
        """The same with the certificates that are registered and may be used, before all others."""
        return (*(("certificate",) if registered else ()), *self.methods)

    @property
    def methods(self) -> tuple[str, ...]:
        """The customer's methods to prove identity, besides a registered certificate; the strongest first."""
        passkey = ("passkey",) if self.passkeys else ()
        otp = ("otp",) if self.totp_ciphertext else ()
        return (*passkey, *otp, *(("sms",) if self.phone else ()))


def tries_before(customer: Customer, kind: str, proof_id: str) -> int:
    """How many codes were tried under this proof of identity: starting the enrolment again gives no new tries.

    Raises Refusal (STEP_UP_REQUIRED) where none is left.
    """
    pending = customer.pending
    if pending is None or (pending.kind, pending.proof_id) != (kind, proof_id):
        return 0
    if not pending.tries_left:
        raise Refusal(Code.STEP_UP_REQUIRED)
    return pending.tries


def strength_kept_until(
    customer: Customer, proved_by: str, strong_lost_at: datetime | None, now: datetime
) -> datetime | None:
    """Until when a passkey or certificate that was lost at `strong_lost_at` counts for changes; None where it does
    not, or no longer.

    A recovery by two persons of the bank ends that, but only for the methods that it renewed: the thief may hold
    the others.
    """
    if strong_lost_at is None or now >= strong_lost_at + STRENGTH_KEPT:
        return None
    recovery = customer.recovery
    if recovery is not None and recovery.effective_at is not None and recovery.in_effect(now):
        renewed = (proved_by == "sms" and "phone" in recovery.lost) or (
            proved_by == "otp" and "totp" in recovery.lost
        )
        if renewed and strong_lost_at <= recovery.effective_at:
            return None
    return strong_lost_at + STRENGTH_KEPT


def counted_try(customer: Customer, kind: str, proof_id: str, now: datetime) -> tuple[Customer, Pending]:
    """The customer with one try of the enrolment of `kind` counted, to be saved before anything is compared.

    Raises Refusal (STEP_UP_EXPIRED) if this proof of identity has no open enrolment, or no longer.
    """
    pending = customer.pending
    known = pending is not None and (pending.kind, pending.proof_id) == (kind, proof_id)
    if pending is None or not known or now >= pending.expires_at or not pending.tries_left:
        raise Refusal(Code.STEP_UP_EXPIRED)
    counted = replace(pending, tries=pending.tries + 1)
    return replace(customer, pending=counted), counted


def wrong_code(pending: Pending) -> Refusal:
    """The refusal for a wrong code."""
    if pending.tries_left:
        return Refusal(Code.STEP_UP_INVALID, tries_left=pending.tries_left)
    return Refusal(Code.STEP_UP_EXPIRED)
