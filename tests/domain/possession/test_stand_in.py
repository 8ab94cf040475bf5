"""Stand-ins: the signature of an unknown certificate is checked with a key of its kind."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from registrar.domain.possession import stand_in
from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.reasons.errors import PossessionProofInvalid
from tests.support.builders import a_certificate, an_ec_key, an_rsa_key

TEXTS = [TextToSign("new"), TextToSign("old")]
RSA, EC = an_rsa_key(), an_ec_key()
RSA_DER, EC_DER = a_certificate(key=RSA).der, a_certificate(key=EC).der
P521 = ec.derive_private_key(7, ec.SECP521R1())


def by_rsa(text: str = "old") -> Proof:
    return Proof("signature", RSA.sign(text.encode(), padding.PKCS1v15(), SHA256()), None)


def by_ec(text: str = "old", key: ec.EllipticCurvePrivateKey = EC) -> Proof:
    return Proof("signature", key.sign(text.encode(), ec.ECDSA(SHA256())), None)


def by_cms() -> Proof:
    builder = PKCS7SignatureBuilder().set_data(b"old")
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    message = builder.add_signer(x509.load_der_x509_certificate(RSA_DER), RSA, SHA256()).sign(Encoding.DER, options)
    return Proof("cms", message, None)


def test_known_certificates_signature_over_one_of_the_texts_is_accepted() -> None:
    assert stand_in.is_signed(RSA_DER, TEXTS, by_rsa())
    assert stand_in.is_signed(EC_DER, TEXTS, by_ec("new"))
    assert stand_in.is_signed(RSA_DER, TEXTS, by_cms())
    assert not stand_in.is_signed(RSA_DER, TEXTS, by_rsa("another"))
    assert not stand_in.is_signed(EC_DER, TEXTS, by_rsa())


@pytest.mark.parametrize(
    ("proof", "kind", "length"),
    [
        (by_rsa(), rsa.RSAPublicKey, 256),
        (by_cms(), rsa.RSAPublicKey, 256),
        (by_ec(), ec.EllipticCurvePublicKey, None),
        (by_ec(key=P521), ec.EllipticCurvePublicKey, None),
        (Proof("signature", bytes(139), None), ec.EllipticCurvePublicKey, 139),
        (Proof("signature", bytes(140), None), rsa.RSAPublicKey, 140),
    ],
)
def test_signature_is_checked_with_a_key_of_the_kind_that_makes_it(
    monkeypatch: pytest.MonkeyPatch, proof: Proof, kind: type[Any], length: int | None
) -> None:
    checked: list[tuple[bytes, Proof]] = []

    def check(der: bytes, texts: list[TextToSign], given: Proof) -> None:
        checked.append((der, given))
        raise PossessionProofInvalid("no")

    monkeypatch.setattr(stand_in, "check_one_signed", check)
    stand_in.is_signed(None, TEXTS, proof)
    ((der, given),) = checked

    assert isinstance(x509.load_der_x509_certificate(der).public_key(), kind)
    assert given.kind == "signature"
    assert length is None or len(given.signature) == length
