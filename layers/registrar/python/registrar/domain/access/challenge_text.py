"""The data of a challenge for each method, and the text that a certificate's key signs. Standard library only."""

from collections.abc import Iterable
from typing import Any

from registrar.domain.access.challenge import Challenge
from registrar.domain.access.credentials import masked_phone, request_options
from registrar.domain.access.customer import Customer
from registrar.domain.possession.headings import Heading, TextToSign, compose
from registrar.domain.registrations.registration import Registration
from registrar.domain.times import iso


def identity_text(challenge: Challenge, bank: str) -> TextToSign:
    """The text to sign that proves a challenge."""
    lines = {
        "bank": bank,
        "challenge": challenge.id,
        "operation": challenge.operation.value,
        "object": challenge.object_id or "-",
        "nonce": challenge.nonce,
        "valid until": iso(challenge.expires_at),
    }
    return compose(Heading.PROVE, lines)


def method_data(
    challenge: Challenge, customer: Customer, registered: Iterable[Registration], rp_id: str, bank: str
) -> dict[str, Any]:
    """What the app needs to respond with each of the challenge's methods."""
    everything: dict[str, Any] = {
        "otp": {},
        "sms": {"phone": masked_phone(customer.phone)},
        "passkey": request_options(rp_id, challenge.nonce, customer.passkeys),
        "certificate": {
            "text": identity_text(challenge, bank),
            "registrations": [
                {
                    "registration_id": each.id,
                    "name_masked": each.name_masked,
                    "not_after": iso(each.not_after),
                    "fingerprint": each.fingerprint,
                }
                for each in registered
            ],
        },
    }
    return {method: everything[method] for method in challenge.methods}
