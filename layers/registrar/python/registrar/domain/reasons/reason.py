"""What the catalogue says about each code: status, next action, title and text."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from registrar.domain.reasons.codes import Code

LANGUAGES = ("ko", "en")


class NextAction(StrEnum):
    """What the customer does next; the app turns it into a button or a screen."""

    LOGIN = "LOGIN"
    STEP_UP = "STEP_UP"
    RETRY_CODE = "RETRY_CODE"
    NEW_CODE = "NEW_CODE"
    CHOOSE_METHOD = "CHOOSE_METHOD"
    WAIT = "WAIT"
    WAIT_NOTICE = "WAIT_NOTICE"
    WAIT_UNTIL = "WAIT_UNTIL"
    CALL = "CALL"
    CALL_ISSUER = "CALL_ISSUER"
    RESTART = "RESTART"
    CHOOSE_FILE = "CHOOSE_FILE"
    ENTER_PASSWORD = "ENTER_PASSWORD"  # noqa: S105 - an action
    EXPORT_AGAIN = "EXPORT_AGAIN"
    RENEW_AT_ISSUER = "RENEW_AT_ISSUER"
    REISSUE = "REISSUE"
    GET_OTHER_CERT = "GET_OTHER_CERT"
    SEE_ISSUER_LIST = "SEE_ISSUER_LIST"
    SIGN_AGAIN = "SIGN_AGAIN"
    USE_DIRECTLY = "USE_DIRECTLY"
    MANAGE = "MANAGE"
    REGISTER_NEW_CERT = "REGISTER_NEW_CERT"
    RESUME = "RESUME"
    CHECK_INPUT = "CHECK_INPUT"
    CONTINUE = "CONTINUE"


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of the catalogue. A warning is only ever a finding: its status is then of no use."""

    code: Code
    status: int
    """HTTP status of a response with this reason."""
    retryable: bool
    """The same request may succeed later without changing anything."""
    next_action: NextAction
    title: Mapping[str, str]
    """Language to a few words; takes no parameters."""
    text: Mapping[str, str]
    """Language to one to three sentences, in `str.format` notation."""
    params: tuple[str, ...]
    """The names the text uses: all of them, and no others."""
    faq: str
    """Anchor of the entry in docs/guide.md."""
