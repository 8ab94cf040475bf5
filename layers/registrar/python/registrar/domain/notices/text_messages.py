"""Text messages of Korean carriers: an SMS has 90 bytes, an LMS 2,000 and a subject, in EUC-KR.

A carrier drops or garbles what EUC-KR lacks: the syllables that only CP949 adds, letters with accents, emojis.
Such a character becomes its base letter, or a star. Names are masked anyway, and none costs a customer a message.
"""

import unicodedata
from enum import StrEnum

SMS_BYTES = 90
LMS_BYTES = 2000
SUBJECT_BYTES = 40
_FIRST_OF_EUC_KR = 0xA1
_STRANGER = "*"


class TextKind(StrEnum):
    """The two kinds; the length of a text decides."""

    SMS = "sms"
    LMS = "lms"


def for_carriers(text: str) -> str:
    """The text in the characters of EUC-KR."""
    return "".join(map(_carried, unicodedata.normalize("NFC", text)))


def byte_length(text: str) -> int:
    """The bytes that carriers count in a text of `for_carriers`."""
    return len(text.encode("cp949"))


def text_kind(text: str) -> TextKind:
    """What a text is sent as."""
    return TextKind.SMS if byte_length(text) <= SMS_BYTES else TextKind.LMS


def _carried(character: str) -> str:
    if _is_carried(character):
        return character
    base = "".join(each for each in unicodedata.normalize("NFKD", character) if _is_carried(each))
    is_letter = base.isascii() and base.isprintable()
    return base if base and is_letter else _STRANGER


def _is_carried(character: str) -> bool:
    try:
        encoded = character.encode("cp949")
    except UnicodeEncodeError:
        return False
    return len(encoded) == 1 or min(encoded) >= _FIRST_OF_EUC_KR
