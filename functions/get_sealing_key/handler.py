"""GET /sealing-key: the public keys to which the phone seals passwords of files, and R.

Two keys, so that the function that may decrypt an R cannot decrypt a password. The app requests them each time:
keys are replaced, and a ciphertext names its key.
"""

import base64

from registrar.aws import wiring as stores
from registrar.aws.keys import SEALING_ALGORITHM, SealingKey
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route

password_key = stores.password_key()
random_number_key = stores.random_number_key()


@route
def lambda_handler(request: Request) -> Response:
    return respond(200, {**_shown(password_key), "random_number": _shown(random_number_key)})


def _shown(key: SealingKey) -> dict[str, str]:
    public_key = base64.b64encode(key.public_half()).decode()
    return {"key_id": key.key_id, "algorithm": SEALING_ALGORITHM, "public_key": public_key}
