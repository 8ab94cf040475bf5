"""GET /uploads/{upload_id}: what became of an upload, and the text to sign once only that is missing."""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.upload import UploadState
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.views import upload_view
from registrar.settings import setting

BANK = setting("BANK_CODE")
uploads = stores.uploads()


@route
def lambda_handler(request: Request) -> Answer:
    caller = request.caller
    at = now()
    upload_id = request.path_id("upload_id", otherwise=Code.UPLOAD_NOT_FOUND)
    upload = uploads.of_customer(upload_id, caller.customer_id)
    awaiting = upload.state_at(at) is UploadState.AWAITING_PROOF
    if awaiting and upload.nonce_expires_at is not None and at >= upload.nonce_expires_at:
        upload = uploads.renew_text(upload, at)
    return answer(200, upload_view(upload, BANK, request.language, at))
