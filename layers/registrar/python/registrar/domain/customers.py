"""A customer: what the bank provides, and what they prove who they are with. Standard library only."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from registrar.domain.credentials import Passkey
from registrar.domain.recovery import Recovery


@dataclass(frozen=True, slots=True)
class Pending:
    """An enrolment under way, of `kind` totp or phone, under the proof `proof_id`.

    `secret` is the new TOTP secret under KMS, or the digest of the code that was sent to `phone` (E.164).
    """

    kind: str
    proof_id: str
    secret: bytes
    expires_at: datetime
    phone: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """`kind` is `personal` or `corporate`; `phone` is E.164; `totp_ciphertext` is the TOTP secret under KMS.

    `idn_ciphertext` is the resident or business number under a KMS key of its own; without it no certificate can be
    shown to be the customer's. `version` counts changes of what follows `idn_ciphertext`, `phone` and
    `totp_ciphertext`: those are ours to write, the rest is the bank's.
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
    pending: Pending | None = None
    recovery: Recovery | None = None
    version: int = 0

    def as_of(self, now: datetime) -> Self:
        """The customer as they are at `now`: with a recovery applied that is in effect and not in the row yet."""
        recovery = self.recovery
        if recovery is None or recovery.applied or not recovery.in_effect(now):
            return self
        totp = None if "totp" in recovery.lost else self.totp_ciphertext
        applied = replace(recovery, applied=True)
        return replace(self, phone=recovery.phone, totp_ciphertext=totp, pending=None, recovery=applied)

    @property
    def methods(self) -> tuple[str, ...]:
        """What the customer can answer a challenge with, besides a registered certificate."""
        passkey = ("passkey",) if self.passkeys else ()
        otp = ("otp",) if self.totp_ciphertext else ()
        return (*otp, *passkey, *(("sms",) if self.phone else ()))
