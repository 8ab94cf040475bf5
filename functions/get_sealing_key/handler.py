"""GET /sealing-key: the public halves of the keys to which the phone seals passwords of files, and R.

Two keys, so that the function which may open an R cannot open a password. The app asks for them each time: keys
are replaced, and a ciphertext names the key it was made for.
"""

import base64

from registrar.aws import wiring as stores
from registrar.aws.keys import SEALING_ALGORITHM, SealingKey
from registrar.entry.answers import Answer, answer
from registrar.entry.request import Request
from registrar.entry.route import route

password_key = stores.password_key()
random_number_key = stores.random_number_key()


@route
def lambda_handler(request: Request) -> Answer:
    return answer(200, {**_shown(password_key), "random_number": _shown(random_number_key)})


def _shown(key: SealingKey) -> dict[str, str]:
    public_key = base64.b64encode(key.public_half()).decode()
    return {"key_id": key.key_id, "algorithm": SEALING_ALGORITHM, "public_key": public_key}
