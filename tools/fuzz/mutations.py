"""Mutations of files: of their bytes, and of the values in them with all lengths made to fit.

The same `chance` makes the same mutations.
"""

import base64
import random
import re
from collections.abc import Callable, Sequence

from tools.fuzz.trees import Node, every, inside, nested, tree_of, with_odd_length

MOST_BYTES = 70_000
"""A little more than an upload may have."""

# Values that turn lengths, tags, counts and types into others.
_TELLING = bytes.fromhex("000102030405060a13171824 30317f80818284 89a0a1a3feff")
_TAGS = bytes.fromhex("010203040506 0a0c1314171824 303180a0a1a2a3")
_CONTENTS = (
    b"",
    b"\0",
    b"\xff",
    b"\x7f" + b"\xff" * 7,
    b"\x80" + b"\0" * 7,
    b"\xff" * 64,
    b"\x7f" + b"\xff" * 1000,
    b"99991231235959Z",
    b"00000101000000Z",
    b"00010101000000Z",
    b"490101000000Z",
    b"500101000000Z",
    b"20261123030000.999999999Z",
    b"20261123030000+0900",
    "가힣\U0001f600".encode(),
    b"\xed\xa0\x80",
    b"\0" * 300,
    b"\x80" * 300,
)
# What a value of this tag may be where its writer went to the edge; of a time, its tag follows from its length.
_EDGES = {
    0x01: (b"\0", b"\xff", b"\1"),
    0x02: (b"\0", b"\1", b"\xff", b"\x7f" + b"\xff" * 19, b"\x80" + b"\0" * 7, b"\x7f" + b"\xff" * 600),
    0x0A: (b"\0", b"\1", b"\6", b"\x08", b"\x7f"),
    0x17: (b"99991231235959Z", b"00010101000000Z", b"500101000000Z", b"491231235959Z", b"20261123030000Z"),
}
_EDGES[0x18] = _EDGES[0x17]
_UTC_TIME_BYTES = 13
_BLOCK = re.compile(rb"(-----BEGIN [^-]+-----)([A-Za-z0-9+/=\s]+)(-----END )")
_DEPTHS = (1, 2, 5, 31, 32, 33, 200, 1500, 5000)


def mutated(content: bytes, chance: random.Random, others: Sequence[bytes] = (b"",)) -> bytes:
    """One to four mutations of `content`; parts may come from `others`."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = _once(content, chance, others)[:MOST_BYTES] or b"0"
    return content


def _once(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    block = _BLOCK.search(content)
    if block is not None and chance.random() < 0.6:
        try:
            der = base64.b64decode(block[2])
        except ValueError:
            return _bytes(content, chance, others)
        text = base64.encodebytes(_once(der, chance, others))
        return content[: block.start(2)] + b"\n" + text + content[block.end(2) :]
    tree = tree_of(content) if chance.random() < 0.6 else None
    if tree is None:
        return _bytes(content, chance, others)
    _VALUES[chance.randrange(len(_VALUES))](tree, chance, others)
    return tree.encoded()


def _bytes(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """A change that knows nothing of structure."""
    data = bytearray(content or b"0")
    # Structure stands at the beginning of values: half of the changes go to the first bytes.
    at = chance.randrange(min(len(data), 120) if chance.random() < 0.5 else len(data))
    size = chance.choice((1, 2, 3, 4, 8, 40, 400))
    match chance.randrange(8):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            data[at] = chance.choice(_TELLING)
        case 2:
            del data[at : at + size]
        case 3:
            data[at:at] = data[at : at + size] * chance.choice((1, 1, 2, 50))
        case 4:
            data[at:at] = bytes(chance.choice(_TELLING) for _ in range(min(size, 40)))
        case 5:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            data[at : at + size] = other[start : start + size]
        case 6:
            del data[at:]
        case _:
            other = chance.choice(others)
            data = data[:at] + other[chance.randrange(len(other) + 1) :]
    return bytes(data)


def _of_any(tree: Node, chance: random.Random) -> Node:
    return chance.choice(list(every(tree)))


def _set_content(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    """Other contents: a bit flipped, or a value at an edge."""
    node = _of_any(tree, chance)
    if node.parts is None and node.content and chance.random() < 0.5:
        data = bytearray(node.content)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        node.content = bytes(data)
    elif node.tag in _EDGES and chance.random() < 0.7:
        node.parts = None
        node.content = chance.choice(_EDGES[node.tag])
        if node.tag in (0x17, 0x18):
            node.tag = 0x17 if len(node.content) == _UTC_TIME_BYTES else 0x18
    else:
        node.parts = None
        node.content = chance.choice(_CONTENTS)


def _set_tag(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    _of_any(tree, chance).tag = chance.choice(_TAGS)


def _set_length(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    with_odd_length(_of_any(tree, chance), chance)


def _repeat(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    """A value again, beside itself, once or until the file is as large as it may be."""
    holders = inside(tree)
    if holders:
        parts = chance.choice(holders).parts or []
        at = chance.randrange(len(parts))
        room = max(1, MOST_BYTES // max(len(parts[at].encoded()), 1))
        parts[at:at] = [parts[at]] * min(chance.choice((1, 1, 2, 7, 40, 1000, 20_000)), room)


def _remove(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    holders = inside(tree)
    if holders:
        parts = chance.choice(holders).parts or []
        del parts[chance.randrange(len(parts))]


def _move(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    holders = inside(tree)
    if holders:
        chance.shuffle(chance.choice(holders).parts or [])


def _nest(tree: Node, chance: random.Random, _others: Sequence[bytes]) -> None:
    """A value in others, as deep as a reader may be led."""
    node = _of_any(tree, chance)
    tag = chance.choice((0x30, 0x31, 0x24, 0xA0, node.tag))
    node.raw = nested(node.encoded(), chance.choice(_DEPTHS), tag, MOST_BYTES)


def _splice(tree: Node, chance: random.Random, others: Sequence[bytes]) -> None:
    """A value of another file in place of one."""
    other = tree_of(chance.choice(others))
    if other is not None:
        node = _of_any(tree, chance)
        node.raw = _of_any(other, chance).encoded()


_VALUES: tuple[Callable[[Node, random.Random, Sequence[bytes]], None], ...] = (
    _set_content,
    _set_content,
    _set_tag,
    _set_length,
    _repeat,
    _remove,
    _move,
    _nest,
    _splice,
)
