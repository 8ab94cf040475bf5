"""Messages that must be accepted, made by three others: the openssl command, `cryptography`, and by hand.

Messages that must be refused are in test_cms_signature_refused.py.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from registrar.domain.bank import SigningBank
from registrar.domain.possession.cms_signature import MAX_BYTES, check_cms_signature, signer_alone
from registrar.domain.possession.texts_to_sign import text_to_sign
from registrar.domain.reasons.errors import PossessionProofInvalid
from tests.support.builders import a_certificate, a_pki, an_ec_key, an_rsa_key, an_upload
from tests.support.cms_messages import (
    NULL,
    SHA256,
    SHA256_WITH_RSA,
    SHA512,
    SHA512_WITH_RSA,
    SIGNING_TIME,
    OpenSsl,
    an_algorithm,
    an_attribute,
    by_key_id,
    signed_by,
    the_attributes,
)
from tests.support.others import made_by_others
from tools.pki.authorities import CustomerCertificate, _oid, _tlv
from tools.pki.npki_containers import as_ber

RSA = a_certificate(key=an_rsa_key())
EC = a_certificate(key=an_ec_key())
OTHER_RSA = a_certificate(key=an_rsa_key("other"))
CONTENT = text_to_sign(an_upload(RSA), SigningBank("BOT", "시험은행")).encode()
OTHER_CONTENT = CONTENT.replace("일회용 값: 00".encode(), "일회용 값: 01".encode())
assert OTHER_CONTENT != CONTENT
UNSORTED = sorted(the_attributes(CONTENT), reverse=True)
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)

CURVES = {"p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
SIGNERS: dict[str, Callable[[], CustomerCertificate]] = {
    "rsa": lambda: RSA,
    "p256": lambda: EC,
    "p384": lambda: a_certificate(key=ec.generate_private_key(CURVES["p384"])),
    "p521": lambda: a_certificate(key=ec.generate_private_key(CURVES["p521"])),
}


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return OpenSsl(tmp_path)


def refused(message: bytes, customer: CustomerCertificate, content: bytes) -> str:
    with pytest.raises(PossessionProofInvalid) as caught:
        check_cms_signature(message, customer.der, content)
    return caught.value.why


def accepted_for_this_only(message: bytes, customer: CustomerCertificate) -> None:
    """It holds for this certificate and content, and for no other content or certificate."""
    check_cms_signature(message, customer.der, CONTENT)
    for content in (OTHER_CONTENT, b"", CONTENT + b"\n"):
        assert refused(message, customer, content)
    same_key = a_certificate(key=customer.key)
    stranger = a_certificate(key=an_ec_key("stranger"))
    assert refused(message, OTHER_RSA, CONTENT)
    assert refused(message, stranger, CONTENT) == "the signer is not the certificate's holder"
    # By key identifier, two certificates over one key are one signer.
    if by_key_id(customer.certificate) not in message:
        assert refused(message, same_key, CONTENT) == "the signer is not the certificate's holder"


# --- made by openssl ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["", "-noattr", "-nodetach", "-keyid", "-nocerts", "-noattr -keyid -nocerts"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_openssl_message_is_accepted(openssl: OpenSsl, kind: str, digest: str, options: str) -> None:
    customer = SIGNERS[kind]()
    message = openssl.sign(CONTENT, [customer], "-md", digest, *options.split())

    accepted_for_this_only(message, customer)


@pytest.mark.parametrize("kind", ["p384", "p521"])
def test_openssl_message_on_a_larger_curve_is_accepted(openssl: OpenSsl, kind: str) -> None:
    customer = SIGNERS[kind]()

    accepted_for_this_only(openssl.sign(CONTENT, [customer], "-md", "sha384"), customer)


def test_further_certificates_are_ignored(openssl: OpenSsl) -> None:
    chain = Path(openssl.folder / "chain.pem")
    authorities = (a_pki().issuers["yessign"], a_pki().root)
    chain.write_bytes(b"".join(a.certificate.public_bytes(Encoding.PEM) for a in authorities))
    message = openssl.sign(CONTENT, [RSA], "-certfile", str(chain))

    assert len(message) < MAX_BYTES
    accepted_for_this_only(message, RSA)


# --- made by cryptography -----------------------------------------------------------------------------

Digest = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
DETACHED = PKCS7Options.DetachedSignature


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=lambda d: str(d.name))
@pytest.mark.parametrize(
    "options",
    [
        [DETACHED],
        [],
        [DETACHED, PKCS7Options.NoAttributes],
        [DETACHED, PKCS7Options.NoCapabilities],
        [DETACHED, PKCS7Options.NoCerts],
    ],
    ids=["detached", "attached", "no-attributes", "no-capabilities", "no-certificates"],
)
@pytest.mark.parametrize("kind", ["rsa", "p256", "p384"])
def test_cryptography_message_is_accepted(kind: str, options: list[PKCS7Options], digest: Digest) -> None:
    customer = SIGNERS[kind]()
    builder = PKCS7SignatureBuilder(CONTENT).add_signer(customer.certificate, customer.key, digest)
    message = builder.sign(Encoding.DER, [PKCS7Options.Binary, *options])

    accepted_for_this_only(message, customer)


def test_messages_with_pss_are_accepted(openssl: OpenSsl) -> None:
    builder = PKCS7SignatureBuilder(CONTENT).add_signer(
        RSA.certificate, an_rsa_key(), hashes.SHA256(), rsa_padding=PSS
    )

    accepted_for_this_only(builder.sign(Encoding.DER, [PKCS7Options.Binary, DETACHED]), RSA)
    for salt in ("digest", "max", "20"):
        accepted_for_this_only(openssl.sign(CONTENT, [RSA], "pss", "-keyopt", f"rsa_pss_saltlen:{salt}"), RSA)
    accepted_for_this_only(openssl.sign(CONTENT, [RSA], "pss"), RSA)


def test_of_two_signers_the_one_of_the_certificate_counts(openssl: OpenSsl) -> None:
    message = openssl.sign(CONTENT, [RSA, EC])

    check_cms_signature(message, RSA.der, CONTENT)
    check_cms_signature(message, EC.der, CONTENT)
    assert refused(message, OTHER_RSA, CONTENT) == "the signer is not the certificate's holder"


# --- made by hand: forms that neither of them writes --------------------------------------------------


@pytest.mark.parametrize(
    ("customer", "overrides"),
    [
        (RSA, {}),
        (EC, {}),
        (RSA, {"attributes": None}),
        (RSA, {"content_in": CONTENT}),
        (RSA, {"signature_algorithm": an_algorithm(SHA256_WITH_RSA, NULL)}),
        (RSA, {"signature_algorithm": an_algorithm(SHA256_WITH_RSA)}),
        (RSA, {"digest": SHA512, "signature_algorithm": an_algorithm(SHA512_WITH_RSA, NULL)}),
        (EC, {"digest": SHA512}),
        (RSA, {"digest_parameters": b""}),
        (RSA, {"sid": by_key_id(RSA.certificate), "version": 3, "signed_version": 3}),
        (RSA, {"attributes": [*the_attributes(CONTENT), an_attribute("1.2.3.4", NULL, _tlv(0x30, NULL))]}),
        (RSA, {"attributes": [*the_attributes(CONTENT), an_attribute(SIGNING_TIME, _tlv(0x0C, b"noon"))]}),
        (RSA, {"unsigned": [an_attribute("1.2.3.4", NULL)]}),
        (RSA, {"certificates": [RSA.der]}),
        (RSA, {"certificates": [OTHER_RSA.der, RSA.der]}),
        (RSA, {"certificates": [OTHER_RSA.der]}),
        # Versions and announced digests say nothing that counts; node-forge leaves attributes unsorted.
        (RSA, {"version": 3}),
        (RSA, {"signed_version": 5}),
        (EC, {"sid": by_key_id(EC.certificate)}),
        (RSA, {"digests": [an_algorithm(SHA512, NULL)]}),
        (RSA, {"digests": []}),
        (RSA, {"digests": sorted([an_algorithm(SHA256, NULL), an_algorithm(SHA512, NULL)])}),
        (RSA, {"attributes": UNSORTED, "in_order": False}),
        (EC, {"attributes": UNSORTED, "in_order": False}),
        (RSA, {"attributes": UNSORTED, "in_order": False, "signed": _tlv(0x31, *sorted(UNSORTED))}),
        (RSA, {"certificates": [_tlv(0x30, _tlv(0x0C, b"no certificate"))]}),
    ],
)
def test_alternative_encoding_is_accepted(customer: CustomerCertificate, overrides: dict[str, object]) -> None:
    accepted_for_this_only(signed_by(customer, CONTENT, **overrides), customer)


def test_openssl_verifies_each_accepted_message(openssl: OpenSsl) -> None:
    for customer in (RSA, EC):
        for overrides in ({}, {"attributes": None}, {"content_in": CONTENT}, {"certificates": [customer.der]}):
            message = signed_by(customer, CONTENT, **overrides)
            check_cms_signature(message, customer.der, CONTENT)
            assert openssl.accepts(message, customer, CONTENT)
            assert "content_in" in overrides or not openssl.accepts(message, customer, OTHER_CONTENT)


JUNK = _tlv(0x30, _tlv(0x01, b"\1"), b"\xff")
"""What no program can read as a certificate, a list or an attribute."""


KEPT: dict[str, dict[str, object]] = {
    "as we write it": {},
    "without attributes": {"attributes": None},
    "with its content": {"content_in": CONTENT},
    "junk for certificates": {"certificates": [JUNK]},
    "another type for certificates": {"certificates": [_tlv(0x04, b"x")]},
    "junk for lists": {"crls": [JUNK]},
    "junk for unsigned attributes": {"unsigned": [JUNK]},
    "other versions": {"version": 3, "signed_version": 4},
    "no digest announced": {"digests": []},
    "unsorted, signed so": {"attributes": UNSORTED, "in_order": False},
    "unsorted, signed sorted": {
        "attributes": UNSORTED,
        "in_order": False,
        "signed": _tlv(0x31, *sorted(UNSORTED)),
    },
}


@pytest.mark.parametrize("customer", [RSA, EC], ids=["RSA", "EC"])
@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_of_a_message_can_be_read_by_openssl(
    openssl: OpenSsl, customer: CustomerCertificate, name: str
) -> None:
    message = signed_by(customer, CONTENT, **KEPT[name])
    kept = signer_alone(message, customer.der, CONTENT)

    assert openssl.accepts(kept, customer, CONTENT)
    assert not openssl.accepts(kept, customer, OTHER_CONTENT)
    assert CONTENT not in kept
    assert JUNK not in kept
    assert signer_alone(kept, customer.der, CONTENT) == kept


def test_of_two_signers_one_is_kept(openssl: OpenSsl) -> None:
    kept = signer_alone(openssl.sign(CONTENT, [RSA, EC]), EC.der, CONTENT)

    assert openssl.accepts(kept, EC, CONTENT)
    assert refused(kept, RSA, CONTENT) == "the signer is not the certificate's holder"


def test_a_message_may_be_as_long_as_the_limit() -> None:
    def of(filling: int) -> bytes:
        return signed_by(RSA, CONTENT, certificates=[_tlv(0x30, _tlv(0x04, bytes(filling)))])

    room = MAX_BYTES - len(of(10_000)) + 10_000
    assert len(of(room)) == MAX_BYTES
    check_cms_signature(of(room), RSA.der, CONTENT)
    assert refused(of(room + 1), RSA, CONTENT) == "longer than 16384 bytes"


def test_bytes_that_are_no_certificate_are_a_defect() -> None:
    with pytest.raises(ValueError, match="error parsing"):
        check_cms_signature(signed_by(RSA, CONTENT), b"\x30\x00", CONTENT)


def test_the_content_may_be_any_bytes() -> None:
    for content in (b"", b"\0", _oid("1.2.3"), bytes(100_000)):
        check_cms_signature(signed_by(EC, content), EC.der, content)


@pytest.mark.parametrize("name", SIGNERS)
@pytest.mark.parametrize("options", [(), ("-nodetach",)], ids=["detached", "attached"])
def test_message_in_ber_is_accepted(name: str, options: tuple[str, ...], openssl: OpenSsl) -> None:
    customer = SIGNERS[name]()
    messages = [
        openssl.sign(CONTENT, [customer], "-stream", *options),
        as_ber(openssl.sign(CONTENT, [customer], *options), piece=7),
    ]
    messages.append(as_ber(signed_by(customer, CONTENT), piece=100))
    for message in messages:
        check_cms_signature(message, customer.der, CONTENT)
        assert refused(message, customer, OTHER_CONTENT)
        assert refused(message + b"\0", customer, CONTENT)
        assert refused(message, OTHER_RSA, CONTENT)


def test_message_of_another_products_report_is_accepted() -> None:
    folder = made_by_others("cases")
    message, certificate, text = (
        folder.joinpath(f"cms-ber.{each}").read_bytes() for each in ("p7s", "signCert.der", "text")
    )
    check_cms_signature(message, certificate, text)
