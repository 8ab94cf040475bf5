"""One-time codes by text message: six random digits, bound to one challenge (OWASP ASVS 5.0 6.5 and 6.6).

Only a salted digest is stored. It hides the code from a reader of the row; against guessing, the code expires after
three minutes or five tries.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

SMS_CODE_LIFE = timedelta(minutes=3)
_SALT_BYTES = 16


def new_sms_code(bound_to: str) -> tuple[str, bytes]:
    """A code and its salted digest, bound to its challenge and phone (or other request)."""
    code = f"{secrets.randbelow(10**6):06}"
    salt = secrets.token_bytes(_SALT_BYTES)
    return code, salt + _digest(salt, bound_to, code)


def sms_code_matches(
    digest: bytes | None, expires_at: datetime | None, bound_to: str, code: str, now: datetime
) -> bool:
    """Whether `code` is the last one sent for `bound_to` and has not expired; compared in constant time."""
    if digest is None or expires_at is None or now >= expires_at:
        return False
    salt = digest[:_SALT_BYTES]
    expected = digest[_SALT_BYTES:]
    return hmac.compare_digest(_digest(salt, bound_to, code), expected)


def _digest(salt: bytes, bound_to: str, code: str) -> bytes:
    return hmac.digest(salt, f"{bound_to}:{code}".encode(), hashlib.sha256)
