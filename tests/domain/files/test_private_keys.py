"""A decrypted key: only consistent numbers are a key, and R has 20 bytes or is absent."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from registrar.domain.files.private_keys import MAX_RSA_BITS, read_private_key
from registrar.domain.reasons.errors import PrivateKeyMalformed, Refusal
from tests.support.builders import an_ec_key, an_rsa_key
from tests.support.npki_samples import R, a_customer, an_ec_customer, openssl
from tools.pki.authorities import _oid, _tlv
from tools.pki.npki_containers import as_ber
from tools.pki.npki_files import (
    ID_RANDOM_NUM,
    algorithm_identifier,
    integer,
    private_key_info,
    random_number_attribute,
)

RSA, EC, P256 = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"
FRIENDLY_NAME = _tlv(0x30, _oid("1.2.840.113549.1.9.20"), _tlv(0x31, _tlv(0x1E, b"\0k"), _tlv(0x1E, b"\0a")))


def spki(key: Any) -> bytes:
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def info_of(algorithm: bytes, key: bytes, *more: bytes, version: int = 0) -> bytes:
    return _tlv(0x30, integer(version), algorithm, _tlv(0x04, key), *more)


def rsa_info(*numbers: int, version: int = 0) -> bytes:
    key = _tlv(0x30, integer(version), *(integer(number) for number in numbers))
    return info_of(algorithm_identifier(RSA, _tlv(0x05)), key)


def rsa_numbers(key: rsa.RSAPrivateKey) -> dict[str, int]:
    private = key.private_numbers()
    public = private.public_numbers
    return {
        "n": public.n,
        "e": public.e,
        "d": private.d,
        "p": private.p,
        "q": private.q,
        "dp": private.dmp1,
        "dq": private.dmq1,
        "qi": private.iqmp,
    }


def refused(info: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        read_private_key(info)
    assert refusal.value.__context__ is None  # nothing leads to a frame with the key in it
    return refusal.value.code


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_public_key_is_derived_from_an_ec_key(curve: ec.EllipticCurve) -> None:
    key = ec.generate_private_key(curve)
    assert read_private_key(private_key_info(key, R)).public_key == spki(key)


def test_public_key_is_derived_from_an_rsa_key() -> None:
    key = an_rsa_key()
    assert read_private_key(private_key_info(key)).public_key == spki(key)
    assert read_private_key(rsa_info(*rsa_numbers(key).values())).public_key == spki(key)
    # The exponent may be modulo λ(n) or φ(n).
    numbers = rsa_numbers(key)
    numbers["d"] = pow(numbers["e"], -1, (numbers["p"] - 1) * (numbers["q"] - 1))
    assert read_private_key(rsa_info(*numbers.values())).public_key == spki(key)


def test_key_matches_only_its_certificate() -> None:
    key = read_private_key(private_key_info(a_customer().key))
    assert key.belongs_to(a_customer().certificate)
    assert not key.belongs_to(an_ec_customer().certificate)


def test_key_forged_from_another_certificate_is_refused() -> None:
    public = an_rsa_key("stranger").public_key().public_numbers()
    own = rsa_numbers(an_rsa_key())
    for made_up in (
        own | {"n": public.n, "e": public.e},
        own | {"n": public.n, "p": public.n, "q": 1},
        own | {"n": public.n, "p": 1, "q": public.n},
        own | {"n": public.n, "p": -public.n, "q": -1},
        {"n": public.n, "e": public.e, "d": 1, "p": public.n, "q": 1, "dp": 1, "dq": 1, "qi": 1},
    ):
        assert refused(rsa_info(*made_up.values())) == "FILE_UNREADABLE"
    point = an_ec_key("stranger").public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert refused(ec_info(bytes(31) + b"\x05", point=point)) == "FILE_UNREADABLE"


@pytest.mark.parametrize("name", ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
@pytest.mark.parametrize("change", [lambda n: n + 2, lambda n: 0, lambda n: -n, lambda n: n << 8200], ids="2089")
def test_inconsistent_rsa_numbers_are_refused(name: str, change: Any) -> None:
    numbers = rsa_numbers(an_rsa_key())
    assert refused(rsa_info(*(numbers | {name: change(numbers[name])}).values())) == "FILE_UNREADABLE"


def test_key_over_8192_bits_is_refused_before_any_calculation() -> None:
    p, q = 2 ** (MAX_RSA_BITS // 2) + 1, 2 ** (MAX_RSA_BITS // 2) + 3
    assert (p * q).bit_length() > MAX_RSA_BITS
    assert refused(rsa_info(p * q, 65537, 1, p, q, 1, 1, 1)) == "FILE_UNREADABLE"
    assert refused(rsa_info(*rsa_numbers(an_rsa_key()).values(), version=1)) == "FILE_UNREADABLE"


def ec_info(scalar: bytes, *, curve: str = P256, inner: str | None = None, point: bytes | None = None) -> bytes:
    named = _tlv(0xA0, _oid(inner)) if inner else b""
    public = _tlv(0xA1, _tlv(0x03, b"\0", point)) if point is not None else b""
    key = _tlv(0x30, integer(1), _tlv(0x04, scalar), named, public)
    return info_of(algorithm_identifier(EC, _oid(curve)), key)


def test_each_encoding_of_an_ec_key_is_read() -> None:
    key = ec.derive_private_key(5, ec.SECP256R1())
    for form in (PublicFormat.UncompressedPoint, PublicFormat.CompressedPoint):
        point = key.public_key().public_bytes(Encoding.X962, form)
        assert read_private_key(ec_info(bytes(31) + b"\x05", point=point)).public_key == spki(key)
    assert read_private_key(ec_info(b"\x05", inner=P256)).public_key == spki(key)


@pytest.mark.parametrize(
    "info",
    [
        ec_info(bytes(32)),
        ec_info(b""),
        ec_info(b"\xff" * 32),
        ec_info(bytes(32) + b"\x05"),
        ec_info(b"\x05", inner="1.3.132.0.34"),
        ec_info(b"\x05", point=b""),
        info_of(algorithm_identifier(RSA, _tlv(0x05)), b"0\0"),
        info_of(algorithm_identifier(RSA, _tlv(0x05)), _tlv(0x30, *[integer(1)] * 9)),
    ],
)
def test_invalid_keys_are_refused(info: bytes) -> None:
    assert refused(info) == "FILE_UNREADABLE"


@pytest.mark.parametrize(
    "info",
    [
        b"",
        b"\x30\x00",
        bytes(48),
        ec_info(b"\x05")[:-1],
        ec.derive_private_key(5, ec.SECP256R1()).private_bytes(
            Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        ),
    ],
)
def test_bytes_without_a_key_are_refused(info: bytes) -> None:
    with pytest.raises(PrivateKeyMalformed):
        read_private_key(info)


@pytest.mark.parametrize(
    "info",
    [
        ec_info(b"\x05", curve="1.3.132.0.10"),
        info_of(algorithm_identifier(EC, _tlv(0x05)), b""),
        info_of(algorithm_identifier(EC), b""),
        info_of(algorithm_identifier(EC, _tlv(0x30, integer(1))), b""),
        info_of(algorithm_identifier(RSA, _tlv(0x30)), b""),
        info_of(algorithm_identifier("1.2.840.113549.1.1.10", _tlv(0x30)), b""),  # RSASSA-PSS
        info_of(algorithm_identifier("1.2.840.10040.4.1", _tlv(0x30, *map(integer, (7, 3, 2)))), b""),  # DSA
        private_key_info(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),  # type: ignore[arg-type]
        info_of(algorithm_identifier(RSA), b"", version=2),
        info_of(algorithm_identifier(RSA), b"", _tlv(0xA2, b"")),
        an_rsa_key().private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    ],
    ids=range(11),
)
def test_key_of_another_kind_is_unsupported_and_never_a_wrong_password(info: bytes) -> None:
    assert refused(info) == "FILE_ENCRYPTION_UNSUPPORTED"
    assert refused(info + b"\0") == "FILE_ENCRYPTION_UNSUPPORTED"


@pytest.mark.parametrize("padding", [b"\0", b"\r\n", b"\xff" * 16])
def test_key_in_ber_or_with_padding_is_read(padding: bytes) -> None:
    info = private_key_info(an_ec_key(), R)
    for form in (info, as_ber(info)):
        assert read_private_key(form + padding) == read_private_key(info)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_key_on_a_curve_that_is_written_out_is_read(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(5, curve)
    named, explicit = a_curve(curve.name), an_explicit_curve(curve.name)
    for outer, inner in ((explicit, b""), (explicit, explicit), (named, explicit), (explicit, named)):
        parts = [integer(1), _tlv(0x04, b"\5"), _tlv(0xA0, inner) if inner else b""]
        info = info_of(algorithm_identifier(EC, outer), _tlv(0x30, *parts))
        assert read_private_key(info).public_key == spki(key)


def a_curve(name: str) -> bytes:
    return _oid({"secp256r1": P256, "secp384r1": "1.3.132.0.34", "secp521r1": "1.3.132.0.35"}[name])


def an_explicit_curve(name: str) -> bytes:
    """ECParameters as the openssl command writes them out."""
    given = ("-name", {"secp256r1": "prime256v1"}.get(name, name), "-param_enc", "explicit", "-outform", "DER")
    return openssl("ecparam", *given)


class TestRandomNumber:
    """R, SET { BIT STRING } of 20 bytes among the attributes."""

    def test_r_is_read_from_any_position(self) -> None:
        key, attribute = an_ec_key(), random_number_attribute(R)
        assert read_private_key(private_key_info(key, R)).random_number == R
        assert read_private_key(private_key_info(key, None, FRIENDLY_NAME, attribute)).random_number == R
        assert read_private_key(private_key_info(key, R, FRIENDLY_NAME)).random_number == R

    def test_r_may_be_absent(self) -> None:
        assert read_private_key(private_key_info(an_ec_key())).random_number is None
        assert read_private_key(private_key_info(an_ec_key(), None, FRIENDLY_NAME)).random_number is None

    def test_r_is_read_before_a_version_2_public_key(self) -> None:
        key = an_rsa_key().private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        attributes, public = _tlv(0xA0, random_number_attribute(R)), _tlv(0x81, b"\0", b"anything")
        info = info_of(algorithm_identifier(RSA, _tlv(0x05)), key, attributes, public, version=1)
        assert read_private_key(info).random_number == R

    @pytest.mark.parametrize(
        "attribute",
        [
            random_number_attribute(R[:19]),
            random_number_attribute(R + b"\0"),
            random_number_attribute(b"\0" + R),
            random_number_attribute(b""),
            random_number_attribute(R[:19] + b"\xf0", unused_bits=4),
            random_number_attribute(R) + random_number_attribute(R),
            _tlv(0x30, _oid(ID_RANDOM_NUM), _tlv(0x31)),
            _tlv(0x30, _oid(ID_RANDOM_NUM), _tlv(0x31, *[_tlv(0x03, b"\0", R)] * 2)),
            _tlv(0x30, _oid(ID_RANDOM_NUM), _tlv(0x31, _tlv(0x04, R))),
            _tlv(0x30, _oid(ID_RANDOM_NUM), _tlv(0x30, _tlv(0x03, b"\0", R))),
            _tlv(0x30, _oid(ID_RANDOM_NUM)),
            _tlv(0x04, R),
        ],
    )
    def test_malformed_r_is_refused(self, attribute: bytes) -> None:
        assert refused(private_key_info(an_ec_key(), None, attribute)) == "FILE_UNREADABLE"
