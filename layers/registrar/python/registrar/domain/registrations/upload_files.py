"""The files of an upload: how many, how large, and where they are stored. Standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal

MAX_FILES = 2
# An announcement may name more files than an upload has, so that the response can say what to choose.
MAX_CHOSEN_FILES = 20
MAX_CERTIFICATE_BYTES = 16 * 1024
MAX_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class AnnouncedFile:
    """What the app says it will send: `size` in bytes, `sha256` as 64 lower-case hex digits."""

    name: str
    size: int
    sha256: str


def check_sizes(sizes: Sequence[int]) -> None:
    """Check the sizes of an upload's files in bytes, one by one and together, before any parser. Raises Refusal."""
    if not sizes or 0 in sizes:
        raise Refusal(Code.UPLOAD_EMPTY)
    if sum(sizes) > MAX_FILE_BYTES:
        raise Refusal(Code.UPLOAD_TOO_LARGE, max_bytes=MAX_FILE_BYTES)


def check_announced(sizes: Sequence[int]) -> None:
    """Check number and sizes (in bytes) of the announced files: one upload is one certificate. Raises Refusal."""
    if len(sizes) > MAX_FILES:
        raise Refusal(Code.FILE_SEVERAL_CERTIFICATES, count=len(sizes))
    check_sizes(sizes)


def object_key(upload_id: str, index: int) -> str:
    """The bucket key of file number `index` of an upload; needs no URL encoding."""
    return f"uploads/{upload_id}/{index}"


def file_of_key(key: str) -> tuple[str, int] | None:
    """The upload and the number of the file that a bucket key belongs to, or None for any other key."""
    parts = key.split("/")
    if len(parts) != 3 or parts[0] != "uploads" or not parts[1].isalnum() or parts[2] not in ("0", "1"):
        return None
    return parts[1], int(parts[2])
