"""DER as a tree that can be changed and written again: every length fits, however it was changed.

Octet and bit strings that hold DER (extensions, the parts of a PFX) are taken apart too. It reads what others wrote
and writes what nobody should: it shares nothing with the readers that it is to try.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_DEPTH = 24
_INDEFINITE = 0x80
_OCTETS = 0x04
_BITS = 0x03
_CONSTRUCTED = 0x20


@dataclass(slots=True)
class Node:
    """One value. `parts` instead of `content` where it holds others; `before` stands in front of those (the unused
    bits of a bit string). `length` replaces the bytes of its length."""

    tag: int
    content: bytes = b""
    parts: "list[Node] | None" = None
    before: bytes = b""
    length: bytes | None = None
    raw: bytes | None = None
    """Written instead of all else."""

    def encoded(self) -> bytes:
        """Tag, length and contents."""
        if self.raw is not None:
            return self.raw
        content = self.content if self.parts is None else self.before + b"".join(p.encoded() for p in self.parts)
        return bytes([self.tag]) + (_length(len(content)) if self.length is None else self.length) + content


def tree_of(der: bytes) -> Node | None:
    """The value that is all of `der`, taken apart; None where it is none."""
    found = _values(der, 0)
    return found[0] if found is not None and len(found) == 1 else None


def every(node: Node) -> Iterator[Node]:
    """A value and all that are in it."""
    yield node
    for part in node.parts or ():
        yield from every(part)


def inside(node: Node) -> list[Node]:
    """Every value that holds others."""
    return [each for each in every(node) if each.parts]


def nested(inner: bytes, depth: int, tag: int, most: int) -> bytes:
    """A value in `depth` others of this tag, or in as many as `most` bytes have room for."""
    headers: list[bytes] = []
    size = len(inner)
    for _ in range(depth):
        header = bytes([tag]) + _length(size)
        size += len(header)
        if size > most:
            break
        headers.append(header)
    return b"".join(reversed(headers)) + inner


def with_odd_length(node: Node, chance: random.Random) -> None:
    """Give a value a length of another form, or one that is wrong."""
    size = len(node.encoded())
    node.length = chance.choice(
        (
            bytes([_INDEFINITE]),
            b"\x84" + size.to_bytes(4),
            b"\x88" + size.to_bytes(8),
            b"\x84\xff\xff\xff\xff",
            b"\x88" + b"\xff" * 8,
            b"\xfe" + b"\xff" * 126,
            _length(size + 1),
            _length(max(size - 3, 0)),
            b"\0",
            b"\xff",
        )
    )


def _length(size: int) -> bytes:
    if size < _INDEFINITE:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([_INDEFINITE | len(octets)]) + octets


def _values(data: bytes, depth: int) -> list[Node] | None:
    """The values side by side in `data`; None where it is something else."""
    found: list[Node] = []
    at = 0
    while at < len(data):
        if at + 2 > len(data) or data[at] & 0x1F == 0x1F or depth > _MOST_DEPTH:
            return None
        start = at + 2
        size = data[at + 1]
        if size >= _INDEFINITE:
            count = size - _INDEFINITE
            start += count
            if not 1 <= count <= 4 or start > len(data):
                return None
            size = int.from_bytes(data[at + 2 : start])
        if start + size > len(data):
            return None
        found.append(_node(data[at], data[start : start + size], depth))
        at = start + size
    return found or None


def _node(tag: int, content: bytes, depth: int) -> Node:
    if tag & _CONSTRUCTED:
        return Node(tag, content, _values(content, depth + 1))
    if tag == _OCTETS:
        return Node(tag, content, _values(content, depth + 1))
    if tag == _BITS and content[:1] == b"\0" and len(content) > 2 and content[1] == 0x30:
        return Node(tag, content, _values(content[1:], depth + 1), content[:1])
    return Node(tag, content)
