"""Registrations, as the app sees them. Names are masked; nothing names another customer."""

from datetime import datetime
from typing import Any

from registrar.domain.bank import SigningBank
from registrar.domain.certificates.issuing_banks import bank_name
from registrar.domain.possession.headings import ALGORITHMS
from registrar.domain.possession.texts_to_sign import text_to_resume
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.times import days_left, iso


def registration_view(registration: Registration, language: str, now: datetime) -> dict[str, Any]:
    """A registration with its effective state."""
    return {
        "registration_id": registration.id,
        "status": registration.status_at(now).value,
        "holds": sorted(registration.holds) if registration.lifecycle_at(now) is Lifecycle.LIVE else [],
        "usable": registration.usable_at(now),
        "expiring": registration.expiring_at(now),
        "days_left": max(days_left(registration.not_after, now), 0),
        "reason": registration.reason_at(now),
        "certificate": {
            "issuer": registration.issuer[language],
            "operator": registration.operator,
            "issuing_bank": bank_name(registration.issuing_bank, language),
            "name_masked": registration.name_masked,
            "kind": registration.kind,
            "policy": registration.policy[language],
            "serial": registration.serial,
            "fingerprint": registration.fingerprint,
            "not_before": iso(registration.not_before),
            "not_after": iso(registration.not_after),
        },
        "registered_at": iso(registration.registered_at),
        "proof": registration.proof,
        "revocation": _revocation_view(registration),
        "replaces": registration.replaces,
        "superseded_by": registration.superseded_by,
    }


def _revocation_view(registration: Registration) -> dict[str, str] | None:
    """The time and source of the last good status."""
    status = registration.revocation
    return {"as_of": iso(status.as_of), "source": status.source} if status else None


def resume_view(registration: Registration, bank: SigningBank, now: datetime) -> dict[str, Any]:
    """The text to sign to cancel a loss report, where there is one."""
    if registration.lifecycle_at(now) is not Lifecycle.LIVE or Hold.CUSTOMER not in registration.holds:
        return {}
    return {"resume": {"text": text_to_resume(registration, bank), "algorithms": ALGORITHMS}}
