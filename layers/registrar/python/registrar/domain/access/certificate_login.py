"""Login by certificate alone: the customer signs a text, and nothing else is typed. Standard library only.

Whoever asks gets a text; who they are is known only from the certificate that comes with the signature. The key on
the customer's device, and the password that opens it there, are the two factors; of the password we see nothing.
(SP 800-63B-4 section 3.1.7.)
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from registrar.domain.access.challenge import CHALLENGE_LIFE
from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import (
    LATEST,
    Bound,
    Heading,
    Label,
    TextToSign,
    Version,
    compose,
    labelled,
)
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

if TYPE_CHECKING:  # to make a text neither is loaded
    from registrar.domain.access.customer import Customer
    from registrar.domain.registrations.registration import Registration


@dataclass(frozen=True, slots=True)
class CertificateLogin:
    """A text to sign for one login, of whichever customer: accepted once, whatever comes of it."""

    id: str
    nonce: str
    created_at: datetime
    expires_at: datetime

    def text(self, bank: SigningBank, version: Version = LATEST) -> TextToSign:
        """The text to sign."""
        lines: Bound = {
            Label.BANK: bank,
            Label.PURPOSE: "로그인",
            Label.LOGIN: self.id,
            Label.NONCE: self.nonce,
            Label.UNTIL: self.expires_at,
        }
        return compose(Heading.LOG_IN, labelled(version, lines))


def new_certificate_login(now: datetime) -> CertificateLogin:
    """A text with an id and a nonce that cannot be guessed (128 and 256 bits)."""
    return CertificateLogin(secrets.token_urlsafe(16), secrets.token_urlsafe(32), now, now + CHALLENGE_LIFE)


def check_may_log_in(customer: "Customer", registration: "Registration", now: datetime) -> None:
    """Check that the customer's certificate may start a session at `now` without a password.

    After a recovery, those registered before may not: they may have been on the device that was lost. With the
    password they still prove a challenge. Raises Refusal: LOGIN_AFTER_RECOVERY, or why it may not be used.
    """
    registration.check_usable(now)
    recovered_at = customer.as_of(now).recovered_at
    if recovered_at is not None and registration.registered_at < recovered_at:
        raise Refusal(Code.LOGIN_AFTER_RECOVERY)
