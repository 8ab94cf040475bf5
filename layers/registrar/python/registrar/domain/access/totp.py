"""One-time codes from an authenticator app (TOTP, RFC 6238; HMAC-SHA-1, 6 digits, 30 seconds)."""

from datetime import datetime

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
SECRET_BYTES = 20
"""RFC 4226 section 4 R6 recommends 160 bits."""
STEP_SECONDS = 30
# One step either way for clocks that differ (RFC 6238 section 5.2).
WINDOW = (0, -1, 1)


def matching_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The time step (seconds since 1970 ÷ 30) whose code is `code`, or None.

    All steps of the window are compared, in constant time. The caller refuses a step that is not later than
    the last one used (RFC 6238 section 5.2: a code is accepted once).
    """
    totp = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238's default, what phones implement
    current = int(now.timestamp()) // STEP_SECONDS
    matches = [
        current + offset
        for offset in WINDOW
        if bytes_eq(totp.generate((current + offset) * STEP_SECONDS), code.encode())
    ]
    return max(matches) if matches else None
