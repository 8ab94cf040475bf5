"""The proof of possession that the phone sends; signature.py checks it. Standard library only."""

from dataclasses import dataclass

from registrar.domain.possession.sealing import Sealed

MAX_SIGNATURE_BYTES = 1024
MAX_CMS_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """`kind` is `signature` or `cms`; `random_number` is R of the VID, sealed."""

    kind: str
    signature: bytes
    random_number: Sealed | None
