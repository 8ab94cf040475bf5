"""POST /precheck: pre-check a bare certificate without login.

It reads only the trust document: it cannot know, and so cannot reveal, whether a certificate is registered.
"""

from registrar.aws import wiring as stores
from registrar.domain.certificates.file_decision import decide
from registrar.domain.reasons.findings import headline
from registrar.domain.registrations.upload_files import MAX_CERTIFICATE_BYTES
from registrar.entry.certificate_views import certificate_view
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.problems import findings_in
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import setting

BANK = setting("BANK_CODE")
trust = stores.trust_bucket()


@route
def lambda_handler(request: Request) -> Response:
    fields = request.fields(most=MAX_CERTIFICATE_BYTES * 2)
    at = now()
    content = fields.base64("certificate", most=MAX_CERTIFICATE_BYTES)
    kind = fields.text("customer_kind", "personal|corporate")
    report = decide(content, trust.active(at), kind, at, bank=BANK)
    first = headline(report.findings)
    audit("precheck.decided", accepted=report.accepted, headline=first.code if first else None)
    summary = certificate_view(report.summary, request.language) if report.summary else None
    return respond(
        200,
        {
            "accepted": report.accepted,
            "headline": first.code if first else None,
            "findings": findings_in(request.language, report.findings),
            "certificate": summary,
        },
        request.language,
    )
