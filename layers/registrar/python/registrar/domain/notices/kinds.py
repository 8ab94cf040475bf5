"""The kinds of notices, and what a row of their table (`texts.py`) holds."""

from collections.abc import Mapping
from enum import Enum, StrEnum, auto
from typing import NamedTuple


class Kind(StrEnum):
    """Everything that the service sends to a customer. A message of the notice queue names its kind."""

    ONE_TIME_CODE = "one_time_code"
    PHONE_CODE = "phone_code"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PHONE_CHANGED = "phone_changed"
    RECOVERY_APPROVED = "recovery_approved"
    RECOVERY_CANCELLED = "recovery_cancelled"
    LOGIN_LOCKED = "login_locked"
    CREDENTIAL_CHANGE_DELAYED = "credential_change_delayed"
    UPLOAD_READY = "upload_ready"
    UPLOAD_REFUSED = "upload_refused"
    REGISTERED = "registered"
    HOLD_ADDED_CUSTOMER = "hold_added_customer"
    HOLD_LIFTED_CUSTOMER = "hold_lifted_customer"
    HOLD_ADDED_BANK = "hold_added_bank"
    HOLD_LIFTED_BANK = "hold_lifted_bank"
    HOLD_ADDED_ISSUER = "hold_added_issuer"
    HOLD_LIFTED_ISSUER = "hold_lifted_issuer"
    BLOCKED = "blocked"
    REVOKED = "revoked"
    DEREGISTERED = "deregistered"
    EXPIRING = "expiring"


class Sending(Enum):
    """How a notice leaves the service; the kind decides.

    AT_ONCE: the function that handles the request sends a text message to a given phone and waits for it
    (`steps/sending_at_once.py`). A failure fails the request, so that nothing changes without its notice.
    QUEUED: a message of the notice queue asks for it. send_notice sends it once, by the channels that the customer
    chose; in quiet hours only what is urgent.
    """

    AT_ONCE = auto()
    QUEUED = auto()


class NoticeWording(NamedTuple):
    """One kind of notice in one language, in `str.format` notation.

    `title` is the subject of a push message, a mail and a long text message. `short` is the text message: it names
    the bank, says what happened and what to do, and fits one SMS (`text_messages.py`). `text` is for push, mail and
    AlimTalk; it has no value where the kind is sent by text message only.
    """

    title: str
    short: str
    text: str = ""


class NoticeTexts(NamedTuple):
    """One kind of notice: how it is sent, its texts, and the parameters that its sender gives.

    Texts use the parameters and what `rendering.py` derives from them.
    """

    sending: Sending
    urgent: bool
    params: frozenset[str]
    ko: NoticeWording
    en: NoticeWording

    def in_language(self, language: str) -> NoticeWording:
        """The texts. Raises KeyError for an unknown language."""
        return {"ko": self.ko, "en": self.en}[language]


Rows = Mapping[Kind, NoticeTexts]


def at_once(params: str, ko: NoticeWording, en: NoticeWording) -> NoticeTexts:
    """A kind that is sent within the request, and so at any hour; `params` are names, separated by spaces."""
    return NoticeTexts(Sending.AT_ONCE, True, frozenset(params.split()), ko, en)


def queued(params: str, ko: NoticeWording, en: NoticeWording, *, urgent: bool) -> NoticeTexts:
    """A kind that goes through the notice queue; `params` are names, separated by spaces."""
    return NoticeTexts(Sending.QUEUED, urgent, frozenset(params.split()), ko, en)
