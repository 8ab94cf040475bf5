"""The kinds of signature requests: which values each has, and how the customer reads them. Standard library only.

A kind is data: labelled lines in a fixed order, Korean with English beside. What a value may be is decided by its
form, so no value can forge a line, hide in one, or show in another order than it has.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

Value = str | int
MAX_AMOUNT = 10**13 - 1
MOST_OF_A_NAME = 32
"""Of an unknown member's name, this much is repeated."""

# An allow-list: ASCII, Latin-1 letters, Hangul syllables, Han, kana, and signs of Korean company names. So no
# control, no mark of direction, nothing invisible, nothing that reads from right to left, no Cyrillic or Greek; and
# no colon, which separates a label from its value. Han and kana look alike in places; names have them.
_CHARACTERS = " !-9;-~À-ÖØ-öø-ÿ가-힣一-鿿ぁ-ゖァ-ヺー·㈜"
# Compiled when first used: only `create_signature_request` checks values.
_TEXT = rf"(?! )(?!.*  )[{_CHARACTERS}]{{1,40}}(?<! )"
_ACCOUNT = re.compile(r"[0-9](?:-?[0-9]){5,19}")
_RATE = re.compile(r"(?:0|[1-9][0-9]?)\.[0-9]{1,3}")
_CARD = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Form:
    """What a value may be (`accepts`), and how it is shown."""

    accepts: Callable[[Value], bool]
    shown: Callable[[Value], str]


def _matching(pattern: re.Pattern[str], shown: str = "{}") -> Form:
    return Form(lambda value: isinstance(value, str) and bool(pattern.fullmatch(value)), shown.format)


def _number(least: int, most: int, shown: Callable[[Value], str]) -> Form:
    def accepts(value: Value) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return Form(accepts, shown)


def _is_text(value: Value) -> bool:
    """Whether it is one line of text that does not name another line."""
    return (
        isinstance(value, str)
        and bool(re.fullmatch(_TEXT, value))
        and not any(line.label in value for kind in KINDS.values() for line in kind.lines)
    )


TEXT = Form(_is_text, str)
ACCOUNT = _matching(_ACCOUNT)
RATE = _matching(_RATE, "연 {0}% / {0}% a year")
CARD = _matching(_CARD, "****-{}")
AMOUNT = _number(1, MAX_AMOUNT, "{0:,}원 / KRW {0:,}".format)
MONTHS = _number(1, 600, "{0}개월 / {0} months".format)
INSTALMENTS = _number(
    1, 60, lambda value: "일시불 / in full" if value == 1 else f"{value}개월 할부 / {value} instalments"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a request, by its name in the request; `label` is Korean and English."""

    name: str
    label: str
    form: Form
    required: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """What is signed: a title, and lines in the order in which they are shown."""

    title: str
    lines: tuple[Line, ...]

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """The values of this kind, in the order of its lines. Raises Refusal (MALFORMED_REQUEST) by member.

        A value that no line shows is refused: the customer would not see it.
        """
        found: dict[str, Value] = {}
        for line in self.lines:
            if line.name not in values and not line.required:
                continue
            value = values.get(line.name)
            if not isinstance(value, str | int) or not line.form.accepts(value):
                raise Refusal(Code.MALFORMED_REQUEST, field=f"values.{line.name}")
            found[line.name] = value
        for name in values:
            if name not in found:
                raise Refusal(Code.MALFORMED_REQUEST, field=f"values.{name[:MOST_OF_A_NAME]}")
        return found

    def shown(self, values: Mapping[str, Value]) -> dict[str, str]:
        """The lines of these values: label, and value as it is shown."""
        return {line.label: line.form.shown(values[line.name]) for line in self.lines if line.name in values}


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "transfer": Kind(
            "이체 / Transfer",
            (
                Line("payee", "받는 분 / Payee", TEXT),
                Line("bank", "받는 은행 / Bank of the payee", TEXT),
                Line("account", "받는 계좌 / Account of the payee", ACCOUNT),
                Line("amount", "금액 / Amount", AMOUNT),
                Line("from_account", "출금 계좌 / From account", ACCOUNT),
                Line("memo", "메모 / Memo", TEXT, required=False),
            ),
        ),
        "loan": Kind(
            "대출 약정 / Loan agreement",
            (
                Line("product", "상품 / Product", TEXT),
                Line("amount", "대출 금액 / Amount", AMOUNT),
                Line("rate", "금리 / Interest rate", RATE),
                Line("months", "기간 / Term", MONTHS),
                Line("account", "입금 계좌 / Paid to account", ACCOUNT),
            ),
        ),
        "card": Kind(
            "카드 결제 / Card payment",
            (
                Line("merchant", "가맹점 / Merchant", TEXT),
                Line("amount", "금액 / Amount", AMOUNT),
                Line("instalments", "할부 / Instalments", INSTALMENTS),
                Line("card", "카드 끝 번호 / Card ending in", CARD),
            ),
        ),
    }
)
