"""The text to sign, to the byte: the app shows and signs what the service rebuilds."""

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.possession.texts_to_sign import CONSENT_TEXT, text_to_sign
from tests.support.builders import a_certificate, an_rsa_key, an_upload, proves

CERTIFICATE = a_certificate(key=an_rsa_key())


def test_text_is_exact_to_the_byte() -> None:
    upload = an_upload(CERTIFICATE)
    expected = (
        b"\xed\x83\x80\xea\xb8\xb0\xea\xb4\x80 \xec\x9d\xb8\xec\xa6\x9d\xec\x84\x9c \xeb\x93\xb1\xeb\xa1\x9d"
        b" / Register a certificate of another institution\n"
        b"bank: JBB-037\n"
        b"upload: 0123456789abcdef0123456789abcdef\n"
        b"certificate: sha256 " + upload.summary.fingerprint.encode() + b"\n"
        b"nonce: 00112233445566778899aabbccddeeff\n"
        b"valid until: 2026-11-23T03:05:00Z"
    )
    assert text_to_sign(upload, "JBB-037").encode() == expected


def test_text_binds_bank_upload_certificate_nonce_and_expiry() -> None:
    upload = an_upload(CERTIFICATE)
    other_end = upload.expires_at
    texts = {
        text_to_sign(upload, "JBB-037"),
        text_to_sign(upload, "JBB-038"),
        text_to_sign(an_upload(CERTIFICATE, id="f" * 32), "JBB-037"),
        text_to_sign(an_upload(a_certificate("김철수", key=an_rsa_key())), "JBB-037"),
        text_to_sign(an_upload(CERTIFICATE, nonce="f" * 32), "JBB-037"),
        text_to_sign(an_upload(CERTIFICATE, nonce_expires_at=other_end), "JBB-037"),
    }
    assert len(texts) == 6


def test_signature_for_another_upload_is_refused() -> None:
    text = text_to_sign(an_upload(CERTIFICATE), "JBB-037")
    signature = an_rsa_key().sign(text.encode(), PKCS1v15(), SHA256())
    assert proves(CERTIFICATE.der, text, signature)
    other = text_to_sign(an_upload(CERTIFICATE, id="f" * 32), "JBB-037")
    assert not proves(CERTIFICATE.der, other, signature)


def test_consent_exists_in_both_languages() -> None:
    assert set(CONSENT_TEXT) == {"ko", "en"}
    assert "개인키" in CONSENT_TEXT["ko"]
    assert "private key" in CONSENT_TEXT["en"]
