"""Names for lists and messages: of persons with their middle hidden, of companies whole, as they are public."""

import unicodedata

PERSONAL = "personal"
CORPORATE = "corporate"
PERSONAL = "personal"


def shown_name(name: str, kind: str) -> str:
    """The name of a customer or a certificate's holder as others may read it; `kind` is personal or corporate."""
    return _one_line(name) if kind == CORPORATE else masked(name)


def masked(person: str) -> str:
    """A person's name with its middle hidden: 홍*동, 남**수, 이*, G*****g H**g.

    Only the first and, from three characters on, the last character of each word stay readable. Syllables of one
    name that are written apart (홍 길 동, 김 철수) are one word; where other words stand beside them, those behind
    the first are hidden (김 * J**n).
    """
    words = _one_line(unicodedata.normalize("NFC", person)).split()
    if any(len(word) == 1 for word in words) and (_is_east_asian(words) or all(len(word) == 1 for word in words)):
        words = ["".join(words)]
    return " ".join(_masked_word(word, is_first=n == 0) for n, word in enumerate(words))


def _one_line(name: str) -> str:
    """Without what ends a line, is invisible, or turns text round: names come out of certificates, too."""
    if not name.isprintable():
        name = "".join(each if each.isprintable() else " " for each in name)
    return " ".join(name.split())


def _is_east_asian(words: list[str]) -> bool:
    """Whether each character is a syllable or an ideograph: family and given name are one word in such names."""
    return all(unicodedata.east_asian_width(character) == "W" for word in words for character in word)


def _masked_word(word: str, *, is_first: bool) -> str:
    if len(word) == 1:
        return word if is_first else "*"
    if len(word) == 2:
        return word[0] + "*"
    return word[0] + "*" * (len(word) - 2) + word[-1]
