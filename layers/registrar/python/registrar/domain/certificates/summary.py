"""The data that is stored and shown of a certificate that passed its checks. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registrar.domain.times import instant, iso


@dataclass(frozen=True, slots=True)
class Summary:
    """What the customer is shown of the certificate, and what identifies it afterwards.

    `issuing_bank` is a code (issuing_banks.py), None where it is not known or was stored before 2026-11-30.
    """

    operator: str
    issuer: Mapping[str, str]
    name_masked: str
    kind: str
    policy: Mapping[str, str]
    serial: str
    fingerprint: str
    key_digest: str
    issuer_key_digest: str
    not_before: datetime
    not_after: datetime
    issuing_bank: str | None = None

    def to_map(self) -> dict[str, object]:
        """The summary as JSON types: times as `2026-12-31T14:59:59Z`."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {n: iso(v) if isinstance(v, datetime) else v for n, v in values.items()}

    @classmethod
    def from_map(cls, stored: Mapping[str, Any]) -> "Summary":
        """The inverse of `to_map`. Raises KeyError where a value is missing."""
        values = {name: stored[name] for name in cls.__slots__ if name != "issuing_bank"}
        values["issuing_bank"] = stored.get("issuing_bank")
        dates = {name: instant(stored[name]) for name in ("not_before", "not_after")}
        return cls(**values | dates)
