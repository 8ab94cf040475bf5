"""The parts of a text message: what SNS limits a second, and what a carrier charges for.

A part has 140 bytes: 160 characters of the alphabet of GSM 03.38, or 70 of UCS-2. Korean is UCS-2. A longer text is
sent in several parts, each with a header of 6 bytes (153 or 67 characters), and SNS cuts between words.
"""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
"""They take two characters each."""
_GSM_ALONE = 160
_GSM_OF_SEVERAL = 153
_UCS2_ALONE = 70
_UCS2_OF_SEVERAL = 67


def message_parts(text: str) -> int:
    """How many parts a text message has."""
    gsm = _GSM.union(_GSM_EXTENDED).issuperset(text)
    alone = _GSM_ALONE if gsm else _UCS2_ALONE
    if _length(text, gsm=gsm) <= alone:
        return 1
    most = _GSM_OF_SEVERAL if gsm else _UCS2_OF_SEVERAL
    parts = 1
    used = 0
    for word in _words(text):
        length = _length(word, gsm=gsm)
        if used + length > most and used:
            parts += 1
            used = 0
        parts += (length - 1) // most  # a word longer than a part is cut
        used = used + length if length <= most else (length - 1) % most + 1
    return parts


def _length(text: str, *, gsm: bool) -> int:
    if gsm:
        return len(text) + sum(character in _GSM_EXTENDED for character in text)
    return len(text.encode("utf-16-be")) // 2


def _words(text: str) -> list[str]:
    """The words of a text, each with the space after it."""
    words = text.split(" ")
    return [f"{word} " for word in words[:-1]] + [word for word in words[-1:] if word]
