"""GET /sealing-key: the public half of the key to which the phone seals passwords and R.

The app asks for it each time: keys are replaced, and a ciphertext names the key it was made for.
"""

import base64

from registrar.aws.clients import client
from registrar.aws.keys import SEALING_ALGORITHM, SealingKey
from registrar.entry.answers import Answer, answer
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.settings import setting

key = SealingKey(client("kms"), setting("SEALING_KEY"))


@route
def lambda_handler(request: Request) -> Answer:
    public_key = base64.b64encode(key.public_half()).decode()
    return answer(200, {"key_id": key.key_id, "algorithm": SEALING_ALGORITHM, "public_key": public_key})
