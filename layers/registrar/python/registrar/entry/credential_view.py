"""A customer's credentials, as the app shows them: no key, no secret, no full phone number."""

from datetime import datetime
from typing import Any

from registrar.domain.access.credentials import masked_phone
from registrar.domain.access.customer import Customer
from registrar.domain.times import iso


def credentials_view(customer: Customer, now: datetime) -> dict[str, Any]:
    """Passkeys, authenticator app and phone, and the recovery that is cooling off, if one is."""
    shown: list[dict[str, Any]] = [
        {"credential_id": each.id, "kind": "passkey", "name": each.name, "added_at": iso(each.added_at)}
        for each in customer.passkeys
    ]
    if customer.totp_ciphertext:
        shown.append({"credential_id": "totp", "kind": "totp"})
    shown.append({"credential_id": "phone", "kind": "phone", "phone": masked_phone(customer.phone)})
    view: dict[str, Any] = {"credentials": shown}
    recovery = customer.recovery
    if recovery and recovery.pending(now) and recovery.approved_at and recovery.effective_at:
        view["recovery"] = {
            "since": iso(recovery.approved_at),
            "effective_at": iso(recovery.effective_at),
            "phone": masked_phone(recovery.phone_after(customer.phone)),
            "lost": list(recovery.lost),
        }
    return view
