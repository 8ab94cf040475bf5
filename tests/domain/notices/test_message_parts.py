"""Parts of a text message: 160 characters of GSM or 70 of UCS-2 in one, 153 or 67 in each of several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar.domain.notices.message_parts import message_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("가" * 70, 1),
        ("가" * 71, 2),
        ("가" * 134, 2),
        ("가" * 135, 3),
        ("a" * 70 + "가", 2),
        ("[은행] {1}" + "a" * 62, 1),
        ("[은행] {1}" + "a" * 63, 2),
        ("[^{}~|]" * 11 + "a" * 6, 1),
        ("[^{}~|]" * 11 + "a" * 7, 2),
        ("€" * 76 + "a", 1),
        ("ÅéÇΩ" * 40, 1),
        ("ÅéÇΩ" * 40 + "é", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_a_text_has_as_many_parts_as_its_alphabet_needs(text: str, parts: int) -> None:
    assert message_parts(text) == parts


@pytest.mark.parametrize(("word", "words", "parts"), [(40, 3, 3), (33, 4, 3), (32, 4, 2)])
def test_a_text_is_cut_between_words(word: int, words: int, parts: int) -> None:
    assert message_parts(" ".join(["가" * word] * words)) == parts


@given(st.text(alphabet="가나다 ", max_size=400))
def test_cutting_between_words_needs_no_fewer_parts_than_cutting_anywhere(text: str) -> None:
    least = 1 if len(text) <= 70 else -(-len(text) // 67)
    assert least <= message_parts(f"가{text}"[: max(len(text), 1)]) <= 2 * least
