"""Receipts: compact JWS that a library of others verifies, for one service, and to the letter what was signed."""

import base64
import dataclasses
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from registrar.domain.evidence.jwk import public_jwk, raw_signature
from registrar.domain.evidence.receipt import Receipt
from tests.support.builders import an_ec_key, an_rsa_key
from tests.support.evidence import a_receipt

KID = "00000000-0000-4000-8000-000000000001"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def signed(receipt: Receipt, key: ec.EllipticCurvePrivateKey | None = None) -> str:
    der = (key or an_ec_key("receipts")).sign(receipt.to_sign(KID), ec.ECDSA(SHA256()))
    return receipt.compact(KID, raw_signature(der))


def the_key_set() -> jwt.PyJWKSet:
    keys = [public_jwk(KID, spki(an_ec_key("receipts"))), public_jwk("other", spki(an_ec_key("other")))]
    return jwt.PyJWKSet.from_dict({"keys": keys})


def spki(key: Any) -> bytes:
    found: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def verified(receipt: str, audience: str = "transfers") -> dict[str, Any]:
    """What the service's library makes of it."""
    header = jwt.get_unverified_header(receipt)
    assert header["typ"] == "signature-receipt+jwt"
    key = the_key_set()[header["kid"]]
    found: dict[str, Any] = jwt.decode(
        receipt, key, algorithms=["ES256"], audience=audience, issuer="urn:registrar:bank:JBB"
    )
    return found


def test_the_service_reads_what_the_bank_states() -> None:
    assert verified(signed(a_receipt())) == {
        "iss": "urn:registrar:bank:JBB",
        "aud": "transfers",
        "sub": "hong",
        "jti": "s" + "1" * 32,
        "iat": 1795402800,
        "kind": "transfer",
        "result": "COMPLETED",
        "document_sha256": "5e" * 32,
        "certificate_sha256": "2e" * 32,
        "evidence_sha256": "7a" * 32,
    }


def test_a_receipt_is_for_its_service_only() -> None:
    with pytest.raises(jwt.InvalidAudienceError):
        verified(signed(a_receipt()), audience="loans")


def test_the_text_that_is_signed_never_changes() -> None:
    """Rows keep the signature alone: with another text no receipt of theirs would verify."""
    header, payload = a_receipt().to_sign(KID).split(b".")

    assert base64.urlsafe_b64decode(header + b"==") == (
        b'{"alg":"ES256","typ":"signature-receipt+jwt","kid":"00000000-0000-4000-8000-000000000001"}'
    )
    assert base64.urlsafe_b64decode(payload + b"==") == (
        b'{"iss":"urn:registrar:bank:JBB","aud":"transfers","sub":"hong","jti":"s11111111111111111111111111111111",'
        b'"iat":1795402800,"kind":"transfer","result":"COMPLETED","document_sha256":"' + b"5e" * 32 + b'",'
        b'"certificate_sha256":"' + b"2e" * 32 + b'","evidence_sha256":"' + b"7a" * 32 + b'"}'
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"service": "loans"},
        {"request_id": "s" + "2" * 32},
        {"customer_id": "kim"},
        {"document_sha256": "00" * 32},
        {"evidence_sha256": "00" * 32},
        {"result": "DECLINED"},
    ],
)
def test_a_signature_is_for_one_receipt_only(changed: dict[str, Any]) -> None:
    der = an_ec_key("receipts").sign(a_receipt().to_sign(KID), ec.ECDSA(SHA256()))
    other = dataclasses.replace(a_receipt(), **changed).compact(KID, raw_signature(der))

    with pytest.raises(jwt.InvalidSignatureError):
        verified(other, audience=changed.get("service", "transfers"))


def test_another_key_signs_no_receipt() -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        verified(signed(a_receipt(), an_ec_key("stranger")))


@pytest.mark.parametrize("numbers", [(1, 1), (ORDER - 1, 1), (1, ORDER - 1), (0x80, 0x7F), (1 << 247, 1 << 255)])
def test_numbers_of_any_length_become_32_bytes_each(numbers: tuple[int, int]) -> None:
    r, s = numbers
    raw = raw_signature(encode_dss_signature(r, s))

    assert len(raw) == 64
    assert (int.from_bytes(raw[:32]), int.from_bytes(raw[32:])) == numbers


def test_coordinates_of_a_key_are_32_bytes_each() -> None:
    # The key whose private half is 1 has the generator as its point; a small coordinate is found by trying a few.
    keys = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(1, 2000))
    small = next(k for k in keys if k.public_key().public_numbers().x < 1 << 248)
    jwk = public_jwk(KID, spki(small))

    assert {len(base64.urlsafe_b64decode(jwk[name] + "=")) for name in ("x", "y")} == {32}
    assert jwt.PyJWK(jwk).key.public_numbers() == small.public_key().public_numbers()
    assert json.dumps(jwk).isascii()


@pytest.mark.parametrize("key", [an_rsa_key, lambda: ec.generate_private_key(ec.SECP384R1())])
def test_a_key_of_another_kind_is_not_published(key: Any) -> None:
    with pytest.raises(ValueError, match="not a P-256 key"):
        public_jwk(KID, spki(key()))
