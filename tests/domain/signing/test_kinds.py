"""Kinds of signature requests: what a value may be, and how it is shown."""

from typing import Any

import pytest

from registrar.domain.reasons.errors import Refusal
from registrar.domain.signing.kinds import KINDS
from tests.support.signing import CARD, HOSTILE, LOAN, TRANSFER, VALUES

SHOWN = {
    "transfer": {
        "받는 분 / Payee": "김철수",
        "받는 은행 / Bank of the payee": "한빛은행",
        "받는 계좌 / Account of the payee": "110-234-567890",
        "금액 / Amount": "1,500,000원 / KRW 1,500,000",
        "출금 계좌 / From account": "220-11-0099887",
    },
    "loan": {
        "상품 / Product": "직장인 신용대출",
        "대출 금액 / Amount": "30,000,000원 / KRW 30,000,000",
        "금리 / Interest rate": "연 4.25% / 4.25% a year",
        "기간 / Term": "36개월 / 36 months",
        "입금 계좌 / Paid to account": "220-11-0099887",
    },
    "card": {
        "가맹점 / Merchant": "서울 전자상가",
        "금액 / Amount": "890,000원 / KRW 890,000",
        "할부 / Instalments": "3개월 할부 / 3 instalments",
        "카드 끝 번호 / Card ending in": "****-4321",
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_shown_on_labelled_lines(kind: str) -> None:
    assert KINDS[kind].shown(KINDS[kind].check(VALUES[kind])) == SHOWN[kind]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("member", ["payee", "bank", "memo"])
def test_a_text_that_could_mislead_is_refused(member: str, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        KINDS["transfer"].check({**TRANSFER, member: HOSTILE[name]})

    assert refused.value.params == {"field": f"values.{member}"}


@pytest.mark.parametrize(
    "value",
    ["김철수", "㈜한빛상사", "Müller & Söhne (서울)", "株式会社ヤマト", "O'Brien, 3rd floor #12", "김" * 40],
)
def test_names_that_customers_have_are_accepted(value: str) -> None:
    assert KINDS["transfer"].check({**TRANSFER, "payee": value})["payee"] == value


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [
        ("transfer", "amount", 0),
        ("transfer", "amount", -1),
        ("transfer", "amount", 10**13),
        ("transfer", "amount", 1.5),
        ("transfer", "amount", "1500000"),
        ("transfer", "amount", True),
        ("transfer", "amount", None),
        ("transfer", "payee", 7),
        ("transfer", "payee", ["김철수"]),
        ("transfer", "memo", None),
        ("transfer", "account", "110 234 567890"),
        ("transfer", "account", "110-234-"),
        ("transfer", "account", "12345"),
        ("transfer", "account", "1" * 21),
        ("transfer", "account", "١١٠٢٣٤٥٦"),
        ("loan", "rate", 4.25),
        ("loan", "rate", "04.25"),
        ("loan", "rate", "4,25"),
        ("loan", "rate", "100.0"),
        ("loan", "months", 0),
        ("loan", "months", 601),
        ("card", "instalments", 61),
        ("card", "card", "12345678"),
    ],
)
def test_a_value_of_another_form_is_refused(kind: str, member: str, value: Any) -> None:
    with pytest.raises(Refusal) as refused:
        KINDS[kind].check({**VALUES[kind], member: value})

    assert refused.value.params == {"field": f"values.{member}"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_value_is_refused(kind: str) -> None:
    for name in VALUES[kind]:
        with pytest.raises(Refusal):
            KINDS[kind].check({k: v for k, v in VALUES[kind].items() if k != name})


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_no_line_shows_is_refused(kind: str) -> None:
    with pytest.raises(Refusal) as refused:
        KINDS[kind].check({**VALUES[kind], "fee": 500})

    assert refused.value.params == {"field": "values.fee"}


def test_the_largest_amount_is_shown_in_full() -> None:
    shown = KINDS["loan"].shown({**LOAN, "amount": 10**13 - 1})

    assert shown["대출 금액 / Amount"] == "9,999,999,999,999원 / KRW 9,999,999,999,999"


def test_one_instalment_is_payment_in_full() -> None:
    assert KINDS["card"].shown({**CARD, "instalments": 1})["할부 / Instalments"] == "일시불 / in full"


@pytest.mark.parametrize("kind", KINDS)
def test_labels_differ_and_have_no_colon(kind: str) -> None:
    labels = [line.label for line in KINDS[kind].lines]

    assert len(set(labels)) == len(labels)
    assert not any(":" in label for label in labels)
