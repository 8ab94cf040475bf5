"""How often something may be tried: per source address, per account and device; how many text messages are sent.

Attempts at an account are counted before anything is compared, for unknown ids as well, and only a success
clears them (NIST SP 800-63B section 3.2.2, OWASP ASVS 5.0 section 6.3): after a login the next ones have another
key (cleared_budgets.py). The fourth scope, the challenge, counts its own tries.
"""

import base64
import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.retention import RULES
from registrar.domain.times import iso

FREE_TRIES = 5
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=24),
)
"""The wait after the fifth attempt without a success, after the sixth, and so on; the last one for all further."""
ATTEMPTS_KEPT = RULES["attempts"]
"""Attempts are deleted this long after the last one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most in a clock minute and in a clock hour."""

    per_minute: int
    per_hour: int


# Mobile networks put thousands of phones behind one address: it stops floods, the account's budget stops guessing.
ADDRESS_LIMIT = Limit(per_minute=120, per_hour=2000)
PHONE_LIMIT = Limit(per_minute=1, per_hour=5)
# By session and address: a thief of the session who floods from another address does not use up the customer's
# limit, and malware on the customer's phone does not use up that of the next login.
STEP_UP_LIMIT = Limit(per_minute=20, per_hour=200)
# Each queries the issuer: enough for a company's transactions, too few to burden a responder.
CHECK_LIMIT = Limit(per_minute=10, per_hour=100)
# A signature cannot be guessed: it stops floods with one certificate from many addresses. Certificates are public,
# so an hour allows as many as its minutes do: the customer waits no longer than the minute in which a flood ends.
CERTIFICATE_LIMIT = Limit(per_minute=60, per_hour=60 * 60)


class TextPurpose(StrEnum):
    """What a code by text message is for. Each has its own budget: a thief of a session, who can start step-ups,
    cannot use up the codes for logins."""

    LOGIN = "login"
    STEP_UP = "step-up"
    PHONE = "phone"


CUSTOMER_TEXTS_PER_HOUR = 10
CUSTOMER_TEXTS_PER_DAY = 20
"""The most codes by text message of one customer for one purpose, to whatever numbers."""
TEXTS_PER_REQUEST = 3
"""The most codes by text message for one challenge, or under one proof of identity."""


@dataclass(frozen=True, slots=True)
class CountedText:
    """A code by text message that is about to be sent to `phone` (E.164).

    `request_id` is the challenge that it answers, or the proof of identity that allows it, until `request_ends`.
    """

    customer_id: str
    purpose: TextPurpose
    request_id: str
    request_ends: datetime
    phone: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at an account: whether it counts, and when the next one may (`retry_after` in seconds)."""

    allowed: bool
    tries_left: int
    retry_after: int | None


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts without a success."""
    if attempts < FREE_TRIES:
        return timedelta()
    return WAITS[min(attempts - FREE_TRIES, len(WAITS) - 1)]


def counted_attempt(attempts: int) -> Attempt:
    """An attempt that was allowed and is number `attempts` since the last success."""
    wait = int(wait_after(attempts).total_seconds())
    return Attempt(True, max(FREE_TRIES - attempts, 0), wait or None)


def refused_attempt(attempts: int, last_at: datetime, now: datetime) -> Attempt:
    """An attempt that came too early after the one at `last_at`.

    That one may have a later time: it began later, or its function's clock is ahead. Then the whole wait is left.
    """
    again_at = last_at + wait_after(attempts)
    return Attempt(False, 0, max(seconds_until(again_at, max(now, last_at)), 1))


def account_key(customer_id: str, device_digest: bytes | None, cleared_at: int | None) -> str:
    """The budget of logins to an account from one device known to the customer, or from all unknown ones, since it
    was cleared (milliseconds since 1970, None where it never was)."""
    since = b"" if cleared_at is None else b"/%d" % cleared_at
    return f"account:{_digest(customer_id.encode() + b'/' + (device_digest or b'') + since)}"


def step_up_key(customer_id: str, started_at: datetime) -> str:
    """The budget of wrong codes within a customer's session, by when it was started."""
    return f"step-up:{_digest(f'{customer_id}/{iso(started_at)}'.encode())}"


def asked_key(customer_id: str, started_at: datetime, address: str) -> str:
    """The budget of step-ups that a customer's session, by when it was started, starts from one source address."""
    return f"asked:{_digest(f'{customer_id}/{iso(started_at)}/{address_key(address)}'.encode())}"


def address_key(address: str) -> str:
    """The budget of a source address; of a whole IPv6 network (/64), since a customer has one of those."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"address:{_digest(address.encode())}"
    if parsed.version == 6:
        parsed = ipaddress.ip_network((parsed, 64), strict=False).network_address
    return f"address:{_digest(parsed.packed)}"


def phone_key(phone: str, purpose: TextPurpose) -> str:
    """The budget of texts to a phone number (E.164).

    Those for logins, which take the password, have one of their own: a thief of a session, or another customer who
    names the number as theirs, uses up no codes for logins.
    """
    name = "phone-login" if purpose is TextPurpose.LOGIN else "phone"
    return f"{name}:{_digest(phone.encode())}"


def texts_key(customer_id: str, purpose: TextPurpose) -> str:
    """The budget of texts of a customer for one purpose."""
    return f"texts-{purpose}:{_digest(customer_id.encode())}"


def request_key(request_id: str) -> str:
    """The budget of texts for one challenge, or under one proof of identity."""
    return f"request:{_digest(request_id.encode())}"


def certificate_key(fingerprint: str, device_digest: bytes | None) -> str:
    """The budget of logins with a certificate (SHA-256, hex) from one device known to its customer, or from all
    others."""
    return f"certificate:{_digest(bytes.fromhex(fingerprint) + (device_digest or b''))}"


def check_key(customer_id: str) -> str:
    """The budget of a customer's checks that query the issuer."""
    return f"check:{_digest(customer_id.encode())}"


def step_up_locked(again_at: datetime, now: datetime) -> Refusal:
    """The refusal that states when a customer may prove their identity again."""
    return Refusal(Code.STEP_UP_LOCKED, retry_after=max(seconds_until(again_at, now), 1), again_at=again_at)


def seconds_until(moment: datetime, now: datetime) -> int:
    """Whole seconds, rounded up."""
    return math.ceil((moment - now).total_seconds())


def _digest(value: bytes) -> str:
    """The keys contain no name: the text typed as a customer id may be a password in the wrong field."""
    return base64.urlsafe_b64encode(hashlib.sha256(value).digest()[:16]).rstrip(b"=").decode()
