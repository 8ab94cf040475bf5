"""BER to DER: the equal DER value, and an error for truncated or deeply nested bytes."""

import pytest

from registrar.domain.asn1.ber import MAX_DEPTH, der_value, to_der
from tests.support.npki_samples import a_customer
from tools.pki.authorities import _tlv
from tools.pki.npki_containers import as_ber

NESTED = _tlv(0x30, _tlv(0x31, _tlv(0x04, bytes(3000)), _tlv(0xA0, _tlv(0x02, b"\x05"))), _tlv(0x04), _tlv(0x05))


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths_are_encoded_minimally(length: int) -> None:
    assert der_value(0x04, bytes(length)) == _tlv(0x04, bytes(length))
    long_form = b"\x04\x84" + length.to_bytes(4) + bytes(length)
    assert to_der(long_form) == _tlv(0x04, bytes(length))


def test_der_is_unchanged() -> None:
    for der in (NESTED, a_customer().der):
        assert to_der(der) == der


@pytest.mark.parametrize("piece", [1, 700, 5000])
def test_indefinite_lengths_and_constructed_strings_are_joined(piece: int) -> None:
    ber = as_ber(NESTED, piece=piece)
    assert ber != NESTED
    assert to_der(ber) == NESTED


def test_nested_constructed_string_is_joined() -> None:
    assert to_der(b"\x24\x80\x24\x80\x04\x01a\x04\x01b\0\0\x04\x01c\0\0") == b"\x04\x03abc"
    assert to_der(b"\x24\x06\x04\x01a\x04\x01b") == b"\x04\x02ab"


def test_truncated_ber_is_an_error() -> None:
    for ber in (NESTED[:300], as_ber(NESTED, piece=100)):
        for end in range(len(ber)):
            with pytest.raises(ValueError, match="cut off"):
                to_der(ber[:end])


@pytest.mark.parametrize(
    "ber",
    [
        b"\x04\x80abc\0\0",
        b"\x1f\x81\x00\x01a",
        b"\0\0",
        b"\x30\x80\0\0\0",
        b"\x24\x80\x02\x01\x05\0\0",
        b"\x30\x03\x04\x02a",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x89" + b"\xff" * 9,
    ],
)
def test_disallowed_encodings_are_errors(ber: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        to_der(ber)


@pytest.mark.parametrize("unit", [b"\x30\x80", b"\x24\x80", b"\xa0\x80"])
def test_too_deep_nesting_is_an_error(unit: bytes) -> None:
    for depth in (MAX_DEPTH + 1, 32_000):
        with pytest.raises(ValueError, match="nested too deep"):
            to_der(unit * depth)
