"""Names as a text message has room for them."""

from collections.abc import Mapping

from registrar.domain.reasons.rendering import one_line


def short_issuer(issuer: Mapping[str, str], language: str) -> str:
    """An issuer without the brand after it: 금융결제원 of "금융결제원 (yessign)", KFTC of "KFTC yessign"."""
    name = one_line(issuer[language])
    return name.partition(" (")[0] if language == "ko" else name.partition(" ")[0]
