"""The bank that runs the service, as customers read it in texts and messages."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bank:
    """Names in Korean and English, and the number of the help desk as it is dialled in Korea."""

    name_ko: str
    name_en: str
    help_desk: str

    @property
    def params(self) -> dict[str, Any]:
        """What every text may use: `{bank}` and `{help_desk}`."""
        return {"bank": {"ko": self.name_ko, "en": self.name_en}, "help_desk": self.help_desk}


@dataclass(frozen=True, slots=True)
class SigningBank:
    """The bank as texts to sign name it: by its code, which evidence and receipts state too, and in Korean."""

    code: str
    name: str
