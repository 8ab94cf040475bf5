"""Login challenges: what a correct password earns, and what a second factor must answer in time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

CHALLENGE_LIFE = timedelta(minutes=5)
MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class Challenge:
    """A customer who knows their password and has yet to prove possession of their device.

    `totp_ciphertext` travels with it so that the check needs no second read. `tries` counts what was compared.
    """

    id: str
    customer_id: str
    customer_kind: str
    totp_ciphertext: bytes
    created_at: datetime
    expires_at: datetime
    tries: int = 0

    @property
    def tries_left(self) -> int:
        """How many codes may still be tried."""
        return max(MAX_TRIES - self.tries, 0)


def new_challenge(customer_id: str, customer_kind: str, totp_ciphertext: bytes, now: datetime) -> Challenge:
    """A challenge with an id that cannot be guessed (128 bits)."""
    return Challenge(
        secrets.token_urlsafe(16), customer_id, customer_kind, totp_ciphertext, now, now + CHALLENGE_LIFE
    )
