"""Customers' passwords: Argon2id in PHC string form, with the OWASP parameters (RFC 9106).

An unknown customer is compared with UNKNOWN_CUSTOMER, so that the response takes as long as for a known one.
"""

import re
import secrets

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB = 19 * 1024
ITERATIONS = 2
LANES = 1
MAX_PASSWORD_CHARS = 128
UNKNOWN_CUSTOMER = (
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
_PARAMETERS = re.compile(r"\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$")
_MOST = (64 * 1024, 10, 4)


def hash_password(password: str) -> str:
    """A PHC string for `password` with a fresh 16-byte salt."""
    kdf = Argon2id(
        salt=secrets.token_bytes(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB
    )
    return kdf.derive_phc_encoded(password.encode())


def verify_password(password: str, stored: str) -> bool:
    """Whether `password` belongs to the PHC string `stored`.

    Raises ValueError if `stored` is not an Argon2id string or its cost is over the limits.
    """
    found = _PARAMETERS.match(stored)
    if not found or any(int(n) > most for n, most in zip(found.groups(), _MOST, strict=True)):
        raise ValueError("stored password hash has unknown or excessive parameters")
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True
