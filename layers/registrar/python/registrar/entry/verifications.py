"""A signature that was made elsewhere as a relying service sends it, and the verdict as the service sees it."""

from typing import Any

from registrar.domain.possession.cms_signature import Content, ContentDigest
from registrar.domain.possession.signed_elsewhere import (
    MAX_CONTENT_BYTES,
    SignedElsewhere,
    signer_in,
)
from registrar.domain.possession.verification import Verification
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.reasons.findings import headline
from registrar.domain.registrations.upload_files import MAX_CERTIFICATE_BYTES
from registrar.domain.revocation.status import Status
from registrar.domain.times import iso
from registrar.entry.certificate_views import certificate_view
from registrar.entry.fields import Fields
from registrar.entry.problems import findings_in

# Base64 of content, message and certificate, and their names.
MOST_OF_A_BODY = 400 * 1024


def signed_elsewhere(fields: Fields) -> tuple[SignedElsewhere, bytes]:
    """What was signed, and the signer's certificate (DER, unread).

    Raises Refusal (MALFORMED_REQUEST), for a certificate that is missing in the CMS message too.
    """
    if "cms" in fields and "signature" in fields:
        raise Refusal(Code.MALFORMED_REQUEST, field="signature")
    proof = fields.proof()
    signed_at = fields.instant("signed_at")
    certificate = None
    if proof.kind == "cms" and "certificate" not in fields:
        certificate = signer_in(proof.signature)
    if certificate is None:
        certificate = fields.base64("certificate", MAX_CERTIFICATE_BYTES)
    return SignedElsewhere(proof, _content(fields), signed_at), certificate


def _content(fields: Fields) -> Content:
    if "content_sha256" not in fields:
        return fields.base64("content", MAX_CONTENT_BYTES)
    if "content" in fields:
        raise Refusal(Code.MALFORMED_REQUEST, field="content_sha256")
    return ContentDigest(bytes.fromhex(fields.text("content_sha256", "[0-9a-f]{64}")))


def verification_view(found: Verification, language: str) -> dict[str, Any]:
    """The verdict, with texts in the service's language."""
    first = headline(found.findings)
    return {
        "verdict": found.verdict.value,
        "headline": first.code if first else None,
        "findings": findings_in(language, found.findings),
        "certificate": certificate_view(found.summary, language) if found.summary else None,
        "revocation": _status_view(found.status) if found.status else None,
        "trust_document_version": found.trust_version,
    }


def _status_view(status: Status) -> dict[str, Any]:
    return {
        "status": status.value.value,
        "source": status.source,
        "as_of": iso(status.as_of) if status.as_of else None,
        "revoked_at": iso(status.revoked_at) if status.revoked_at else None,
        "reason": status.reason,
    }
