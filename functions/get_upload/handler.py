"""GET /uploads/{upload_id}: the state of an upload, and the text to sign once only the signature is missing."""

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.upload import AwaitingProof
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.views import upload_view
from registrar.settings import setting

BANK = setting("BANK_CODE")
uploads = stores.uploads()
texts = stores.texts()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    upload_id = request.path_id("upload_id", otherwise=Code.UPLOAD_NOT_FOUND)
    upload = uploads.of_customer(upload_id, caller.customer_id)
    if isinstance(upload, AwaitingProof) and not upload.ending_at(at) and upload.text_expired_at(at):
        upload = texts.renew(upload, at)
    return respond(200, upload_view(upload, BANK, request.language, at), request.language)
