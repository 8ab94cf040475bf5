"""The receipt of a completed request, written again from its row whenever it is read."""

from datetime import datetime

from registrar.domain.evidence.receipt import Receipt
from registrar.domain.signing.signature_request import Completed, SignatureRequest, SigningState


def receipt_of(request: SignatureRequest, completed: Completed, finished_at: datetime, bank: str) -> Receipt:
    """What the bank states of `request`, once it is completed so."""
    return Receipt(
        issuer=bank,
        service=request.service,
        customer_id=request.customer_id,
        request_id=request.id,
        kind=request.kind,
        result=SigningState.COMPLETED.value,
        document_sha256=request.document_sha256,
        certificate=completed.fingerprint,
        evidence_sha256=completed.evidence_sha256,
        signed_at=finished_at,
    )


def compact_receipt(request: SignatureRequest, bank: str) -> str | None:
    """The receipt in compact form (RFC 7515 7.1); None where the request is not completed."""
    completed = request.completed
    if completed is None or request.finished_at is None:
        return None
    receipt = receipt_of(request, completed, request.finished_at, bank)
    return receipt.compact(completed.receipt_key_id, completed.receipt_signature)
