"""The form of an OCSP response: extensions, nonce, signature algorithm, length, encoding."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import ocsp
from cryptography.x509.oid import SignatureAlgorithmOID

from registrar.domain.revocation.ocsp import MAX_BYTES
from registrar.domain.revocation.status import Status, StatusValue
from tests.support.builders import NOW
from tests.support.ocsp_answers import (
    NONCE,
    a_response,
    holding,
    issuing_ca,
    signed_by,
    singles_of,
    status,
    with_extension,
)

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
