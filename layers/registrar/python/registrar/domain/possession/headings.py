"""Texts to sign: how each is composed, and what each begins with. Standard library only.

A key signs for many purposes. Each purpose has a heading of its own, so that a signature for one is valid for no
other. The headings are of all versions; what binds a text is labelled by its version.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, IntEnum, StrEnum, unique
from typing import NewType

from registrar.domain.bank import SigningBank
from registrar.domain.times import iso, korean_time

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


ALGORITHMS = ["RSASSA-PKCS1-v1_5 with SHA-256", "ECDSA with SHA-256", "CMS SignedData, detached"]
"""How a text may be signed, as apps read it."""


class Version(IntEnum):
    """How the lines that bind a text are written.

    A text is shown in the latest version. A signature over any of them is accepted: an app may hold a text of the
    release before, and evidence holds its text for years. All bind the same values.
    """

    ENGLISH = 1
    KOREAN = 2


LATEST = Version.KOREAN


@unique
class Label(Enum):
    """What a line binds: its label in each version; None where a version has no such line."""

    BANK = ("bank", "은행")
    PURPOSE = (None, "용도")
    UPLOAD = ("upload", "등록 요청 번호")
    REGISTRATION = ("registration", "등록 번호")
    CHALLENGE = ("challenge", "본인 확인 번호")
    LOGIN = ("login", "로그인 번호")
    OPERATION = ("operation", "본인 확인 업무")
    OBJECT = ("object", "대상")
    SERVICE = ("service", "요청 시스템")
    REQUEST = ("request", "서명 요청 번호")
    CERTIFICATE = ("certificate", "인증서 지문(SHA-256)")
    DOCUMENT = ("document", "문서 지문(SHA-256)")
    NONCE = ("nonce", "일회용 값")
    UNTIL = ("valid until", "서명 기한")

    def of(self, version: Version) -> str | None:
        """The label in `version`."""
        label: str | None = self.value[version - 1]
        return label


Bound = Mapping[Label, str | datetime | SigningBank]
"""What a text binds, in the order of its lines."""


def labelled(version: Version, lines: Bound) -> dict[str, str]:
    """The lines by their labels, each value as `version` writes it."""
    shown = ((label.of(version), _written(version, label, value)) for label, value in lines.items())
    return {label: value for label, value in shown if label is not None}


def _written(version: Version, label: Label, value: str | datetime | SigningBank) -> str:
    old = version is Version.ENGLISH
    match value:
        case SigningBank(code=code, name=name):
            return code if old else f"{name}({code})"
        case datetime():
            return iso(value) if old else korean_time(value)
        case _:
            return f"sha256 {value}" if old and label in (Label.CERTIFICATE, Label.DOCUMENT) else value


def compose(heading: Heading, lines: Mapping[str, str]) -> TextToSign:
    """The text: the heading and labelled lines, LF between them and none at the end, as UTF-8.

    Raises ValueError for a value that would not stay on its line.
    """
    for label, value in lines.items():
        if not value.isprintable():
            raise ValueError(f"{label} is not printable")
    return TextToSign("\n".join((heading, *(f"{label}: {value}" for label, value in lines.items()))))


def new_nonce() -> str:
    """128 random bits for one text to sign."""
    return secrets.token_hex(16)
