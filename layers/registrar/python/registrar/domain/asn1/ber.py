"""From BER to DER, for PFX and PKCS#7 files whose writer did not know lengths beforehand (X.690 section 8.1.3).

Bouncy Castle and NSS write PFX files with indefinite lengths and octet strings in pieces; RFC 7292 section 4
allows BER. Only these two freedoms, and lengths longer than needed, are taken back; order in sets stays as it is.
"""

MAX_DEPTH = 32

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_OCTET_STRING = 0x04
_OCTET_STRING_IN_PIECES = 0x24
_INDEFINITE = 0x80
_END_OF_CONTENTS = b"\0\0"


def to_der(ber: bytes) -> bytes:
    """The one value in `ber` with definite, minimal lengths and primitive octet strings. Raises ValueError."""
    der, end = _value(ber, 0, len(ber), 0)
    if end != len(ber):
        raise ValueError("bytes after the value")
    return der


def first_value(content: bytes) -> bytes:
    """The first value in `content`, BER or DER, without what follows it. Raises ValueError.

    Windows, cards and TPMs pad files with zeros or 0xFF, and editors add a line end.
    """
    if len(content) < 2:
        raise ValueError("cut off")
    length = content[1]
    if length == _INDEFINITE:
        return content[: _value(content, 0, len(content), 0)[1]]
    start = 2 if length < _INDEFINITE else 2 + length - _INDEFINITE
    end = start + (length if length < _INDEFINITE else int.from_bytes(content[2:start]))
    if end > len(content):
        raise ValueError("cut off")
    return content[:end]


def der_value(tag: int, contents: bytes) -> bytes:
    """One DER value (X.690 section 10.1): tag, shortest length, contents."""
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    length_bytes = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length_bytes)]) + length_bytes + contents


def _value(ber: bytes, at: int, end: int, depth: int) -> tuple[bytes, int]:
    """The value at `at` as DER and where the next one starts; nothing is read beyond `end`."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if at + 2 > end:
        raise ValueError("cut off")
    tag = ber[at]
    length = ber[at + 1]
    start = at + 2
    if tag & _LONG_TAG == _LONG_TAG or tag == 0:
        raise ValueError("a tag that none of these files has")
    if length == _INDEFINITE:
        if not tag & _CONSTRUCTED:
            raise ValueError("a primitive value of indefinite length")
        parts, at = _parts(ber, start, end, depth, closed=True)
        return _joined(tag, parts), at
    if length > _INDEFINITE:
        start += length - _INDEFINITE
        length = int.from_bytes(ber[at + 2 : start])
    if start + length > end:
        raise ValueError("cut off")
    if not tag & _CONSTRUCTED:
        return der_value(tag, ber[start : start + length]), start + length
    parts, at = _parts(ber, start, start + length, depth, closed=False)
    return _joined(tag, parts), at


def _parts(ber: bytes, at: int, end: int, depth: int, *, closed: bool) -> tuple[list[bytes], int]:
    """The values from `at` to `end`, or with `closed` to the end-of-contents mark, and where they end."""
    parts: list[bytes] = []
    while closed or at < end:
        if closed and ber[at : min(at + 2, end)] == _END_OF_CONTENTS:
            return parts, at + 2
        part, at = _value(ber, at, end, depth + 1)
        parts.append(part)
    return parts, at


def _joined(tag: int, parts: list[bytes]) -> bytes:
    if tag != _OCTET_STRING_IN_PIECES:
        return der_value(tag, b"".join(parts))
    return der_value(_OCTET_STRING, b"".join(_octets(part) for part in parts))


def _octets(der: bytes) -> bytes:
    """The contents of a DER octet string. Raises ValueError for any other value."""
    if der[0] != _OCTET_STRING:
        raise ValueError("an octet string in pieces that are none")
    return der[2 if der[1] < _INDEFINITE else 2 + der[1] - _INDEFINITE :]
