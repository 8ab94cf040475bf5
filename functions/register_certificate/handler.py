"""POST /uploads/{upload_id}/registration: the owner proves possession and agrees; the certificate is registered.

Repeating it after a lost answer returns the same registration.
"""

from datetime import datetime
from typing import NoReturn

from registrar.aws.clients import client
from registrar.aws.registrations import Registrations, Taken
from registrar.aws.uploads import Uploads
from registrar.domain.errors import Refusal
from registrar.domain.possession import verify_possession
from registrar.domain.proof_text import CONSENT_VERSION, text_to_sign
from registrar.domain.registrations import new_registration
from registrar.domain.uploads import MAX_BAD_PROOFS, Upload, failure
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.settings import setting
from registrar.entry.views import registration_view

BANK, UPLOADS_TABLE = setting("BANK_CODE"), setting("UPLOADS_TABLE")
dynamodb = client("dynamodb")
uploads = Uploads(dynamodb, UPLOADS_TABLE)
registrations = Registrations(dynamodb, setting("REGISTRATIONS_TABLE"))


@route
def lambda_handler(request: Request) -> Answer:
    caller, at = request.caller, now()
    fields = request.fields()
    signature, consent = fields.base64("signature", most=1024), fields.text("consent_version")

    upload = uploads.find(request.path_id("upload_id", otherwise="UPLOAD_NOT_FOUND"))
    if upload is None or upload.customer_id != caller.customer_id:
        raise Refusal("UPLOAD_NOT_FOUND")
    if upload.registration:
        return _registered(200, caller.customer_id, upload.registration, request, at)
    upload.check_awaiting_proof(at)
    if consent != CONSENT_VERSION:
        raise Refusal("CONSENT_REQUIRED")
    if not verify_possession(upload.der or b"", text_to_sign(upload, BANK), signature):
        _refuse_proof(upload)

    registration = new_registration(upload, consent, at)
    try:
        registrations.add(registration, upload, UPLOADS_TABLE, at)
    except Taken as taken:
        return _taken(upload, taken.existing, request, at)
    audit("registration.added", customer_id=caller.customer_id, upload_id=upload.id)
    return answer(201, registration_view(registration, request.language, at))


def _refuse_proof(upload: Upload) -> NoReturn:
    tries_left = MAX_BAD_PROOFS - uploads.count_bad_proof(upload)
    audit("proof.refused", customer_id=upload.customer_id, upload_id=upload.id, tries_left=tries_left)
    if tries_left <= 0:
        raise Refusal("PROOF_ATTEMPTS_EXCEEDED")
    raise Refusal("PROOF_FAILED", tries_left=tries_left)


def _taken(upload: Upload, existing: str | None, request: Request, at: datetime) -> Answer:
    code = "ALREADY_REGISTERED" if existing else "NOT_AVAILABLE_FOR_REGISTRATION"
    uploads.refuse(upload, failure(code, registration_id=existing) if existing else failure(code))
    audit("registration.refused", customer_id=upload.customer_id, upload_id=upload.id, code=code)
    if existing is None:
        raise Refusal(code)
    return _registered(200, upload.customer_id, existing, request, at)


def _registered(status: int, customer_id: str, registration: str, request: Request, at: datetime) -> Answer:
    found = registrations.find(customer_id, registration)
    if found is None:
        raise Refusal("REG_NOT_FOUND")
    return answer(status, registration_view(found, request.language, at))
