"""A customer as the bank provides them to this service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """`kind` is `personal` or `corporate`; `phone` is E.164; `totp_ciphertext` is the TOTP secret under KMS."""

    id: str
    kind: str
    name: str
    language: str
    phone: str
    password_hash: str
    totp_ciphertext: bytes
