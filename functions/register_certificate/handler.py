"""POST /uploads/{upload_id}/registration: the owner proves possession and agrees; the certificate is registered.

Possession is a signature (raw or CMS) over the text that the upload shows, or the key that was opened from its
container. Ownership is the R that the phone sealed, or the container's. Repeating it returns the same registration.
"""

from datetime import datetime
from typing import NoReturn

from registrar.aws.clients import client
from registrar.aws.customers import Customers
from registrar.aws.keys import CustomerSecrets, SealingKeys
from registrar.aws.owners import Owners
from registrar.aws.registrations import Registrations, Taken
from registrar.aws.uploads import Uploads
from registrar.domain.errors import Refusal
from registrar.domain.possession import MAX_CMS_BYTES, MAX_SIGNATURE_BYTES, Proof, ProofInvalid
from registrar.domain.proof_text import CONSENT_VERSION, text_to_sign
from registrar.domain.registrations import new_registration
from registrar.domain.uploads import MAX_BAD_PROOFS, Upload, failure
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Fields, Request
from registrar.entry.route import route
from registrar.entry.settings import setting, settings_list
from registrar.entry.views import registration_view

BANK, UPLOADS_TABLE = setting("BANK_CODE"), setting("UPLOADS_TABLE")
dynamodb, kms = client("dynamodb"), client("kms")
uploads = Uploads(dynamodb, UPLOADS_TABLE)
registrations = Registrations(dynamodb, setting("REGISTRATIONS_TABLE"))
owners = Owners(
    Customers(dynamodb, setting("CUSTOMERS_TABLE")),
    CustomerSecrets(kms, setting("IDENTITY_KEY")),
    SealingKeys(kms, settings_list("SEALING_KEYS")),
)


@route
def lambda_handler(request: Request) -> Answer:
    caller, at = request.caller, now()
    fields = request.fields(most=MAX_CMS_BYTES * 2)
    consent = fields.text("consent_version")

    upload = uploads.find(request.path_id("upload_id", otherwise="UPLOAD_NOT_FOUND"))
    if upload is None or upload.customer_id != caller.customer_id:
        raise Refusal("UPLOAD_NOT_FOUND")
    if upload.registration:
        return _registered(200, caller.customer_id, upload.registration, request, at)
    upload.check_awaiting_proof(at)
    if consent != CONSENT_VERSION:
        raise Refusal("CONSENT_REQUIRED")
    proof = "container" if upload.opened else _proven(upload, fields)

    registration = new_registration(upload, proof, consent, at)
    try:
        registrations.add(registration, upload, UPLOADS_TABLE, at)
    except Taken as taken:
        return _taken(upload, taken.existing, request, at)
    audit("registration.added", customer_id=caller.customer_id, upload_id=upload.id)
    return answer(201, registration_view(registration, request.language, at))


def _proven(upload: Upload, fields: Fields) -> str:
    """By what the caller proved that key and certificate are theirs. Raises Refusal."""
    kind, most = ("cms", MAX_CMS_BYTES) if "cms" in fields else ("signature", MAX_SIGNATURE_BYTES)
    sealed = fields.sealed("random_number") if "random_number" in fields else None
    try:
        proof = Proof(kind, fields.base64(kind, most), sealed)
        owners.check_proof(upload, text_to_sign(upload, BANK), proof)
    except ProofInvalid:
        _refuse_proof(upload)
    except Refusal as refused:
        if refused.code == "OWNER_MISMATCH":
            uploads.count_bad_proof(upload)
        raise
    return kind


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
