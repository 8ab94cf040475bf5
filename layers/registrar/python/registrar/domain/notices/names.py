"""Names as a text message has room for them."""

from collections.abc import Mapping

from registrar.domain.reasons.rendering import one_line

MOST_OF_A_NAME = 40
"""Characters: a company's name may have hundreds, and SNS takes 1,600 bytes in all."""


def short_name(name: str) -> str:
    """A name, cut where it is longer than any text message has room for."""
    line = one_line(name)
    return line if len(line) <= MOST_OF_A_NAME else f"{line[: MOST_OF_A_NAME - 1]}…"


def short_issuer(issuer: Mapping[str, str], language: str) -> str:
    """An issuer without the brand after it: 금융결제원 of "금융결제원 (yessign)", KFTC of "KFTC yessign"."""
    name = one_line(issuer[language])
    return short_name(name.partition(" (")[0] if language == "ko" else name.partition(" ")[0])
