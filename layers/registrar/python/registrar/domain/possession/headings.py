"""Texts to sign: how each is composed, and what each begins with. Standard library only.

A key signs for many purposes. Each purpose has a heading of its own, so that a signature for one is valid for no
other.
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import NewType

TextToSign = NewType("TextToSign", str)
"""A text that `compose` made: no other is checked as a proof of possession."""


@unique
class Heading(StrEnum):
    """The first line of a text to sign."""

    REGISTER = "타기관 인증서 등록 / Register a certificate of another institution"
    RESUME = "등록 인증서 다시 사용 / Use a registered certificate again"
    PROVE = "타기관 인증서로 본인 확인 / Prove your identity with a registered certificate"
    LOG_IN = "인증서로 로그인 / Log in with a registered certificate"
    SIGN = "거래 내용을 확인하고 서명 / Check and sign this transaction"


def compose(heading: Heading, lines: Mapping[str, str]) -> TextToSign:
    """The text: the heading and labelled lines, LF between them and none at the end, as UTF-8.

    Raises ValueError for a value that would not stay on its line.
    """
    for label, value in lines.items():
        if not value.isprintable():
            raise ValueError(f"{label} is not printable")
    return TextToSign("\n".join((heading, *(f"{label}: {value}" for label, value in lines.items()))))
