"""RC2 in CBC mode, decryption only (RFC 2268), with the 40-bit keys that PFX files hide their certificates under.

OpenSSL before 3.0, Windows and many Korean issuers encrypt the certificates of a PFX with
pbeWithSHAAnd40BitRC2-CBC. `cryptography` has RC2 with 128 effective bits only; its PFX reader knows the rest,
but derives with whatever round counts the bags inside ask for and loses the key's attributes. What is
decrypted here are certificates, which are no secret, and keys under a cipher that protects nothing any more.
"""

# RFC 2268 section 2, PITABLE.
_PITABLE = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
_BLOCK_BYTES = 8
_WORD = 0xFFFF


def _expanded(key: bytes, effective_bits: int) -> list[int]:
    """The 64 words of the key schedule (RFC 2268 section 2)."""
    table = bytearray(key)
    size = len(key)
    for i in range(size, 128):
        table.append(_PITABLE[(table[i - 1] + table[i - size]) & 0xFF])
    used = (effective_bits + 7) // 8
    table[128 - used] = _PITABLE[table[128 - used] & (0xFF >> (8 * used - effective_bits))]
    for i in range(127 - used, -1, -1):
        table[i] = _PITABLE[table[i + 1] ^ table[i + used]]
    return [table[2 * i] | table[2 * i + 1] << 8 for i in range(64)]


def _mix_back(words: list[int], keys: list[int], j: int) -> None:
    # Section 4.1; the shifts are to the right here, by 5, 3, 2, 1.
    for i, shift in ((3, 5), (2, 3), (1, 2), (0, 1)):
        word = (words[i] >> shift | words[i] << (16 - shift)) & _WORD
        before = words[i - 1]
        words[i] = (word - keys[j + i] - (before & words[i - 2]) - (~before & words[i - 3])) & _WORD


def _decrypted_block(block: bytes, keys: list[int]) -> bytes:
    # Section 4.3: five mixing rounds, a mash, six, a mash, five, all backwards.
    words = [int.from_bytes(block[i : i + 2], "little") for i in (0, 2, 4, 6)]
    for turn in range(15, -1, -1):
        _mix_back(words, keys, 4 * turn)
        if turn in (11, 5):
            for i in (3, 2, 1, 0):
                words[i] = (words[i] - keys[words[i - 1] & 63]) & _WORD
    return b"".join(word.to_bytes(2, "little") for word in words)


def decrypt_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """`data` decrypted, padding and all; the key's effective bits are all it has, as RFC 7292 appendix C says."""
    keys = _expanded(key, 8 * len(key))
    plain = bytearray()
    for at in range(0, len(data), _BLOCK_BYTES):
        block = data[at : at + _BLOCK_BYTES]
        plain += bytes(a ^ b for a, b in zip(_decrypted_block(block, keys), iv, strict=True))
        iv = block
    return bytes(plain)
