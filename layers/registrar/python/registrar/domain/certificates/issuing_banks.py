"""The bank at whose counter or site a certificate was issued: where its holder renews it. Standard library only.

Two places of the subject name it: an OU, and the digits behind the name in the CN, which begin with 0 and the
bank's code of three digits (홍길동()0020041…: 020). Sources: the codes are those of the Korean interbank network,
as public lists of 2023 and 2025 agree on them; that the digits begin with it, public descriptions of certificates
(SHB with 0088…, WOORI with 0020…).
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple


class IssuingBank(NamedTuple):
    """A bank by its names. What no two public lists agree on is not `confirmed`, and not shown to customers."""

    ko: str
    en: str
    confirmed: bool = True


BANKS: Mapping[str, IssuingBank] = {
    "002": IssuingBank("KDB산업은행", "Korea Development Bank"),
    "003": IssuingBank("IBK기업은행", "Industrial Bank of Korea"),
    "004": IssuingBank("KB국민은행", "KB Kookmin Bank"),
    "007": IssuingBank("Sh수협은행", "Suhyup Bank"),
    "011": IssuingBank("NH농협은행", "NH NongHyup Bank"),
    "012": IssuingBank("지역농·축협", "NongHyup cooperatives", confirmed=False),
    "020": IssuingBank("우리은행", "Woori Bank"),
    "023": IssuingBank("SC제일은행", "Standard Chartered Bank Korea"),
    "027": IssuingBank("한국씨티은행", "Citibank Korea"),
    "031": IssuingBank("iM뱅크(옛 대구은행)", "iM Bank (formerly Daegu Bank)"),
    "032": IssuingBank("BNK부산은행", "BNK Busan Bank"),
    "034": IssuingBank("광주은행", "Kwangju Bank"),
    "035": IssuingBank("제주은행", "Jeju Bank"),
    "037": IssuingBank("전북은행", "Jeonbuk Bank"),
    "039": IssuingBank("BNK경남은행", "BNK Kyongnam Bank"),
    "045": IssuingBank("새마을금고", "Korean Federation of Community Credit Cooperatives"),
    "048": IssuingBank("신협", "National Credit Union Federation of Korea"),
    "050": IssuingBank("저축은행", "savings banks", confirmed=False),
    "064": IssuingBank("산림조합", "National Forestry Cooperative Federation", confirmed=False),
    "071": IssuingBank("우체국", "Korea Post"),
    "081": IssuingBank("하나은행", "Hana Bank"),
    "088": IssuingBank("신한은행", "Shinhan Bank"),
    "089": IssuingBank("케이뱅크", "K bank"),
    "090": IssuingBank("카카오뱅크", "KakaoBank"),
    "092": IssuingBank("토스뱅크", "Toss Bank"),
}
# Those of which a source says the bank; a certificate of another one is known by its digits.
UNITS: Mapping[str, str] = {
    "ibk": "003",
    "kmb": "004",
    "nacf": "011",
    "woori": "020",
    "jbb": "037",
    "shb": "088",
}
NUMBERED_BY_BANK = frozenset({"yessign"})
"""Operators whose digits are known to begin with a bank's code."""
_DIGITS = re.compile(r"\)0([0-9]{3})[0-9]{8,}\Z")


def issuing_bank(operator: str, units: Collection[str], common_names: Collection[str]) -> str | None:
    """The code of the issuing bank, by the subject's OUs and CNs.

    None where neither names a confirmed bank, or where they name two: a wrong bank sends the customer astray.
    """
    found = {UNITS[unit.casefold()] for unit in units if unit.casefold() in UNITS}
    if operator in NUMBERED_BY_BANK:
        digits = filter(None, map(_DIGITS.search, common_names))
        found |= {each[1] for each in digits if each[1] in BANKS}
    code = found.pop() if len(found) == 1 else None
    return code if code and BANKS[code].confirmed else None


def bank_name(code: str | None, language: str) -> str | None:
    """The name of a bank; None for none, and for a code that only a later release knows."""
    bank = BANKS.get(code or "")
    if bank is None:
        return None
    return bank.ko if language == "ko" else bank.en
