"""POST /uploads: announce certificate files, and return a form to upload exactly these files."""

from datetime import datetime

from registrar.aws import wiring as stores
from registrar.domain.access.challenge import Challenge, Operation
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import POST_LIFE, UPLOAD_LIFE, Issued, UploadState, new_upload_id
from registrar.domain.registrations.upload_files import MAX_CHOSEN_FILES, AnnouncedFile, check_announced, object_key
from registrar.domain.times import iso
from registrar.entry.clock import now
from registrar.entry.fields import CHALLENGE_ID, Fields
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.upload_views import POLL_SECONDS

uploads = stores.uploads()
challenges = stores.challenges()
bucket = stores.upload_forms()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    fields = request.fields()
    files = tuple(_announced(entry) for entry in fields.each("files", most=MAX_CHOSEN_FILES))
    check_announced([file.size for file in files])
    proof_id = fields.optional_text("proof_id", CHALLENGE_ID)
    upload_id = new_upload_id(caller.customer_id, request.idempotency_key)
    proof = challenges.find(proof_id) if proof_id else None
    if proof is None or proof.method is None or proof.proved_at is None:
        raise Refusal(Code.STEP_UP_REQUIRED)
    if not _allows(proof, caller.customer_id, upload_id, at):
        raise Refusal(Code.STEP_UP_REQUIRED)
    wanted = Issued(
        id=upload_id,
        customer_id=caller.customer_id,
        customer_kind=caller.customer_kind,
        files=files,
        method=proof.method,
        proved_at=proof.proved_at,
        created_at=at,
        expires_at=at + UPLOAD_LIFE,
    )
    use = challenges.use(proof.id, caller.customer_id, Operation.REGISTER, "", wanted.id, at)
    upload = uploads.add(wanted, use)
    if upload.files != files:
        raise Refusal(Code.STATE_CONFLICT)
    audit("upload.issued", customer_id=caller.customer_id, upload_id=upload.id, files=len(files))
    state = upload.state_at(at)
    return respond(
        201,
        {
            "upload_id": upload.id,
            "state": state.value,
            "expires_at": iso(upload.expires_at),
            **({"poll_after": POLL_SECONDS[state]} if state is UploadState.ISSUED else {}),
            "files": [
                {"name": file.name, **bucket.presigned_post(object_key(upload.id, index), file, POST_LIFE)}
                for index, file in enumerate(files)
            ],
        },
    )


def _allows(proof: Challenge, customer_id: str, upload_id: str, at: datetime) -> bool:
    """Whether this is the customer's proof of identity for an upload, or was used for this one before."""
    used_before = (proof.customer_id, proof.used_for) == (customer_id, upload_id)
    return used_before or proof.authorises(customer_id, Operation.REGISTER, "", at)


def _announced(fields: Fields) -> AnnouncedFile:
    name = fields.file_name("name")
    size = fields.number("size")
    return AnnouncedFile(name, size, fields.text("sha256", r"[0-9a-f]{64}"))
