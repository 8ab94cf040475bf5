"""Who signed, as a CMS message says: read before anything is checked, from whatever bytes come."""

from base64 import b64decode
from pathlib import Path

import pytest

from registrar.domain.possession import stand_in
from registrar.domain.possession.cms_signature import MAX_BYTES, read_signer, signer_alone
from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.proofs import Proof
from registrar.domain.possession.stand_in import is_signed
from registrar.domain.reasons.errors import PossessionProofInvalid
from tests.support.builders import a_certificate, an_ec_key, an_rsa_key
from tests.support.cms_messages import OpenSsl, SignerInfo, a_message, by_key_id, signed_by
from tools.demo.phone import sign
from tools.pki.authorities import CustomerCertificate, _tlv
from tools.pki.npki_containers import as_ber

TEXT = "인증서로 로그인\nnonce: 00112233"
RSA = a_certificate(key=an_rsa_key())
EC = a_certificate(key=an_ec_key())
OTHER = a_certificate(key=an_ec_key("other"), serial_number=4711)
BY_KEY_ID = {"sid": by_key_id(EC.certificate), "version": 3, "signed_version": 3}
each_customer = pytest.mark.parametrize("customer", [RSA, EC], ids=["RSA", "EC"])


def brought(message: bytes) -> bytes | None:
    return read_signer(message).certificate


@pytest.mark.parametrize("options", ["", "-noattr", "-nodetach", "-keyid"])
@each_customer
def test_the_certificate_in_a_message_of_openssl_is_the_signers(
    tmp_path: Path, customer: CustomerCertificate, options: str
) -> None:
    made = OpenSsl(tmp_path)
    assert brought(made.sign(TEXT.encode(), [customer], *options.split())) == customer.der
    assert brought(made.sign(TEXT.encode(), [customer], "-nocerts", *options.split())) is None


@pytest.mark.parametrize("more", [{}, BY_KEY_ID], ids=["issuer and serial", "key id"])
@pytest.mark.parametrize("convert", [bytes, as_ber], ids=["DER", "BER"])
def test_of_several_certificates_the_one_that_the_signer_names_is_taken(
    more: dict[str, object], convert: type
) -> None:
    several = [OTHER.der, EC.der, RSA.der]
    for certificates in (several, several[::-1]):
        message = signed_by(EC, TEXT.encode(), certificates=certificates, **more)
        assert brought(convert(message)) == EC.der
    assert brought(convert(signed_by(EC, TEXT.encode(), certificates=[OTHER.der, RSA.der], **more))) is None


@pytest.mark.parametrize("more", [{}, BY_KEY_ID], ids=["issuer and serial", "key id"])
def test_signer_alone_is_a_message_of_the_version_that_names_signers_so(more: dict[str, object]) -> None:
    message = signed_by(EC, TEXT.encode(), **more)

    assert signer_alone(message, EC.der, TEXT.encode()) == message


@pytest.mark.parametrize("junk", [_tlv(0x30), _tlv(0xA1, b"\1"), _tlv(0x30, EC.der[4:200]), _tlv(0x04, EC.der)])
def test_what_is_no_certificate_in_a_message_is_passed_over(junk: bytes) -> None:
    assert brought(signed_by(EC, TEXT.encode(), certificates=[junk, EC.der])) == EC.der
    assert brought(signed_by(EC, TEXT.encode(), certificates=[junk])) is None


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x30\x80",
        b"no message",
        bytes(MAX_BYTES + 1),
        a_message(),
        a_message(*[SignerInfo(EC, TEXT.encode()).der()] * 2),
        signed_by(EC, TEXT.encode())[:-1],
    ],
    ids=["empty", "cut off", "text", "too long", "no signer", "two signers", "truncated"],
)
def test_a_message_without_one_signer_is_refused(message: bytes) -> None:
    with pytest.raises(PossessionProofInvalid):
        read_signer(message)
    assert not is_signed(None, [TextToSign(TEXT)], Proof("cms", message, None))
    assert not is_signed(EC.der, [TextToSign(TEXT)], Proof("cms", message, None))


@each_customer
@pytest.mark.parametrize("kind", ["signature", "cms"])
def test_a_proof_of_an_unknown_certificate_is_checked_and_never_right(
    customer: CustomerCertificate, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = signed_by(customer, TEXT.encode(), certificates=[customer.der])
    proof = Proof(kind, message if kind == "cms" else b64decode(sign(customer.key, TEXT)), None)
    assert is_signed(customer.der, [TextToSign(TEXT)], proof)
    assert not is_signed(None, [TextToSign(TEXT)], proof)

    monkeypatch.setattr(stand_in, "check_one_signed", lambda *_: None)
    assert not is_signed(None, [TextToSign(TEXT)], proof), "whatever the check says"
