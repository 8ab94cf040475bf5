"""A customer as the bank provides them to this service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """`kind` is `personal` or `corporate`; `phone` is E.164; `totp_ciphertext` is the TOTP secret under KMS.

    `idn_ciphertext` is the resident or business number under a KMS key of its own; without it no certificate can be
    shown to be the customer's. `channels` are how the customer wants notices, the preferred one first: `sms`,
    `mail` (to `mail`), `push` (to `push_endpoint`, the ARN of the phone at SNS).
    """

    id: str
    kind: str
    name: str
    language: str
    phone: str
    password_hash: str
    totp_ciphertext: bytes
    idn_ciphertext: bytes | None = None
    channels: tuple[str, ...] = ("sms",)
    mail: str | None = None
    push_endpoint: str | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        """How this customer can prove who they are, beside the password."""
        return ("otp",)
