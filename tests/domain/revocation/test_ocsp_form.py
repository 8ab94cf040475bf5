"""The form of an OCSP response: extensions, nonce, signature algorithm, length, encoding."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import ocsp
from cryptography.x509.oid import SignatureAlgorithmOID

from registrar.domain.asn1.ber import der_value
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.revocation.ocsp import MAX_BYTES
from registrar.domain.revocation.ocsp_form import _strict
from registrar.domain.revocation.status import Status, StatusValue
from tests.support.builders import NOW, an_rsa_key
from tests.support.ocsp_answers import (
    NONCE,
    a_response,
    altered,
    holding,
    issuing_ca,
    signed_by,
    singles_of,
    status,
    with_extension,
    without_meaning,
)
from tests.support.others import made_by_others
from tools.pki.authorities import _oid, _tlv

GOOD = Status(StatusValue.GOOD, "ocsp", NOW, NOW + timedelta(hours=1))


def why(answer: bytes) -> str:
    """Why a response is invalid."""
    found = status(answer)
    assert found.value is StatusValue.INVALID
    return found.why


# --- extensions -----------------------------------------------------------------------------------

UNKNOWN_EXTENSION = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


def test_unknown_critical_extension_is_refused() -> None:
    assert status(a_response(extra_extensions=[(UNKNOWN_EXTENSION, False)])) == GOOD
    assert why(a_response(extra_extensions=[(UNKNOWN_EXTENSION, True)])) == "extension 1.2.3.4 is not accepted"


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("number", [1, 2])
def test_unknown_critical_extension_of_a_single_response_is_refused(number: int, place: int) -> None:
    single, *_ = singles_of(a_response())
    for critical in (False, True):
        singles = [single] * number
        singles[place % number] = with_extension(single, "1.2.3.4", critical=critical)
        answer = signed_by(issuing_ca().key, holding(a_response(), singles))
        if critical:
            assert why(answer) == "extension 1.2.3.4 is not accepted"
        else:
            assert status(answer) == GOOD


def test_nonce_is_ours_or_absent() -> None:
    assert status(a_response(nonce=None)) == GOOD
    for other in (NONCE[:16], NONCE[:-1], NONCE + b"\0", b"", bytes(32)):
        assert why(a_response(nonce=other)) == "nonce is not ours"


def test_nonce_without_inner_octet_string_is_compared() -> None:
    """Some responders write it so, as RFC 2560 could be read."""

    def bare(nonce: bytes) -> bytes:
        extension = x509.UnrecognizedExtension(x509.OCSPNonce.oid, nonce)
        return a_response(nonce=None, extra_extensions=[(extension, False)])

    assert status(bare(NONCE)) == GOOD
    assert why(bare(NONCE[::-1])) == "nonce is not ours"


# --- the signature and the form -------------------------------------------------------------------


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_response_signed_with_an_accepted_hash_is_good(digest: hashes.HashAlgorithm) -> None:
    assert status(a_response(digest=digest)) == GOOD


@pytest.mark.parametrize(
    ("oid", "digest"),
    [
        (SignatureAlgorithmOID.RSA_WITH_SHA1, hashes.SHA1()),  # noqa: S303 - on purpose
        (SignatureAlgorithmOID.RSA_WITH_MD5, hashes.MD5()),  # noqa: S303 - on purpose
        (SignatureAlgorithmOID.RSA_WITH_SHA224, hashes.SHA224()),
        (x509.ObjectIdentifier("1.2.3.4"), hashes.SHA256()),
    ],
)
def test_a_weak_or_unknown_signature_algorithm_is_refused(
    oid: x509.ObjectIdentifier, digest: hashes.HashAlgorithm
) -> None:
    data = ocsp.load_der_ocsp_response(a_response()).tbs_response_bytes

    assert status(signed_by(issuing_ca().key, data)) == GOOD
    assert why(signed_by(issuing_ca().key, data, oid=oid, digest=digest)) == "signature algorithm not accepted"


def test_algorithm_of_another_key_type_or_padding_is_refused() -> None:
    data = ocsp.load_der_ocsp_response(a_response()).tbs_response_bytes
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)

    assert why(signed_by(issuing_ca().key, data, scheme=pss)) == "signature does not verify"
    ecdsa = signed_by(issuing_ca().key, data, oid=SignatureAlgorithmOID.ECDSA_WITH_SHA256)
    assert status(ecdsa).value is StatusValue.INVALID


def test_response_over_64_kib_is_refused() -> None:
    filler = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(MAX_BYTES))
    shorter = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(MAX_BYTES - 1000))

    assert why(a_response(extra_extensions=[(filler, False)])) == "longer than 65536 bytes"
    assert status(a_response(extra_extensions=[(shorter, False)])) == GOOD


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\0",
        b"0",
        b"0\x80\0\0",
        bytes.fromhex("30030a0100"),  # successful, and nothing in it
        bytes.fromhex("30030a0104"),  # no such status
        bytes.fromhex("30030a0107"),
        bytes.fromhex("30030a010300"),
        b"\xff" * 100,
    ],
)
def test_malformed_response_is_refused(der: bytes) -> None:
    assert why(der) == "not the DER of an OCSPResponse"


def test_other_response_type_is_refused() -> None:
    data = ocsp.load_der_ocsp_response(a_response()).tbs_response_bytes
    other = signed_by(issuing_ca().key, data, response_type="1.3.6.1.5.5.7.48.1.9")

    assert why(other) == "not the DER of an OCSPResponse"


# --- what strict parsers refuse whole ---------------------------------------------------------------

_EXTENSION_NAMES = (bytes.fromhex("092b0601050507300102"),)  # the nonce
VERSION_1 = bytes.fromhex("a003020100")


def with_fractions(der: bytes) -> bytes:
    """A value whose times have fractions of seconds and whose extensions write out `critical FALSE`."""
    if der[0] == 0x06 and der[1:] in _EXTENSION_NAMES:
        return der + b"\x01\x01\x00"
    if der[0] == 0x18:
        return der_value(0x18, der[2:-1] + b".123Z")
    if der[0] not in (0x30, 0xA0, 0xA1):
        return der
    at = 2 if der[1] < 0x80 else 2 + der[1] - 0x80
    parts = b""
    while at < len(der):
        start = 2 if der[at + 1] < 0x80 else 2 + der[at + 1] - 0x80
        size = der[at + 1] if start == 2 else int.from_bytes(der[at + 2 : at + start])
        parts += with_fractions(der[at : at + start + size])
        at += start + size
    return der_value(der[0], parts)


def test_default_version_and_fractions_of_seconds_are_read() -> None:
    answer = a_response()
    singles = singles_of(answer)
    for data in (
        holding(answer, singles, version=VERSION_1),
        with_fractions(holding(answer, singles)),
        with_fractions(holding(answer, singles, version=VERSION_1)),
    ):
        assert status(signed_by(issuing_ca().key, data)) == GOOD
        assert why(signed_by(an_rsa_key("stranger"), data)) == "signature does not verify"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_altered_response_in_a_tolerated_form_is_never_good() -> None:
    answer = signed_by(
        issuing_ca().key, with_fractions(holding(a_response(), singles_of(a_response()), version=VERSION_1))
    )
    assert status(answer) == GOOD
    good = {changed for changed in altered(answer) if status(changed).value is StatusValue.GOOD}
    signature = ocsp.load_der_ocsp_response(_strict(answer)).signature
    assert good <= without_meaning(answer, signature)


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=lambda each: each.name)
def test_rsassa_pss_is_verified(digest: hashes.HashAlgorithm) -> None:
    good = pss_answer(digest, digest.digest_size)
    assert status(good) == GOOD
    assert why(pss_answer(digest, digest.digest_size, key=an_rsa_key("stranger"))) == "signature does not verify"


def test_rsassa_pss_with_other_parameters_is_refused() -> None:
    sha256, sha1 = hashes.SHA256(), hashes.SHA1()  # noqa: S303 - to be refused
    for answer in (pss_answer(sha256, 20), pss_answer(sha1, 20), pss_answer(sha256, 32, mask=hashes.SHA512())):
        assert status(answer).value is StatusValue.INVALID


@pytest.mark.parametrize("name", ["ocsp-explicit-version", "ocsp-pss"])
def test_response_of_another_products_report_is_good(name: str) -> None:
    asked, issuer, root = (
        read_certificate(made_by_others(f"cases/ocsp.{each}.der").read_bytes())
        for each in ("cert", "issuer", "root")
    )
    answer = made_by_others(f"cases/{name}.ocsp").read_bytes()
    found = status(answer, certificate=asked, issuer=issuer, root=root, now=datetime(2026, 11, 23, 3, tzinfo=UTC))
    assert found.value is StatusValue.GOOD


_OIDS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}


def pss_answer(
    digest: hashes.HashAlgorithm, salt: int, mask: hashes.HashAlgorithm | None = None, key: Any = None
) -> bytes:
    mask = mask or digest
    own, of_mask = (_tlv(0x30, _oid(_OIDS[each.name]), _tlv(0x05)) for each in (digest, mask))
    parameters = _tlv(
        0x30,
        _tlv(0xA0, own),
        _tlv(0xA1, _tlv(0x30, _oid("1.2.840.113549.1.1.8"), of_mask)),
        _tlv(0xA2, _tlv(0x02, bytes([salt]))),
    )
    algorithm = _tlv(0x30, _oid("1.2.840.113549.1.1.10"), parameters)
    data = holding(a_response(), singles_of(a_response()))
    scheme = padding.PSS(padding.MGF1(mask), salt)
    return signed_by(key or issuing_ca().key, data, digest=digest, scheme=scheme, algorithm=algorithm)
