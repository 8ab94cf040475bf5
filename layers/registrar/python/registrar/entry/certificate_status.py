"""A certificate as a relying service names it, and its status as it is returned."""

from datetime import datetime
from typing import Any

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.selector import ByFingerprint, ByIssuerSerial, ByRegistration, Selector
from registrar.domain.registrations.usability import Freshness, Purpose, Usability
from registrar.domain.times import iso
from registrar.entry.fields import CUSTOMER_ID, REGISTRATION_ID, Fields
from registrar.entry.problems import reason_in

SHA256_HEX = r"[0-9A-Fa-f]{64}"
# 20 octets (RFC 5280 4.1.2.2), and a leading zero octet where the first bit is set.
SERIAL_HEX = r"[0-9A-Fa-f]{1,42}"


def selector(fields: Fields) -> Selector:
    """The certificate that an object names in exactly one of three ways. Raises Refusal (MALFORMED_REQUEST).

    A member that belongs to another way could be a condition that the caller counts on: it is not ignored.
    """
    match sorted(fields.values):
        case ["fingerprint"]:
            return ByFingerprint(fields.text("fingerprint", SHA256_HEX).lower())
        case ["issuer_key_digest", "serial"]:
            digest = fields.text("issuer_key_digest", SHA256_HEX).lower()
            return ByIssuerSerial(digest, f"{int(fields.text('serial', SERIAL_HEX), 16):x}")
        case ["customer_id", "registration_id"]:
            customer_id = fields.text("customer_id", CUSTOMER_ID)
            return ByRegistration(customer_id, fields.text("registration_id", REGISTRATION_ID))
    raise Refusal(Code.MALFORMED_REQUEST, field=fields.prefix.removesuffix("."))


def purpose(fields: Fields) -> Purpose:
    """What the certificate is needed for. Raises Refusal (MALFORMED_REQUEST)."""
    return Purpose(fields.text("purpose", "|".join(Purpose)))


def status_view(found: Usability, asked: Purpose, language: str, now: datetime) -> dict[str, Any]:
    """Whether the certificate may be used, or why not, and whose it is."""
    registration = found.known.registration if found.known else None
    return {
        "usable": found.reason is None,
        "purpose": asked.value,
        "checked_at": iso(now),
        "reason": reason_in(language, found.reason, found.params) if found.reason else None,
        "customer_id": registration.customer_id if registration else None,
        "registration_id": registration.id if registration else None,
        "revocation": _freshness_view(found.freshness) if found.freshness else None,
    }


def _freshness_view(freshness: Freshness) -> dict[str, Any]:
    status = freshness.status
    return {
        "as_of": iso(status.as_of) if status else None,
        "source": status.source if status else None,
        "max_age_seconds": int(freshness.max_age.total_seconds()) if freshness.max_age else None,
        "fresh": freshness.fresh,
    }
