"""Proof of possession: only the certificate's own key, over exactly this text, in exactly this form."""

import gc
import sys
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.signature import check_one_signed
from registrar.domain.reasons.errors import PossessionProofInvalid
from tests.support.builders import a_certificate, an_ec_key, an_rsa_key, proves

TEXT = "타기관 인증서 등록\nbank: 045"
RSA, EC = an_rsa_key(), an_ec_key()
RSA_DER, EC_DER = a_certificate(key=RSA).der, a_certificate(key=EC).der
PKCS1 = padding.PKCS1v15()
RSA_SIGNATURE = RSA.sign(TEXT.encode(), PKCS1, SHA256())
EC_SIGNATURE = EC.sign(TEXT.encode(), ec.ECDSA(SHA256()))


def test_signature_by_the_certificates_key_is_accepted() -> None:
    assert proves(RSA_DER, TEXT, RSA_SIGNATURE)
    assert proves(EC_DER, TEXT, EC_SIGNATURE)


def test_p384_signature_with_sha256_is_accepted() -> None:
    key = ec.derive_private_key(7, ec.SECP384R1())
    der = a_certificate(key=key).der
    assert proves(der, TEXT, key.sign(TEXT.encode(), ec.ECDSA(SHA256())))
    assert not proves(der, TEXT, key.sign(TEXT.encode(), ec.ECDSA(SHA384())))


@pytest.mark.parametrize(
    "text", ["", TEXT + "\n", TEXT.replace("045", "046"), TEXT.replace("\n", "\r\n"), TEXT.upper()]
)
def test_signature_over_another_text_is_refused(text: str) -> None:
    assert not proves(RSA_DER, text, RSA_SIGNATURE)
    assert not proves(EC_DER, text, EC_SIGNATURE)


def test_signed_text_of_several_is_returned() -> None:
    texts = [TextToSign("in another version"), TextToSign(TEXT), TextToSign("in a third")]

    assert check_one_signed(EC_DER, texts, Proof("signature", EC_SIGNATURE, None)) == TEXT
    with pytest.raises(PossessionProofInvalid, match="no text"):
        check_one_signed(EC_DER, [], Proof("signature", EC_SIGNATURE, None))


def test_a_refused_signature_leaves_nothing_for_the_search_for_garbage() -> None:
    """The caller's frame, which its error has passed, holds what the owner is checked by."""
    texts = [TextToSign(TEXT + "?")]
    gc.disable()
    try:
        held = sys.getrefcount(texts)
        with suppress(PossessionProofInvalid):
            check_one_signed(RSA_DER, texts, Proof("signature", RSA_SIGNATURE, None))
        assert sys.getrefcount(texts) == held
    finally:
        gc.enable()


def _pss(salt: int) -> padding.PSS:
    return padding.PSS(padding.MGF1(SHA256()), salt)


@pytest.mark.parametrize(
    "signature",
    [
        an_rsa_key("another").sign(TEXT.encode(), PKCS1, SHA256()),
        RSA.sign(TEXT.encode(), _pss(32), SHA256()),
        RSA.sign(TEXT.encode(), _pss(222), SHA256()),
        RSA.sign(TEXT.encode(), PKCS1, SHA1()),  # noqa: S303 - on purpose
        RSA.sign(TEXT.encode(), PKCS1, SHA384()),
        RSA.sign(TEXT.encode("utf-16"), PKCS1, SHA256()),
        RSA_SIGNATURE[:-1],
        RSA_SIGNATURE + b"\0",
        b"\0" + RSA_SIGNATURE,
        RSA_SIGNATURE[::-1],
        bytes(256),
        b"\xff" * 256,
        EC_SIGNATURE,
        b"",
        b"\0",
    ],
    ids=[
        "another key",
        "PSS",
        "PSS, long salt",
        "SHA-1",
        "SHA-384",
        "UTF-16",
        "truncated",
        "longer",
        "padded",
        "reversed",
        "zero",
        "above the modulus",
        "ECDSA",
        "empty",
        "one byte",
    ],
)
def test_wrong_rsa_signature_is_refused(signature: bytes) -> None:
    assert not proves(RSA_DER, TEXT, signature)


def _raw(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32) + s.to_bytes(32)


@pytest.mark.parametrize(
    "signature",
    [
        an_ec_key("another").sign(TEXT.encode(), ec.ECDSA(SHA256())),
        EC.sign(TEXT.encode(), ec.ECDSA(SHA384())),
        _raw(EC_SIGNATURE),
        EC_SIGNATURE[:-1],
        EC_SIGNATURE + b"\0",
        bytes.fromhex("3006020100020100"),
        bytes.fromhex("3000"),
        RSA_SIGNATURE,
        b"",
    ],
    ids=["another key", "SHA-384", "r and s only", "truncated", "longer", "zeros", "no numbers", "RSA", "empty"],
)
def test_wrong_ecdsa_signature_is_refused(signature: bytes) -> None:
    assert not proves(EC_DER, TEXT, signature)


def test_unsupported_key_type_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert not proves(a_certificate(key=key).der, TEXT, key.sign(TEXT.encode()))


def test_cms_message_is_accepted() -> None:
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    builder = PKCS7SignatureBuilder().set_data(TEXT.encode())
    message = builder.add_signer(x509.load_der_x509_certificate(RSA_DER), RSA, SHA256()).sign(Encoding.DER, options)
    assert proves(RSA_DER, TEXT, message, "cms")
    assert not proves(RSA_DER, TEXT + "!", message, "cms")
    assert not proves(EC_DER, TEXT, message, "cms")
    assert not proves(RSA_DER, TEXT, RSA_SIGNATURE, "cms")
    assert not proves(RSA_DER, TEXT, message)
