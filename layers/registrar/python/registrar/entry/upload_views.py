"""Uploads, as the app sees them. Names are masked; nothing names another customer."""

from datetime import datetime
from typing import Any

from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import ALGORITHMS
from registrar.domain.possession.texts_to_sign import CONSENT_TEXT, CONSENT_VERSION, text_to_sign
from registrar.domain.reasons.findings import headline
from registrar.domain.registrations.upload import (
    MAX_PASSWORD_TRIES,
    AwaitingProof,
    Deferred,
    NeedsPassword,
    Registered,
    Upload,
    UploadState,
)
from registrar.domain.times import iso
from registrar.entry.certificate_views import certificate_view
from registrar.entry.problems import findings_in

POLL_SECONDS = {UploadState.ISSUED: 2, UploadState.VALIDATING: 1, UploadState.DEFERRED: 60}


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
