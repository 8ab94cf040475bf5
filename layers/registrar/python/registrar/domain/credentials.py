"""What a customer can prove who they are with, and how strong each is. Standard library only: login reads it."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

MAX_PASSKEYS = 5
# What each costs an attacker who is not at the customer's side. SMS is a restricted authenticator (SP 800-63B-4
# section 3.1.3.3); a code can be phished (3.2.5); passkey and certificate sign what only they can (3.2.5).
RANK = {"sms": 1, "otp": 2, "passkey": 3, "certificate": 3}


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential. `credential` is its attested credential data (WebAuthn L3 6.5.1): model, id, public
    key in COSE form. `counter` is the last signature counter seen; `name` is what the customer calls the device."""

    credential_id: bytes
    credential: bytes
    counter: int
    backup_eligible: bool
    name: str
    added_at: datetime

    @property
    def id(self) -> str:
        """Our short id, 32 hex digits: the credential's own may have 1,023 bytes."""
        return hashlib.sha256(self.credential_id).hexdigest()[:32]


def may_enrol(proved_by: str, enrolled: str) -> bool:
    """Whether a proof by one method is strong enough to add or remove another (SP 800-63B-4 section 4.1.2)."""
    return RANK[proved_by] >= RANK[enrolled]


def strongest(methods: Collection[str]) -> int:
    """The rank of the strongest of these methods, 0 for none."""
    return max((RANK[method] for method in methods), default=0)


def masked_phone(phone: str) -> str:
    """A phone number (E.164) as it may be shown: 010-****-5678 for Korea, the last four digits otherwise."""
    tail = phone[-4:]
    return f"010-****-{tail}" if phone.startswith("+8210") else f"****{tail}"
