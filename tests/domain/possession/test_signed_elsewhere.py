"""Signatures made elsewhere: over content or its digest, never over what a CMS message signs."""

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.possession.cms_signature import Content, ContentDigest
from registrar.domain.possession.proofs import MAX_CMS_BYTES, MAX_SIGNATURE_BYTES, Proof
from registrar.domain.possession.sealing import MAX_SEALED_BYTES, MAX_SECRET_CHARS
from registrar.domain.possession.signed_elsewhere import (
    CLOCKS_DIFFER,
    MAX_CONTENT_BYTES,
    SignedElsewhere,
    signer_in,
)
from registrar.domain.reasons.errors import ContentNeeded, PossessionProofInvalid
from tests.support.builders import NOW, a_certificate, an_ec_key, an_rsa_key
from tests.support.cms_messages import SHA512, a_raw_signature, signed_by, the_attributes
from tools.pki.authorities import _tlv

TEXT = b"a contract"
DIGEST = ContentDigest(hashlib.sha256(TEXT).digest())
OTHER_DIGEST = ContentDigest(hashlib.sha256(b"another").digest())
RSA, EC = an_rsa_key(), an_ec_key()
RSA_CUSTOMER, EC_CUSTOMER = a_certificate(key=RSA), a_certificate(key=EC)
BY_RSA = RSA.sign(TEXT, padding.PKCS1v15(), SHA256())
BY_EC = EC.sign(TEXT, ec.ECDSA(SHA256()))


def check(der: bytes, signature: bytes, content: Content, kind: str = "signature") -> None:
    SignedElsewhere(Proof(kind, signature, None), content, NOW).check(read_certificate(der))


def refused(der: bytes, signature: bytes, content: Content, kind: str = "signature") -> str:
    with pytest.raises(PossessionProofInvalid) as caught:
        check(der, signature, content, kind)
    return str(caught.value)


@pytest.mark.parametrize("content", [TEXT, DIGEST])
def test_signature_over_content_or_its_digest_is_accepted(content: Content) -> None:
    check(RSA_CUSTOMER.der, BY_RSA, content)
    check(EC_CUSTOMER.der, BY_EC, content)
    check(EC_CUSTOMER.der, signed_by(EC_CUSTOMER, TEXT), content, "cms")


@pytest.mark.parametrize("content", [b"another", OTHER_DIGEST])
def test_signature_over_another_content_is_refused(content: Content) -> None:
    assert refused(RSA_CUSTOMER.der, BY_RSA, content) == "signature does not verify"
    assert refused(EC_CUSTOMER.der, BY_EC, content) == "signature does not verify"
    assert refused(EC_CUSTOMER.der, signed_by(EC_CUSTOMER, TEXT), content, "cms")


def test_signature_of_another_kind_of_key_is_refused() -> None:
    assert refused(RSA_CUSTOMER.der, BY_EC, TEXT)
    assert refused(EC_CUSTOMER.der, BY_RSA, TEXT)
    assert refused(EC_CUSTOMER.der, EC.sign(TEXT, ec.ECDSA(SHA384())), TEXT)


def test_key_that_is_neither_rsa_nor_ec_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    der = a_certificate(key=key).der

    assert refused(der, key.sign(TEXT), TEXT) == "the certificate's key is neither RSA nor EC"


@pytest.mark.parametrize("form", [{"attributes": None}, {"digest": SHA512}], ids=["no attributes", "SHA-512"])
def test_message_that_needs_the_content_itself_is_refused_for_its_digest(form: dict[str, object]) -> None:
    message = signed_by(EC_CUSTOMER, TEXT, **form)

    check(EC_CUSTOMER.der, message, TEXT, "cms")
    with pytest.raises(ContentNeeded):
        check(EC_CUSTOMER.der, message, DIGEST, "cms")


ATTRIBUTES = _tlv(0x31, *sorted(the_attributes(TEXT)))


def test_signed_attributes_of_a_message_are_no_content() -> None:
    found = refused(EC_CUSTOMER.der, a_raw_signature(EC_CUSTOMER, ATTRIBUTES, SHA256()), ATTRIBUTES)

    assert found == "the content is the signed attributes of a CMS message"


def test_signed_attributes_of_a_message_are_no_content_of_a_message_without_any() -> None:
    message = signed_by(EC_CUSTOMER, ATTRIBUTES, attributes=None)

    found = refused(EC_CUSTOMER.der, message, ATTRIBUTES, "cms")
    assert found == "the content is the signed attributes of a message"


def test_content_inside_a_message_is_compared_with_the_digest() -> None:
    message = signed_by(EC_CUSTOMER, TEXT, content_in=TEXT)

    check(EC_CUSTOMER.der, message, DIGEST, "cms")
    assert refused(EC_CUSTOMER.der, message, OTHER_DIGEST, "cms") == "eContent is not the expected content"


@pytest.mark.parametrize(
    "content",
    [ATTRIBUTES + b"\0", ATTRIBUTES[:-1], b"\x30" + ATTRIBUTES[1:], _tlv(0x31, b"\x05\x00")],
    ids=["longer", "cut off", "no SET", "no message digest"],
)
def test_content_that_only_resembles_signed_attributes_is_accepted(content: bytes) -> None:
    check(EC_CUSTOMER.der, a_raw_signature(EC_CUSTOMER, content, SHA256()), content)


def test_signer_is_the_certificate_that_the_message_brings() -> None:
    brought = signed_by(EC_CUSTOMER, TEXT, certificates=[EC_CUSTOMER.der])

    assert signer_in(brought) == EC_CUSTOMER.der
    assert signer_in(signed_by(EC_CUSTOMER, TEXT)) is None
    assert signer_in(b"no message") == b""


def test_sizes_and_the_difference_of_clocks_are_those_decided() -> None:
    assert (MAX_SIGNATURE_BYTES, MAX_CMS_BYTES, MAX_CONTENT_BYTES) == (1024, 16_384, 262_144)
    assert (MAX_SEALED_BYTES, MAX_SECRET_CHARS) == (512, 128)
    assert timedelta(minutes=5) == CLOCKS_DIFFER
