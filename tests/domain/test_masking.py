"""Names as lists and messages show them: their middle is hidden."""

import pytest

from registrar.domain.masking import masked, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("홍길동", "홍*동"),
        ("남궁민수", "남**수"),
        ("이산", "이*"),
        ("홍 길 동", "홍*동"),
        ("김 철수", "김*수"),
        ("이 산", "이*"),
        ("남궁 민수", "남* 민*"),
        ("王 小明", "王*明"),
        ("A B C", "A*C"),
        ("J K Rowling", "J * R*****g"),
        ("홍 길 동(HONG)", "홍 * 동*****)"),
        ("김 철 John", "김 * J**n"),
        ("홍\u3000길\u3000동", "홍*동"),
        ("Jean-Luc Picard", "J******c P****d"),
        ("압둘·라흐만", "압****만"),
        ("ＫＩＭ", "Ｋ*Ｍ"),
        ("\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc", "홍*동"),
        ("김", "김"),
        ("Gildong Hong", "G*****g H**g"),
        ("  Gildong   Hong ", "G*****g H**g"),
        ("", ""),
    ],
)
def test_middle_of_a_name_is_masked(name: str, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("(주)한빛전자", "corporate", "(주)한빛전자"),
        ("  주식회사  길동 ", "corporate", "주식회사 길동"),
        ("㈜한빛 전자", "corporate", "㈜한빛 전자"),
        ("홍길동", "personal", "홍*동"),
        ("한빛\n할 일:\u202e 승인\u200b하십시오", "corporate", "한빛 할 일: 승인 하십시오"),
        ("홍\u202e동", "personal", "홍*"),
    ],
)
def test_company_is_shown_whole_and_person_is_masked(name: str, kind: str, shown: str) -> None:
    assert shown_name(name, kind) == shown
