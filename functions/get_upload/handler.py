"""GET /uploads/{upload_id}: the state of an upload, and the text to sign once only the signature is missing.

What is to be sealed comes with the keys to seal it to, so that an app needs no second request.
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.codes import Code
from registrar.domain.registrations.upload import AwaitingProof
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.entry.upload_views import upload_view
from registrar.settings import signing_bank

BANK = signing_bank()
uploads = stores.uploads()
texts = stores.texts()
sealing_keys = stores.current_sealing_keys()


@route
def lambda_handler(request: Request) -> Response:
    caller = request.caller
    at = now()
    upload_id = request.path_id("upload_id", otherwise=Code.UPLOAD_NOT_FOUND)
    upload = uploads.of_customer(upload_id, caller.customer_id)
    if isinstance(upload, AwaitingProof) and not upload.ending_at(at) and upload.text_expired_at(at):
        upload = texts.renew(upload, at)
    view = upload_view(upload, BANK, request.language, at)
    for part in _sealed_parts(view):
        part["sealing_keys"] = sealing_keys.shown(at)
    return respond(200, view, request.language)


def _sealed_parts(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of an upload whose nonce goes into something sealed: a password, or R beside a signature."""
    return [part for part in (view.get("password"), view.get("proof")) if part and "nonce" in part]
