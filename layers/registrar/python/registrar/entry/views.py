"""Stored data, as the app sees it. Names are masked; nothing names another customer."""

from datetime import datetime
from typing import Any

from registrar.domain.access.certificate_login import CertificateLogin
from registrar.domain.access.challenge import Challenge, Proved
from registrar.domain.access.session import Started
from registrar.domain.bank import SigningBank
from registrar.domain.certificates.issuing_banks import bank_name
from registrar.domain.certificates.summary import Summary
from registrar.domain.possession.texts_to_sign import CONSENT_TEXT, CONSENT_VERSION, text_to_resume, text_to_sign
from registrar.domain.reasons.findings import headline
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.registrations.upload import (
    MAX_PASSWORD_TRIES,
    AwaitingProof,
    Deferred,
    NeedsPassword,
    Registered,
    Upload,
    UploadState,
)
from registrar.domain.times import days_left, iso
from registrar.entry.responses import findings_in

ALGORITHMS = ["RSASSA-PKCS1-v1_5 with SHA-256", "ECDSA with SHA-256", "CMS SignedData, detached"]
POLL_SECONDS = {UploadState.ISSUED: 2, UploadState.VALIDATING: 1, UploadState.DEFERRED: 60}


def challenge_view(challenge: Challenge) -> dict[str, Any]:
    """A challenge, and the methods to prove it."""
    return {
        "challenge_id": challenge.id,
        "operation": challenge.operation.value,
        "object": challenge.object_id,
        "methods": list(challenge.methods),
        "tries_left": challenge.tries_left,
        "expires_at": iso(challenge.expires_at),
    }


def proved_view(proved: Proved) -> dict[str, Any]:
    """The result of a proved challenge: a session, a proof of identity, or both."""
    challenge = proved.challenge
    started = proved.started
    ends = challenge.proof_expires_at
    if started is None:
        operation = {"operation": challenge.operation.value, "object": challenge.object_id}
        expires_at = iso(ends) if ends else None
        return {"kind": "identity_proof", "proof_id": challenge.id, **operation, "expires_at": expires_at}
    earned = {"proof_id": challenge.id, "proof_expires_at": iso(ends)} if ends else {}
    return session_view(started) | earned


def session_view(started: Started) -> dict[str, Any]:
    """A session that a login started."""
    view: dict[str, Any] = {
        "kind": "session",
        "token": started.token,
        "token_type": "Bearer",
        "expires_at": iso(started.session.expires_at),
        "ended_other_session": started.ended_other_session,
    }
    return view | ({"device_id": started.device_id} if started.device_id else {})


def certificate_login_view(login: CertificateLogin, bank: SigningBank) -> dict[str, Any]:
    """The text to sign to log in."""
    return {
        "login_id": login.id,
        "text": login.text(bank),
        "algorithms": ALGORITHMS,
        "expires_at": iso(login.expires_at),
    }


def upload_view(upload: Upload, bank: SigningBank, language: str, now: datetime) -> dict[str, Any]:
    """State, findings with their headline first in importance, certificate, and what is to be signed."""
    state = upload.state_at(now)
    findings = upload.findings_at(now)
    if state is UploadState.CHECKING:  # to the customer it is still being checked
        state = UploadState.VALIDATING
        findings = ()
    first = headline(findings)
    view: dict[str, Any] = {
        "upload_id": upload.id,
        "state": state.value,
        "expires_at": iso(upload.expires_at),
        "headline": first.code if first else None,
        "findings": findings_in(language, findings),
    }
    if state in POLL_SECONDS:
        view["poll_after"] = POLL_SECONDS[state]
    if state is upload.state:
        view |= _state_view(upload, bank, language)
    if upload.registration:
        view["registration_id"] = upload.registration
    return view


def _state_view(upload: Upload, bank: SigningBank, language: str) -> dict[str, Any]:
    """What an upload shows only in the state that is stored."""
    match upload:
        case NeedsPassword():
            tries_left = MAX_PASSWORD_TRIES - upload.password_tries
            return {"password": {"nonce": upload.nonce, "tries_left": tries_left}}
        case Deferred():
            shown = certificate_view(upload.summary, language)
            return {"certificate": shown, "next_check_at": iso(upload.due_at)}
        case AwaitingProof():
            proof = _opened_view(language) if upload.opened else _proof_view(upload, bank, language)
            return {"certificate": certificate_view(upload.summary, language), "proof": proof}
        case Registered():
            return {"certificate": certificate_view(upload.summary, language)}
    return {}


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


def certificate_view(summary: Summary, language: str) -> dict[str, Any]:
    """The members of an accepted certificate that the customer sees."""
    shown = {k: v for k, v in summary.to_map().items() if k not in ("key_digest", "issuer_key_digest")}
    return {
        **shown,
        "issuer": summary.issuer[language],
        "issuing_bank": bank_name(summary.issuing_bank, language),
        "policy": summary.policy[language],
    }


def _opened_view(language: str) -> dict[str, Any]:
    """The key was opened from its container: what is missing is the customer's consent."""
    return {"kind": "given", "given": "container", "consent": _consent_view(language)}


def _consent_view(language: str) -> dict[str, str]:
    return {"version": CONSENT_VERSION, "text": CONSENT_TEXT[language]}


def _proof_view(upload: AwaitingProof, bank: SigningBank, language: str) -> dict[str, Any]:
    return {
        "kind": "to_sign",
        "text": text_to_sign(upload, bank),
        "expires_at": iso(upload.nonce_expires_at),
        "algorithms": ALGORITHMS,
        "nonce": upload.nonce,
        "consent": _consent_view(language),
    }
