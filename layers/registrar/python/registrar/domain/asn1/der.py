"""Walking over DER values (X.690 section 10.1): those too large for a parser, and those that it refuses."""

from registrar.domain.reasons.errors import DerMalformed

SEQUENCE = 0x30
SET = 0x31
INTEGER = 0x02
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
ENUMERATED = 0x0A
UTF8_STRING = 0x0C
PRINTABLE_STRING = 0x13
TELETEX_STRING = 0x14
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18

_HIGH_TAG = 0x1F
# 16 MiB and more: no structure read here comes near 2^32 bytes.
_MOST_LENGTH_BYTES = 4


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Tag, start and end of the contents of the value at `at`, read up to `end`. Raises DerMalformed."""
    if at + 2 > end:
        raise DerMalformed("cut off")
    tag = data[at]
    length = data[at + 1]
    start = at + 2
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise DerMalformed("a tag of several bytes")
    if length >= 0x80:
        count = length - 0x80
        start += count
        if not 1 <= count <= _MOST_LENGTH_BYTES or start > end:
            raise DerMalformed("length")
        length = int.from_bytes(data[at + 2 : start])
        if length < 0x80 or length >> 8 * (count - 1) == 0:
            raise DerMalformed("a length longer than needed")
    if start + length > end:
        raise DerMalformed("cut off")
    return tag, start, start + length


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Start and end of the contents of the value at `at`, which must have this tag. Raises DerMalformed."""
    found, start, stop = element(data, at, end)
    if found != tag:
        raise DerMalformed(f"tag {found:02x} where {tag:02x} belongs")
    return start, stop


def values_in(value: bytes, tag: int = SEQUENCE) -> list[bytes]:
    """The values in `value`, which has this tag and is nothing more. Raises DerMalformed."""
    at, end = expect(value, 0, len(value), tag)
    if end != len(value):
        raise DerMalformed("bytes after the value")
    found = []
    while at < end:
        _, _, after = element(value, at, end)
        found.append(value[at:after])
        at = after
    return found
