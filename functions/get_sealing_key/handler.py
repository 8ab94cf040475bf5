"""GET /sealing-key: the public keys to which the phone seals passwords of files, and R.

An upload that needs them carries them too (`get_upload`). A ciphertext names its key, so keys can be replaced.
"""

from registrar.aws import wiring as stores
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

sealing_keys = stores.current_sealing_keys()


@route
def lambda_handler(request: Request) -> Response:
    return respond(200, sealing_keys.shown(now()))
