"""Messages that must be refused: each rule broken alone, every bit flipped, and malformed bytes."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.possession.cms_signature import MAX_BYTES, check_cms_signature, signer_alone
from registrar.domain.reasons.errors import PossessionProofInvalid
from tests.support import cms_messages as cms
from tests.support.builders import NOW, a_certificate, an_ec_key, an_rsa_key
from tests.support.cms_messages import NULL, OpenSsl, SignerInfo, a_message, an_algorithm, an_attribute, signed_by
from tools.pki.authorities import CustomerCertificate, _oid, _tlv

RSA = a_certificate(key=an_rsa_key())
EC = a_certificate(key=an_ec_key())
OTHER = a_certificate(key=an_rsa_key("other"))
CONTENT = "타기관 인증서 등록\nnonce: 00112233445566778899aabbccddeeff".encode()
CONTENT_TYPE, MESSAGE_DIGEST = cms.the_attributes(CONTENT)
ANOTHER_DIGEST = cms.the_attributes(b"another text")[1]
SHA256_NULL = an_algorithm(cms.SHA256, NULL)
PSS_SHA256 = an_algorithm(cms.RSASSA_PSS, _tlv(0x30, _tlv(0xA0, SHA256_NULL), _tlv(0xA2, _tlv(0x02, b"\x20"))))
MANY = settings(max_examples=150, derandomize=True, database=None, deadline=None)


def why(message: bytes, customer: CustomerCertificate = RSA, content: bytes = CONTENT) -> str:
    with pytest.raises(PossessionProofInvalid) as caught:
        check_cms_signature(message, customer.der, content)
    assert str(caught.value) == caught.value.why
    return caught.value.why


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return OpenSsl(tmp_path)


# --- one rule broken ----------------------------------------------------------------------------------

NOT_DER = "not the DER of a SignedData"
DIGEST_WRONG = "message-digest is not the content's"
ALGORITHM = "signature algorithm is not accepted for this key and digest"
NOT_THE_SIGNER = "the signer is not the certificate's holder"
SIGNATURE = "signature does not verify"
CONTENT_TYPE_COUNT = "attribute 1.2.840.113549.1.9.3 is not there exactly once"
DIGEST_COUNT = "attribute 1.2.840.113549.1.9.4 is not there exactly once"

BROKEN: dict[str, tuple[str, dict[str, object]]] = {
    "not signed data": ("contentType is not id-signedData", {"outer_type": cms.DATA}),
    "another eContentType": ("eContentType is not id-data", {"content_type": "1.2.840.113549.1.9.16.1.4"}),
    "another eContent": ("eContent is not the expected content", {"content_in": CONTENT + b" "}),
    "empty eContent": ("eContent is not the expected content", {"content_in": b""}),
    "signed another content": (DIGEST_WRONG, {"attributes": [CONTENT_TYPE, ANOTHER_DIGEST]}),
    "truncated digest": (
        DIGEST_WRONG,
        {"attributes": [CONTENT_TYPE, an_attribute(cms.MESSAGE_DIGEST, _tlv(0x04, MESSAGE_DIGEST[-32:-1]))]},
    ),
    "digest of another type": (
        DIGEST_WRONG,
        {"attributes": [CONTENT_TYPE, MESSAGE_DIGEST.replace(b"\x04\x20", b"\x0c\x20", 1)]},
    ),
    "no message-digest": (DIGEST_COUNT, {"attributes": [CONTENT_TYPE]}),
    "no content-type": (CONTENT_TYPE_COUNT, {"attributes": [MESSAGE_DIGEST]}),
    "two message-digests": (DIGEST_COUNT, {"attributes": [CONTENT_TYPE, MESSAGE_DIGEST, ANOTHER_DIGEST]}),
    "message-digest repeated": (DIGEST_COUNT, {"attributes": [CONTENT_TYPE, MESSAGE_DIGEST, MESSAGE_DIGEST]}),
    "two content-types": (CONTENT_TYPE_COUNT, {"attributes": [CONTENT_TYPE, CONTENT_TYPE, MESSAGE_DIGEST]}),
    "message-digest with two values": (
        DIGEST_COUNT,
        {"attributes": [CONTENT_TYPE, an_attribute(cms.MESSAGE_DIGEST, *[_tlv(0x04, bytes(32))] * 2)]},
    ),
    "message-digest without value": (
        DIGEST_COUNT,
        {"attributes": [CONTENT_TYPE, an_attribute(cms.MESSAGE_DIGEST)]},
    ),
    "content-type of signed data": (
        "content-type is not id-data",
        {"attributes": [an_attribute(cms.CONTENT_TYPE, _oid(cms.SIGNED_DATA)), MESSAGE_DIGEST]},
    ),
    "values not sorted": (
        NOT_DER,
        {"attributes": [CONTENT_TYPE, MESSAGE_DIGEST, an_attribute("1.2.3", _tlv(0x30), NULL)]},
    ),
    "attributes not signed": (SIGNATURE, {"signed": CONTENT}),
    "attributes signed as [0]": (SIGNATURE, {"signed": _tlv(0xA0, CONTENT_TYPE, MESSAGE_DIGEST)}),
    "no attributes, another content": (SIGNATURE, {"attributes": None, "signed": b"another text"}),
    "another serial number": (NOT_THE_SIGNER, {"sid": cms.by_issuer_and_serial(RSA.certificate, 4711)}),
    "another issuer": (
        NOT_THE_SIGNER,
        {"sid": _tlv(0x30, OTHER.certificate.subject.public_bytes(), _tlv(0x02, b"\x01"))},
    ),
    "another key identifier": (NOT_THE_SIGNER, {"sid": cms.by_key_id(OTHER.certificate), "version": 3}),
    "no key identifier": (NOT_THE_SIGNER, {"sid": _tlv(0x80), "version": 3}),
    "an unknown kind of signer": (NOT_DER, {"sid": _tlv(0x81, b"x"), "version": 3}),
    "SHA-1": ("digest algorithm not accepted", {"digest": cms.SHA1}),
    "MD5": ("digest algorithm not accepted", {"digest": cms.MD5}),
    "digest with parameters": ("digest algorithm not accepted", {"digest_parameters": _tlv(0x04, b"x")}),
    "PSS": (ALGORITHM, {"signature_algorithm": PSS_SHA256}),
    "PSS without parameters": (ALGORITHM, {"signature_algorithm": an_algorithm(cms.RSASSA_PSS)}),
    "sha1WithRSA": (ALGORITHM, {"signature_algorithm": an_algorithm(cms.SHA1_WITH_RSA, NULL)}),
    "sha512WithRSA over SHA-256": (ALGORITHM, {"signature_algorithm": an_algorithm(cms.SHA512_WITH_RSA, NULL)}),
    "sha256WithRSA over SHA-512": (
        ALGORITHM,
        {"digest": cms.SHA512, "signature_algorithm": an_algorithm(cms.SHA256_WITH_RSA, NULL)},
    ),
    "ECDSA with an RSA key": (ALGORITHM, {"signature_algorithm": an_algorithm(cms.ECDSA_WITH_SHA256)}),
    "a digest as signature algorithm": (ALGORITHM, {"signature_algorithm": SHA256_NULL}),
    "no signature algorithm": (ALGORITHM, {"signature_algorithm": _tlv(0x30)}),
}
FOR_EC: dict[str, dict[str, object]] = {
    "ecdsa-with-SHA512 over SHA-256": {"signature_algorithm": an_algorithm(cms.ECDSA_WITH_SHA512)},
    "ecdsa-with-SHA1": {"signature_algorithm": an_algorithm(cms.ECDSA_WITH_SHA1)},
    "ecdsa-with-SHA256 and NULL": {"signature_algorithm": an_algorithm(cms.ECDSA_WITH_SHA256, NULL)},
    "id-ecPublicKey": {"signature_algorithm": an_algorithm(cms.EC_PUBLIC_KEY)},
    "PSS with an EC key": {
        "signature_algorithm": an_algorithm(
            cms.RSASSA_PSS,
            _tlv(
                0x30,
                _tlv(0xA0, SHA256_NULL),
                _tlv(0xA1, an_algorithm("1.2.840.113549.1.1.8", SHA256_NULL)),
                _tlv(0xA2, _tlv(0x02, b"\x20")),
            ),
        )
    },
    "RSA with an EC key": {"signature_algorithm": an_algorithm(cms.SHA256_WITH_RSA, NULL)},
}


@pytest.mark.parametrize("name", BROKEN)
def test_message_that_breaks_one_rule_is_refused(name: str) -> None:
    reason, overrides = BROKEN[name]

    assert why(signed_by(RSA, CONTENT, **overrides)) == reason


@pytest.mark.parametrize("name", FOR_EC)
def test_algorithm_of_another_key_type_is_refused(name: str) -> None:
    assert why(signed_by(EC, CONTENT, **FOR_EC[name]), EC) == ALGORITHM


def test_swapped_signatures_are_refused() -> None:
    """Each signature is valid for the other's input."""
    over_content = cms.a_raw_signature(RSA, CONTENT, hashes.SHA256())
    attributes_of_another = cms.the_attributes(b"another text")
    message = signed_by(RSA, CONTENT, attributes=attributes_of_another)

    assert why(signed_by(RSA, CONTENT).replace(MESSAGE_DIGEST, ANOTHER_DIGEST)) == DIGEST_WRONG
    assert why(message.replace(ANOTHER_DIGEST, MESSAGE_DIGEST)) == SIGNATURE
    assert why(signed_by(RSA, CONTENT)[: -len(over_content)] + over_content) == SIGNATURE


def test_signature_by_another_certificates_key_is_refused() -> None:
    forged = signed_by(OTHER, CONTENT, sid=cms.by_issuer_and_serial(RSA.certificate), certificates=[OTHER.der])

    assert why(forged) == SIGNATURE


def test_no_signature_and_two_signatures_by_one_signer_are_refused() -> None:
    signer = SignerInfo(RSA, CONTENT).der()

    assert why(a_message()) == NOT_THE_SIGNER
    assert why(a_message(SignerInfo(OTHER, CONTENT).der())) == NOT_THE_SIGNER
    assert why(a_message(signer, signer)) == "several signatures by one signer"


def test_key_other_than_rsa_or_ec_is_refused() -> None:
    key, name = ed25519.Ed25519PrivateKey.generate(), x509.Name([])
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW).sign(key, None)
    message = signed_by(RSA, CONTENT, sid=cms.by_issuer_and_serial(certificate))

    with pytest.raises(PossessionProofInvalid, match="for this key"):
        check_cms_signature(message, certificate.public_bytes(Encoding.DER), CONTENT)


def test_key_identifier_does_not_match_a_certificate_without_one() -> None:
    bare = a_certificate(key=an_rsa_key(), omit=[ExtensionOID.SUBJECT_KEY_IDENTIFIER])
    for sid in (cms.by_key_id(RSA.certificate), _tlv(0x80)):
        assert why(signed_by(bare, CONTENT, sid=sid, version=3, signed_version=3), bare) == NOT_THE_SIGNER


def test_a_message_of_openssl_with_sha1_is_refused(openssl: OpenSsl) -> None:
    assert why(openssl.sign(CONTENT, [RSA], "-md", "sha1")) == "digest algorithm not accepted"


# --- not DER ------------------------------------------------------------------------------------------

GOOD = signed_by(RSA, CONTENT)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x30",
        GOOD + b"\0",
        GOOD + GOOD,
        GOOD[:-1],
        GOOD[:2] + b"\0\0" + GOOD[4:],
        b"\x30\x80" + GOOD[4:],
        b"\x30\x80" + GOOD[4:] + b"\0\0\0",
        b"\x31" + GOOD[1:],
        CONTENT,
        RSA.der,
        RSA.pem,
        _tlv(0x30, _oid(cms.SIGNED_DATA)),
        _tlv(0x30, _oid(cms.SIGNED_DATA), _tlv(0xA0)),
        b"\x30\x80" * (MAX_BYTES // 2),
        b"\xff" * MAX_BYTES,
        b"\x06" + b"\x81" * 200,
    ],
)
def test_malformed_der_is_refused(message: bytes) -> None:
    assert why(message) == NOT_DER


@pytest.mark.parametrize("kind", [ValueError, TypeError, OverflowError, RecursionError, MemoryError])
def test_whatever_the_decoder_raises_is_a_refusal(kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> None:
        raise kind("made up")

    monkeypatch.setattr("registrar.domain.possession.cms_signature.asn1.decode_der", decode)
    assert why(GOOD) == NOT_DER


def test_deep_nesting_raises_only_the_refusal() -> None:
    nested = b""
    while len(nested) < MAX_BYTES - 400:
        nested = _tlv(0x30, nested)
    for message in (nested, _tlv(0x30, _oid(cms.SIGNED_DATA), _tlv(0xA0, nested[-8000:]))):
        assert why(message) == NOT_DER
    assert why(a_message(SignerInfo(RSA, CONTENT, attributes=[nested[-8000:]]).der())) == NOT_DER


def test_too_long_message_is_refused() -> None:
    assert why(GOOD + bytes(MAX_BYTES)) == "longer than 16384 bytes"


# --- any change ---------------------------------------------------------------------------------------

SIGNED = {
    "rsa": (RSA, signed_by(RSA, CONTENT, signature_algorithm=an_algorithm(cms.SHA256_WITH_RSA, NULL))),
    "rsa, no attributes": (RSA, signed_by(RSA, CONTENT, attributes=None)),
    "ec": (EC, signed_by(EC, CONTENT)),
    "ec, attached": (EC, signed_by(EC, CONTENT, content_in=CONTENT)),
}


def refused_or_the_same_signature(changed: bytes, customer: CustomerCertificate, message: bytes) -> None:
    """Only what is ignored can change: what is kept of the message is the same."""
    try:
        kept = signer_alone(changed, customer.der, CONTENT)
    except PossessionProofInvalid:
        return
    # The name of the RSA scheme says the same in two ways.
    same_scheme = _oid(cms.RSA_ENCRYPTION), _oid(cms.SHA256_WITH_RSA)
    whole = signer_alone(message, customer.der, CONTENT)
    assert kept == whole or kept.replace(*same_scheme)[4:] == whole.replace(*same_scheme)[4:]


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=pytest.mark.slow if each != "rsa" else []) for each in SIGNED]
)
def test_a_flipped_bit_is_refused_or_ignored(name: str) -> None:
    customer, message = SIGNED[name]
    for bit in range(len(message) * 8):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        refused_or_the_same_signature(bytes(changed), customer, message)


def _edits(length: int) -> st.SearchStrategy[tuple[int, int, bytes]]:
    """(where, how many bytes are cut out, what is put in)."""
    return st.tuples(st.integers(0, length), st.integers(0, 40), st.binary(max_size=40))


@pytest.mark.parametrize("name", SIGNED)
@MANY
@given(data=st.data())
def test_an_edited_message_is_refused_or_says_the_same(name: str, data: st.DataObject) -> None:
    customer, message = SIGNED[name]
    changed = message
    for start, cut, put in data.draw(st.lists(_edits(len(message)), min_size=1, max_size=3)):
        changed = changed[:start] + put + changed[start + cut :]
    refused_or_the_same_signature(changed, customer, message)


CARRYING = signed_by(RSA, CONTENT, certificates=[RSA.der])


@MANY
@given(edit=_edits(len(CARRYING)))
def test_only_ignored_parts_may_change(edit: tuple[int, int, bytes]) -> None:
    start, _, put = edit
    refused_or_the_same_signature(CARRYING[:start] + put + CARRYING[start + len(put) :], RSA, CARRYING)


def _nested(depth: int) -> st.SearchStrategy[bytes]:
    leaf = st.builds(_tlv, st.integers(0, 255), st.binary(max_size=20))
    if not depth:
        return leaf
    parts = st.lists(_nested(depth - 1), max_size=4).map(b"".join)
    return leaf | st.builds(_tlv, st.sampled_from((0x30, 0x31, 0xA0, 0xA1)), parts)


@MANY
@given(message=st.binary(max_size=300) | _nested(3) | _nested(2).map(a_message))
def test_random_bytes_raise_only_the_refusal(message: bytes) -> None:
    why(message)


def test_openssl_also_refuses_wrong_signatures(openssl: OpenSsl) -> None:
    for reason, overrides in BROKEN.values():
        if reason in (DIGEST_WRONG, SIGNATURE, NOT_THE_SIGNER):
            assert not openssl.accepts(signed_by(RSA, CONTENT, **overrides), RSA, CONTENT), overrides
