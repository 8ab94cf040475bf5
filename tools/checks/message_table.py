"""Checks the tables of docs/messages.md against the texts of notices: `python -m tools.checks.message_table`.

`--write` writes them: each kind's text message with usual values and its bytes with the longest usual ones, and the
AlimTalk templates that a bank registers.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from registrar.domain.access.challenge import Operation
from registrar.domain.bank import Bank
from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.rendering import fields, notice_text, template_code
from registrar.domain.notices.text_messages import byte_length
from registrar.domain.notices.texts import TEXTS
from registrar.domain.reasons.reason import LANGUAGES
from tools.checks.sections import keep_section
from tools.cloud.emulator import ROOT

DOCUMENT = ROOT / "docs/messages.md"
MESSAGES = ("<!-- messages: written by `make docs` -->\n", "<!-- end of messages -->\n")
TEMPLATES = ("<!-- templates: written by `make docs` -->\n", "<!-- end of templates -->\n")
_AT = datetime(2026, 12, 1, 3, tzinfo=UTC)
_LATER = _AT + timedelta(days=12)
_USUAL = (
    Bank("전북은행", "Jeonbuk Bank", "1588-0000"),
    "홍길동",
    {"ko": "금융결제원 (yessign)", "en": "KFTC yessign"},
)
_LONG = (
    Bank("SC제일은행", "Jeonbuk Bank", "1588-0000"),
    "남궁민수",
    {"ko": "한국무역정보통신 (TradeSign)", "en": "SignKorea KOSCOM"},
)
_VALUES: dict[str, object] = {
    "operation": Operation.ENROL,
    "detail": "갤럭시 S26",
    "effective_at": _LATER,
    "phone_masked": "010-****-4321",
    "until_at": _LATER,
}


def main() -> None:
    """Compare the tables with the texts, or write them."""
    keep_section(DOCUMENT, *MESSAGES, messages())
    keep_section(DOCUMENT, *TEMPLATES, templates())


def messages() -> str:
    """One row for each kind and language."""
    lines = ["| kind | text message | bytes | at most |", "| --- | --- | --- | --- |"]
    for kind in Kind:
        for language in LANGUAGES:
            usual = _short(kind, language, *_USUAL)
            longest = byte_length(_short(kind, language, *_LONG))
            lines.append(f"| `{kind}` | {usual} | {byte_length(usual)} | {longest} |")
    return "\n".join(lines) + "\n"


def templates() -> str:
    """One row for each kind that is queued, with its variables as providers write them."""
    return "\n".join(["| code | text |", "| --- | --- |", *_templates()]) + "\n"


def _templates() -> Iterator[str]:
    for kind, texts in TEXTS.items():
        if texts.sending is Sending.QUEUED:
            for language in LANGUAGES:
                text = texts.in_language(language).text
                shown = text.format(**{name: f"#{{{name}}}" for name in fields(text)})
                yield f"| `{template_code(kind, language)}` | {shown} |"


def _short(kind: Kind, language: str, bank: Bank, name: str, issuer: dict[str, str]) -> str:
    params = {each: _VALUES.get(each) for each in TEXTS[kind].params}
    if "code" in params:
        params["code"] = "CERT_EXPIRED" if kind is Kind.UPLOAD_REFUSED else "123456"
    if kind is Kind.PHONE_CHANGED:
        params["detail"] = _VALUES["phone_masked"]
    end = _AT + timedelta(days=30)
    about: list[Any] = [SimpleNamespace(id="0" * 32, issuer=issuer, not_after=end, registered_at=_AT)]
    return notice_text(kind, language, params, _AT, bank, customer_name=name, registrations=about).short


if __name__ == "__main__":
    main()
