"""POST /uploads/{upload_id}/registration: the owner proves possession and agrees; the certificate is registered.

Possession is a signature over the text that the upload shows, or the key opened from its container; ownership is
proved by R, from the phone (sealed) or the container. The registration may replace an earlier one (`replaces`).
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.aws.tables.registering_reads import BeforeRegistering
from registrar.domain.possession.headings import Version
from registrar.domain.possession.proofs import MAX_CMS_BYTES, Proof
from registrar.domain.possession.texts_to_sign import CONSENT_VERSION, text_to_sign
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateTaken, Refusal, StatusSuperseded
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.upload import AwaitingProof
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.registration_views import registration_view
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import signing_bank
from registrar.steps import wiring as use_cases
from registrar.steps.proving_possession import prove
from registrar.steps.taken_certificates import existing

BANK = signing_bank()
uploads = stores.uploads()
texts = stores.texts()
refresh = use_cases.status_refresh()
issuers = stores.issuers()
registrations = stores.registrations()
owners = use_cases.owners_of_signatures()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    fields = request.fields(most=MAX_CMS_BYTES * 2)
    consent = fields.text("consent_version")
    replaces = fields.text("replaces", r"r[a-z0-9]{32}") if "replaces" in fields else None
    upload_id = request.path_id("upload_id", otherwise=Code.UPLOAD_NOT_FOUND)
    found = uploads.of_customer(upload_id, caller.customer_id)
    if found.registration:
        return _registered(caller.customer_id, found.registration, request, at)
    if isinstance(found, AwaitingProof) and found.text_may_be_renewed_at(at):
        found = texts.latest(found)
    upload = found.check_awaiting_proof(at)
    read = refresh.expect_fresh(upload, at)
    if consent != CONSENT_VERSION:
        raise Refusal(Code.CONSENT_REQUIRED)
    proof = "container" if upload.opened else _proven(read, upload, fields.proof())
    try:
        registration = _added(upload, read, proof, consent, replaces, at)
    except CertificateTaken as taken:
        audit("registration.refused", customer_id=caller.customer_id, upload_id=upload.id, code=taken.code)
        return _registered(caller.customer_id, existing(taken, upload, uploads), request, at)
    audit("registration.added", customer_id=caller.customer_id, upload_id=upload.id, replaces=replaces)
    return respond(201, registration_view(registration, request.language, at), request.language)


def _added(
    upload: AwaitingProof, read: BeforeRegistering, proof: str, consent: str, replaces: str | None, at: datetime
) -> Registration:
    """The registration, added. A try that its proof took is returned where the upload may stay open."""
    try:
        replaced = registrations.get(upload.customer_id, replaces) if replaces else None
        registration = new_registration(upload, proof, consent, at, replaced)
        registrations.check_obstacles(registration, replaced, read.obstacles)
        registrations.add(registration, upload, uploads.table, at, replaced, issuers.no_watch_since(upload.status))
    except Exception as failure:
        if not upload.opened:
            uploads.return_proof_try(upload)
        if isinstance(failure, StatusSuperseded):
            refresh.query_again(upload, at)
        raise
    return registration


def _proven(read: BeforeRegistering, upload: AwaitingProof, proof: Proof) -> str:
    """The kind of the caller's proof of possession, checked with the owner. Raises Refusal."""
    versions = [text_to_sign(upload, BANK, version) for version in reversed(Version)]
    try:
        prove(owners, uploads, read.customer, upload, versions, proof)
    except Refusal as refused:
        audit("proof.refused", customer_id=upload.customer_id, upload_id=upload.id, code=refused.code)
        raise
    return proof.kind


def _registered(customer_id: str, registration: str, request: Request, at: datetime) -> Response:
    return respond(
        200, registration_view(registrations.get(customer_id, registration), request.language, at), request.language
    )
