"""What a phone seals for us: a file's password, or R. RSAES-OAEP with SHA-256 (RFC 8017 7.1) to a KMS key.

The plaintext is JSON: `{"upload": id, "nonce": …, "secret": …}`. It is bound to one upload and to the nonce that
the service gave for it, so a sealed secret cannot be replayed elsewhere. Standard library only.
"""

import hmac
import json
from dataclasses import dataclass, field

from registrar.domain.reasons.errors import SealedSecretInvalid

MAX_SEALED_BYTES = 512
MAX_SECRET_CHARS = 128


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a request carries: the id of the key it is sealed to, and the ciphertext."""

    key_id: str
    ciphertext: bytes = field(repr=False)


def unwrap(plaintext: bytes, upload_id: str, nonce: str) -> str:
    """The secret in `plaintext`. Raises SealedSecretInvalid, which quotes nothing of it."""
    try:
        content = json.loads(plaintext)
        upload = content["upload"]
        given = content["nonce"]
        secret = content["secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SealedSecretInvalid from None
    if not all(isinstance(value, str) for value in (upload, given, secret)):
        raise SealedSecretInvalid
    claimed = f"{upload}\n{given}".encode("utf-8", "surrogatepass")
    bound = hmac.compare_digest(claimed, f"{upload_id}\n{nonce}".encode())
    if not bound or not 0 < len(secret) <= MAX_SECRET_CHARS:
        raise SealedSecretInvalid
    return str(secret)
