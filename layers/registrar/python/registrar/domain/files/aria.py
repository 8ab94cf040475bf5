"""ARIA in CBC mode, decryption only (RFC 5794), which Korean issuers' programs offer beside SEED.

`cryptography` has no ARIA. In CBC mode the blocks of a ciphertext are decrypted independently of one another, so
all of them go through each step at once: a state is sixteen columns, and column i holds byte i of every block as
one number. So 2 KB take as long as 16 bytes, about a millisecond.
"""

from collections.abc import Sequence
from functools import reduce
from operator import xor

_BLOCK_BYTES = 16
_ROUNDS = {16: 12, 24: 14, 32: 16}

# RFC 5794 section 2.4.2: SB1, which is that of AES, and SB2; SB3 and SB4 are their inverses.
_SB1 = bytes.fromhex(
    "637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0add4a2af9ca472c0"
    "b7fd9326363ff7cc34a5e5f171d8311504c723c31896059a071280e2eb27b275"
    "09832c1a1b6e5aa0523bd6b329e32f8453d100ed20fcb15b6acbbe394a4c58cf"
    "d0efaafb434d338545f9027f503c9fa851a3408f929d38f5bcb6da2110fff3d2"
    "cd0c13ec5f974417c4a77e3d645d197360814fdc222a908846eeb814de5e0bdb"
    "e0323a0a4906245cc2d3ac629195e479e7c8376d8dd54ea96c56f4ea657aae08"
    "ba78252e1ca6b4c6e8dd741f4bbd8b8a703eb5664803f60e613557b986c11d9e"
    "e1f8981169d98e949b1e87e9ce5528df8ca1890dbfe6426841992d0fb054bb16"
)
_SB2 = bytes.fromhex(
    "e24e54fc94c24acc620d6a463c4d8bd15efa64cbb497be2bbc772e03d31959c1"
    "1d06416b55f09969ea9c18ae63dfe7bb007366fb964c85e43a0945aa0fee10eb"
    "2d7ff429accfad918d78c895f92fcecd087a88385c832a2847dbb8c793a41253"
    "ff870e3136215848018e377432cae9b1b7ab0cd7c4564226079860d9b6b91140"
    "ec208cbda0c984044923f14f501f13dcd8c09e57e3c37b653b028f3ee82592e5"
    "15ddfd17a9bfd49a7ec53967fe769d43a7e1d0f568f21b347005a38ad57986a8"
    "30c6514b1ea627f635d26e2416825fdae675a2ef2cb21c9f5d6f800a72449b6c"
    "900b5b337d5a52f361a1f7b0d63f7c6ded14e0a53d22b3f889de711aafbab581"
)
_SB3 = bytes(_SB1.index(value) for value in range(256))
_SB4 = bytes(_SB2.index(value) for value in range(256))
# SL1, the layer of odd rounds, and SL2, that of even rounds and of the last.
_LAYERS = ((_SB1, _SB2, _SB3, _SB4) * 4, (_SB3, _SB4, _SB1, _SB2) * 4)
# Section 2.4.3: the bytes of the input that each byte of the output is the sum of. A is its own inverse.
_DIFFUSION = (
    (3, 4, 6, 8, 9, 13, 14), (2, 5, 7, 8, 9, 12, 15), (1, 4, 6, 10, 11, 12, 15), (0, 5, 7, 10, 11, 13, 14),
    (0, 2, 5, 8, 11, 14, 15), (1, 3, 4, 9, 10, 14, 15), (0, 2, 7, 9, 10, 12, 13), (1, 3, 6, 8, 11, 12, 13),
    (0, 1, 4, 7, 10, 13, 15), (0, 1, 5, 6, 11, 12, 14), (2, 3, 5, 6, 8, 13, 15), (2, 3, 4, 7, 9, 12, 14),
    (1, 2, 6, 7, 9, 11, 12), (0, 3, 6, 7, 8, 10, 13), (0, 3, 4, 5, 9, 11, 14), (1, 2, 4, 5, 8, 10, 15),
)  # fmt: skip
# Section 2.2: the constants of the key schedule; the size of a key says with which they begin.
_CONSTANTS = (
    0x517CC1B727220A94FE13ABE8FA9A6EE0,
    0x6DB14ACC9E21C820FF28B1D5EF5DE2B0,
    0xDB92371D2126E9700324977504E8C90E,
)
# How far to the right the second part of a round key is rotated: one number for each four keys.
_ROTATIONS = (19, 31, 128 - 61, 128 - 31, 128 - 19)


def _diffused(columns: Sequence[int]) -> list[int]:
    return [reduce(xor, [columns[i] for i in inputs]) for inputs in _DIFFUSION]


def _substituted(columns: Sequence[int], layer: int, blocks: int) -> list[int]:
    boxes = _LAYERS[layer]
    return [
        int.from_bytes(column.to_bytes(blocks).translate(box)) for column, box in zip(columns, boxes, strict=True)
    ]


def _rotated(word: int, right: int) -> int:
    return (word >> right | word << (128 - right)) & (1 << 128) - 1


def _function(word: int, key: int, layer: int) -> int:
    """FO (layer 0) or FE (layer 1) of one block (section 2.4.1)."""
    return int.from_bytes(_diffused(_substituted((word ^ key).to_bytes(_BLOCK_BYTES), layer, 1)))


def _round_keys(key: bytes) -> list[bytes]:
    """The round keys for encryption (section 2.2)."""
    left = int.from_bytes(key[:16])
    right = int.from_bytes(key[16:].ljust(16, b"\0"))
    first = (len(key) - 16) // 8
    one, two, three = _CONSTANTS[first:] + _CONSTANTS[:first]
    words = [left, _function(left, one, 0) ^ right]
    words.append(_function(words[1], two, 1) ^ words[0])
    words.append(_function(words[2], three, 0) ^ words[1])
    made = [
        (words[i] ^ _rotated(words[(i + 1) % 4], right)).to_bytes(_BLOCK_BYTES)
        for right in _ROTATIONS
        for i in range(4)
    ]
    return made[: _ROUNDS[len(key)] + 1]


def _decryption_keys(key: bytes) -> list[bytes]:
    """The round keys for decryption (section 2.3)."""
    first, *between, last = _round_keys(key)[::-1]
    return [first, *(bytes(_diffused(each)) for each in between), last]


def decrypt_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """`data`, one or more whole blocks, decrypted, padding and all; `key` has 16, 24 or 32 bytes."""
    blocks = len(data) // _BLOCK_BYTES
    ones = int.from_bytes(b"\1" * blocks)
    columns = [int.from_bytes(data[i::_BLOCK_BYTES]) for i in range(_BLOCK_BYTES)]
    *keys, last = _decryption_keys(key)
    for number, round_key in enumerate(keys):
        if number:
            columns = _diffused(columns)
        columns = [column ^ byte * ones for column, byte in zip(columns, round_key, strict=True)]
        columns = _substituted(columns, number % 2, blocks)
    plain = bytearray(len(data))
    for i, (column, byte) in enumerate(zip(columns, last, strict=True)):
        plain[i::_BLOCK_BYTES] = (column ^ byte * ones).to_bytes(blocks)
    before = int.from_bytes((iv + data)[: len(data)])
    return (int.from_bytes(plain) ^ before).to_bytes(len(data))
