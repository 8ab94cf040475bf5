"""RSASSA-PSS algorithm identifiers: what is read, and that each part is looked at."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from registrar.domain.certificates.pss import read_pss
from tools.pki.authorities import _oid, _tlv

PSS, MGF1, RSA = "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8", "1.2.840.113549.1.1.1"
SHA_256, SHA_384, SHA_512, SHA_1 = (
    "2.16.840.1.101.3.4.2.1",
    "2.16.840.1.101.3.4.2.2",
    "2.16.840.1.101.3.4.2.3",
    "1.3.14.3.2.26",
)
HASH_TAG, MASK_TAG, SALT_TAG = 0xA0, 0xA1, 0xA2


def a_hash(oid: str, parameters: bytes = b"") -> bytes:
    return _tlv(0x30, _oid(oid) + parameters)


def an_algorithm(
    *salt: bytes,
    oid: str = PSS,
    own: str = SHA_256,
    generator: str = MGF1,
    of_mask: str = SHA_256,
    tags: tuple[int, int] = (HASH_TAG, MASK_TAG),
    null: bytes = b"",
) -> bytes:
    mask = _tlv(0x30, _oid(generator) + a_hash(of_mask, null))
    parameters = _tlv(tags[0], a_hash(own, null)) + _tlv(tags[1], mask) + b"".join(salt)
    return _tlv(0x30, _oid(oid) + _tlv(0x30, parameters))


def a_salt(length: int, tag: int = SALT_TAG) -> bytes:
    return _tlv(tag, _tlv(0x02, length.to_bytes(2, "big", signed=True)))


@pytest.mark.parametrize(("oid", "kind"), [(SHA_256, SHA256), (SHA_384, SHA384), (SHA_512, SHA512)])
def test_hash_and_salt_are_read(oid: str, kind: type) -> None:
    read = read_pss(an_algorithm(a_salt(32), own=oid, of_mask=oid))
    assert read is not None
    scheme, digest = read
    assert isinstance(digest, kind)
    assert (scheme._salt_length, scheme.mgf._algorithm) == (32, digest)


def test_parameters_of_a_hash_may_be_null() -> None:
    assert read_pss(an_algorithm(a_salt(32), null=b"\x05\x00")) is not None
    assert read_pss(an_algorithm(a_salt(32), null=b"\x04\x00")) is None


def test_the_salt_that_is_left_out_has_twenty_bytes() -> None:
    read = read_pss(an_algorithm())
    assert read is not None
    assert read[0]._salt_length == 20


@pytest.mark.parametrize(("length", "good"), [(-1, False), (0, True), (512, True), (513, False)])
def test_the_salt_is_no_longer_than_the_longest_key_allows(length: int, good: bool) -> None:
    assert (read_pss(an_algorithm(a_salt(length))) is not None) is good


@pytest.mark.parametrize(
    "algorithm",
    [
        an_algorithm(a_salt(32), oid=RSA),
        an_algorithm(a_salt(32), own=SHA_1, of_mask=SHA_1),
        an_algorithm(a_salt(32), of_mask=SHA_384),
        an_algorithm(a_salt(32), generator=RSA),
        an_algorithm(a_salt(32), tags=(0xA1, MASK_TAG)),
        an_algorithm(a_salt(32), tags=(HASH_TAG, 0xA2)),
        an_algorithm(a_salt(32, tag=0xA3)),
        an_algorithm(_tlv(SALT_TAG, _tlv(0x02, b"\xff"))),
        an_algorithm(a_salt(32), a_salt(32)),
        an_algorithm(a_salt(32)) + b"\x00",
        b"",
    ],
    ids=[
        "oid",
        "hash",
        "two hashes",
        "generator",
        "hash tag",
        "mask tag",
        "salt tag",
        "below zero",
        "two salts",
        "more",
        "empty",
    ],
)
def test_anything_else_is_not_read(algorithm: bytes) -> None:
    assert read_pss(algorithm) is None
