"""The methods to prove identity, and how strong each is. Standard library only: login imports it."""

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

MAX_PASSKEYS = 5
RANK = {"sms": 1, "otp": 2, "passkey": 3, "certificate": 3}
"""How much each method withstands. SMS is a restricted authenticator (SP 800-63B-4 section 3.1.3.3: numbers are
ported, SIMs swapped); a code can be phished; a passkey or a certificate signs what was asked and nothing else
(3.2.5). With the password, which comes before all of them but a login by certificate alone, each is two factors
(AAL2)."""
GUESSABLE = ("otp", "sms")
"""The methods that a stranger without the customer's device can guess: wrong tries count against the account."""
_NEEDED = {"passkey": 3, "totp": 2, "phone": 2}
STRENGTH_KEPT = timedelta(days=7)
"""How long changes still need a passkey or certificate after the customer lost the last one. Otherwise an attacker
with a code alone could remove it, by a loss report or deregistration, and enrol a passkey of their own at once."""


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


def may_change(kind: str, proved_by: str, methods: Collection[str], *, recovered: bool = False) -> bool:
    """Whether a proof of identity by `proved_by` is enough to add, replace or remove a passkey, totp or phone.

    The method must be as strong as the one that changes (SP 800-63B-4 section 4.1.2; ASVS 5.0 7.5.1), or the
    strongest of the customer's `methods` if none is that strong. A text message is never enough, so that a thief of
    the number cannot take over the account; except in the week after a recovery, when it may be the only method.
    Even then it never moves the phone: only a recovery of the phone does.
    """
    strongest = max(RANK[method] for method in methods)
    return RANK[proved_by] >= max(
        min(_NEEDED[kind], strongest), RANK["sms" if recovered and kind != "phone" else "otp"]
    )


def masked_phone(phone: str) -> str:
    """A phone number (E.164) as it may be shown: 010-****-5678 for Korea, the last four digits otherwise."""
    tail = phone[-4:]
    return f"010-****-{tail}" if phone.startswith("+8210") else f"****{tail}"


def request_options(rp_id: str, challenge: str, known: Sequence[Passkey]) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptions in JSON form (WebAuthn L3 5.5); `challenge` is base64url."""
    return {
        "rpId": rp_id,
        "challenge": challenge,
        "allowCredentials": descriptors(known),
        "userVerification": "required",
    }


def descriptors(known: Sequence[Passkey]) -> list[dict[str, str]]:
    """These passkeys as WebAuthn names them (L3 5.8.3)."""
    ids = [base64.urlsafe_b64encode(passkey.credential_id).rstrip(b"=").decode() for passkey in known]
    return [{"type": "public-key", "id": each} for each in ids]
