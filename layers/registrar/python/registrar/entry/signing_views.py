"""Signature requests, as their service and their customer see them."""

from datetime import datetime
from typing import Any

from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import ALGORITHMS
from registrar.domain.signing.kinds import KINDS
from registrar.domain.signing.receipts import compact_receipt
from registrar.domain.signing.signature_request import Failure, SignatureRequest, SigningState
from registrar.domain.times import iso
from registrar.entry.problems import reason_in


def request_view(request: SignatureRequest, bank: str, language: str, now: datetime) -> dict[str, Any]:
    """What its service sees: a hint while it is pending, then receipt and evidence, or the reason."""
    state = request.state_at(now)
    completed = request.completed
    return {
        "request_id": request.id,
        "customer_id": request.customer_id,
        "kind": request.kind,
        "state": state.value,
        "hint": request.hint.value if state is SigningState.PENDING else None,
        "created_at": iso(request.created_at),
        "expires_at": iso(request.expires_at),
        "finished_at": _finished(request),
        "reason": _reason(request.failure, language),
        "registration_id": completed.registration_id if completed else None,
        "receipt": compact_receipt(request, bank),
        "evidence": {"key": request.evidence_key, "sha256": completed.evidence_sha256} if completed else None,
    }


def customer_view(request: SignatureRequest, language: str, now: datetime) -> dict[str, Any]:
    """What its customer sees of it in a list, and after an answer."""
    return {
        "request_id": request.id,
        "kind": request.kind,
        "title": KINDS[request.kind].title,
        "service": request.service_title[language],
        "state": request.state_at(now).value,
        "created_at": iso(request.created_at),
        "expires_at": iso(request.expires_at),
        "finished_at": _finished(request),
        "reason": _reason(request.failure, language),
        "registration_id": request.completed.registration_id if request.completed else None,
    }


def text_view(request: SignatureRequest, bank: SigningBank, language: str, now: datetime) -> dict[str, Any]:
    """The same, with the text to sign as long as it may be signed."""
    view = customer_view(request, language, now)
    if request.answerable_at(now):
        view |= {"text": request.text(bank), "algorithms": ALGORITHMS}
    return view


def _finished(request: SignatureRequest) -> str | None:
    return iso(request.finished_at) if request.finished_at else None


def _reason(failure: Failure | None, language: str) -> dict[str, Any] | None:
    return reason_in(language, failure.code, failure.params) if failure else None
