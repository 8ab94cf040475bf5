"""POST /uploads/{upload_id}/registration: the owner proves possession and agrees; the certificate is registered.

Possession is a signature over the text that the upload shows, or the key opened from its container; ownership is R,
sealed by the phone or the container's. It may take an earlier registration's place (`replaces`).
"""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.possession.proofs import MAX_CMS_BYTES
from registrar.domain.possession.texts_to_sign import CONSENT_VERSION, text_to_sign
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import CertificateTaken, Refusal, StatusSuperseded
from registrar.domain.registrations.registration import new_registration
from registrar.domain.registrations.upload import AwaitingProof
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.fields import Fields
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.views import registration_view
from registrar.settings import setting
from registrar.steps import wiring as use_cases
from registrar.steps.proving_possession import prove
from registrar.steps.taken_certificates import existing

BANK = setting("BANK_CODE")
uploads = stores.uploads()
asking = use_cases.asking_again()
issuers = stores.issuers()
registrations = stores.registrations()
owners = use_cases.owners_of_signatures()


@route
def lambda_handler(request: Request) -> Answer:
    caller = request.caller
    at = now()
    fields = request.fields(most=MAX_CMS_BYTES * 2)
    consent = fields.text("consent_version")
    replaces = fields.text("replaces", r"r[a-z0-9]{32}") if "replaces" in fields else None
    upload_id = request.path_id("upload_id", otherwise=Code.UPLOAD_NOT_FOUND)
    found = uploads.of_customer(upload_id, caller.customer_id)
    if found.registration:
        return _registered(caller.customer_id, found.registration, request, at)
    upload = found.check_awaiting_proof(at)
    asking.expect_fresh(upload, at)
    if consent != CONSENT_VERSION:
        raise Refusal(Code.CONSENT_REQUIRED)
    proof = "container" if upload.opened else _proven(upload, fields)
    replaced = registrations.get(caller.customer_id, replaces) if replaces else None
    registration = new_registration(upload, proof, consent, at, replaced)
    try:
        registrations.add(registration, upload, uploads.table, at, replaced, issuers.looks(upload.status))
    except StatusSuperseded:
        asking.ask(upload, at)
    except CertificateTaken as taken:
        audit("registration.refused", customer_id=caller.customer_id, upload_id=upload.id, code=taken.code)
        return _registered(caller.customer_id, existing(taken, upload, uploads), request, at)
    audit("registration.added", customer_id=caller.customer_id, upload_id=upload.id, replaces=replaces)
    return answer(201, registration_view(registration, request.language, at))


def _proven(upload: AwaitingProof, fields: Fields) -> str:
    """By what the caller proved that key and certificate are theirs. Raises Refusal."""
    proof = fields.proof()
    try:
        prove(owners, uploads, upload, text_to_sign(upload, BANK), proof)
    except Refusal as refused:
        audit("proof.refused", customer_id=upload.customer_id, upload_id=upload.id, code=refused.code)
        raise
    return proof.kind


def _registered(customer_id: str, registration: str, request: Request, at: datetime) -> Answer:
    return answer(200, registration_view(registrations.get(customer_id, registration), request.language, at))
