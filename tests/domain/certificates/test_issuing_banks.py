"""The issuing bank is read from the OU and the digits of the CN, and not guessed where they disagree."""

import pytest

from registrar.domain.certificates.issuing_banks import BANKS, UNITS, bank_name, issuing_bank

DIGITS = "20261130123456789"


@pytest.mark.parametrize(
    ("operator", "units", "name", "code"),
    [
        ("yessign", ["personal4IB", "WOORI"], f"홍길동()0020041{DIGITS}", "020"),
        ("yessign", ["personal4IB", "woori"], "홍길동", "020"),
        ("yessign", ["personal4IB", "SHB"], f"홍길동(HONG GILDONG)0088041{DIGITS}", "088"),
        ("yessign", ["personal4IB", "XYZ"], f"홍길동()0090041{DIGITS}", "090"),
        ("yessign", ["personal4IB"], f"(주)한빛전자()0003041{DIGITS}", "003"),
        # two banks, none, an unconfirmed code, a code of nobody
        ("yessign", ["personal4IB", "WOORI"], f"홍길동()0088041{DIGITS}", None),
        ("yessign", ["WOORI", "IBK"], "홍길동", None),
        ("yessign", ["personal4IB"], "홍길동", None),
        ("yessign", ["personal4IB"], f"홍길동()0012041{DIGITS}", None),
        ("yessign", ["INITECH", "personal4IB"], "HKD(KILDONG.HONG)009104120200225191000030", None),
        # too few digits, and digits of an operator that may count in another way
        ("yessign", ["personal4IB"], "홍길동()0020", None),
        ("kica", ["personal"], f"홍길동()0020041{DIGITS}", None),
        ("kica", ["personal", "WOORI"], f"홍길동()0020041{DIGITS}", "020"),
    ],
)
def test_issuing_bank_of_a_subject(operator: str, units: list[str], name: str, code: str | None) -> None:
    assert issuing_bank(operator, units, [name]) == code


def test_two_names_of_two_banks_name_none() -> None:
    names = [f"홍길동()0020041{DIGITS}", "홍길동"]
    assert issuing_bank("yessign", [], names) == "020"
    assert issuing_bank("yessign", [], [*names, f"홍길동()0088041{DIGITS}"]) is None


def test_names_of_banks_in_both_languages() -> None:
    assert (bank_name("037", "ko"), bank_name("037", "en")) == ("전북은행", "Jeonbuk Bank")
    assert bank_name(None, "ko") is None
    assert bank_name("999", "ko") is None


def test_units_name_banks_of_the_list() -> None:
    assert set(UNITS.values()) <= BANKS.keys()
    assert all(unit == unit.casefold() for unit in UNITS)
    assert all(len(code) == 3 and code.isdigit() for code in BANKS)
