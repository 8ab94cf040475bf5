"""Names as lists and messages show them: their middle is hidden."""

import pytest

from registrar.domain.masking import masked


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("홍길동", "홍*동"),
        ("남궁민수", "남**수"),
        ("이산", "이*"),
        ("김", "김"),
        ("Gildong Hong", "G*****g H**g"),
        ("  Gildong   Hong ", "G*****g H**g"),
        ("(주)코스콤", "(****콤"),
        ("", ""),
    ],
)
def test_middle_of_a_name_is_masked(name: str, shown: str) -> None:
    assert masked(name) == shown
