"""A JSON object from outside, read member by member as checked values."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.times import instant

if TYPE_CHECKING:  # most requests carry neither
    from registrar.domain.possession.proofs import Proof
    from registrar.domain.possession.sealing import Sealed

CUSTOMER_ID = r"[A-Za-z0-9_-]{1,32}"
# The ARN of an IAM user, or of a role's session.
STAFF_ID = r"arn:[A-Za-z0-9:/_+=,.@-]{20,400}"
EXECUTION_ID = r"[0-9a-f-]{36}"
REGISTRATION_ID = r"r[a-z0-9]{32}"
CHALLENGE_ID = r"[A-Za-z0-9_-]{22}"
DEVICE_ID = r"[A-Za-z0-9_-]{22}"
_MOST_OF_A_CODE = 32
# Spaces, dashes, and what is not visible, such as a mark of direction.
_BETWEEN_DIGITS = frozenset({"Zs", "Pd", "Cf"})
_MOST_OF_A_FILE_NAME = 255
# Controls, halves of characters, and ends of lines.
_NOT_IN_NAMES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Embeddings, overrides and isolates, which show a name in another order than it has (UAX #9).
_OTHER_ORDERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object whose members are read one by one; each reader raises Refusal (MALFORMED_REQUEST) by name."""

    values: Mapping[str, Any]
    prefix: str

    def text(self, name: str, pattern: str = r"(?s).{1,256}") -> str:
        """A text that `pattern` matches whole."""
        value = self.values.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value) or not value.isprintable():
            raise self._malformed(name)
        return value

    def matches(self, name: str, pattern: str) -> bool:
        """Whether it is a text that `pattern` matches whole."""
        value = self.values.get(name)
        return isinstance(value, str) and re.fullmatch(pattern, value) is not None

    def one_time_code(self, name: str) -> str:
        """Six digits, typed as an app or a text message shows them: with spaces or hyphens, full width.

        Only what keyboards and copying add is left out, so the code that was typed is the code that is compared.
        """
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > _MOST_OF_A_CODE:
            raise self._malformed(name)
        typed = unicodedata.normalize("NFKC", value)
        code = "".join(each for each in typed if unicodedata.category(each) not in _BETWEEN_DIGITS)
        if not re.fullmatch(r"[0-9]{6}", code):
            raise self._malformed(name)
        return code

    def file_name(self, name: str) -> str:
        """A file's name as a system gives it, which may be any text of 1 to 255 characters without control ones."""
        value = self.values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _MOST_OF_A_FILE_NAME:
            raise self._malformed(name)
        if any(unicodedata.category(each) in _NOT_IN_NAMES or each in _OTHER_ORDERS for each in value):
            raise self._malformed(name)
        return value

    def optional_text(self, name: str, pattern: str) -> str | None:
        """The same, or None where it is left out."""
        return self.text(name, pattern) if name in self else None

    def staff_id(self) -> str:
        """Who at the bank acts: an ARN, which SSM knows (registrar/entry/command.py)."""
        return self.text("staff_id", STAFF_ID)

    def some_of(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """One or more of the texts in `known`, separated by commas; each once and in the order of `known`."""
        given = self.text(name).split(",")
        if not all(each in known for each in given):
            raise self._malformed(name)
        return tuple(each for each in known if each in given)

    def instant(self, name: str) -> datetime:
        """A time such as `2026-12-31T14:59:59Z`."""
        try:
            return instant(self.text(name, r"[0-9]{4}-[0-9-]{5}T[0-9:]{8}Z"))
        except ValueError:
            raise self._malformed(name) from None

    def number(self, name: str) -> int:
        """A whole number from 0; the domain limits its size."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._malformed(name)
        return value

    def base64(self, name: str, most: int) -> bytes:
        """1 to `most` bytes, in standard base64."""
        value = self.values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= 2 * most:
            raise self._malformed(name)
        try:
            decoded = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise self._malformed(name) from None
        if not 0 < len(decoded) <= most:
            raise self._malformed(name)
        return decoded

    def each(self, name: str, most: int) -> list["Fields"]:
        """The 1 to `most` objects in a list."""
        value = self.values.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= most or not all(isinstance(v, dict) for v in value):
            raise self._malformed(name)
        return [Fields(entry, f"{self.prefix}{name}[{index}].") for index, entry in enumerate(value)]

    def object(self, name: str) -> "Fields":
        """An object, read member by member."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._malformed(name)
        return Fields(value, f"{self.prefix}{name}.")

    def sealed(self, name: str) -> "Sealed":
        """A sealed secret: an object with `key_id` and `ciphertext` (base64)."""
        from registrar.domain.possession.sealing import MAX_SEALED_BYTES, Sealed

        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._malformed(name)
        inner = Fields(value, f"{self.prefix}{name}.")
        return Sealed(inner.text("key_id"), inner.base64("ciphertext", MAX_SEALED_BYTES))

    def proof(self) -> "Proof":
        """A proof of possession: `cms` or else `signature` (base64), and R in `random_number` where it is sent."""
        from registrar.domain.possession.proofs import MAX_CMS_BYTES, MAX_SIGNATURE_BYTES, Proof

        kind, most = ("cms", MAX_CMS_BYTES) if "cms" in self else ("signature", MAX_SIGNATURE_BYTES)
        sealed = self.sealed("random_number") if "random_number" in self else None
        return Proof(kind, self.base64(kind, most), sealed)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def _malformed(self, name: str) -> Refusal:
        return Refusal(Code.MALFORMED_REQUEST, field=f"{self.prefix}{name}")
