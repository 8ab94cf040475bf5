"""The text to sign, to the byte: the app shows and signs what the service rebuilds."""

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import Version
from registrar.domain.possession.texts_to_sign import CONSENT_TEXT, text_to_sign
from tests.support.builders import a_certificate, an_rsa_key, an_upload, proves

CERTIFICATE = a_certificate(key=an_rsa_key())


BANK = SigningBank("JBB-037", "전북은행")


def test_text_is_exact_to_the_byte() -> None:
    upload = an_upload(CERTIFICATE)
    expected = (
        "타기관 인증서 등록 / Register a certificate of another institution\n"
        "은행: 전북은행(JBB-037)\n"
        "용도: 은행 거래에 사용할 인증서 등록\n"
        "등록 요청 번호: 0123456789abcdef0123456789abcdef\n"
        f"인증서 지문(SHA-256): {upload.summary.fingerprint}\n"
        "일회용 값: 00112233445566778899aabbccddeeff\n"
        "서명 기한: 2026년 11월 23일 12:05:00 (한국 시간)"
    )
    assert text_to_sign(upload, BANK).encode() == expected.encode()


def test_text_of_the_release_before_is_unchanged_to_the_byte() -> None:
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
    assert text_to_sign(upload, BANK, Version.ENGLISH).encode() == expected


def test_text_binds_bank_upload_certificate_nonce_and_expiry() -> None:
    upload = an_upload(CERTIFICATE)
    other_end = upload.expires_at
    texts = {
        text_to_sign(upload, BANK),
        text_to_sign(upload, SigningBank("JBB-038", "전북은행")),
        text_to_sign(upload, SigningBank("JBB-037", "한빛은행")),
        text_to_sign(an_upload(CERTIFICATE, id="f" * 32), BANK),
        text_to_sign(an_upload(a_certificate("김철수", key=an_rsa_key())), BANK),
        text_to_sign(an_upload(CERTIFICATE, nonce="f" * 32), BANK),
        text_to_sign(an_upload(CERTIFICATE, nonce_expires_at=other_end), BANK),
    }
    assert len(texts) == 7


def test_signature_for_another_upload_is_refused() -> None:
    text = text_to_sign(an_upload(CERTIFICATE), BANK)
    signature = an_rsa_key().sign(text.encode(), PKCS1v15(), SHA256())
    assert proves(CERTIFICATE.der, text, signature)
    other = text_to_sign(an_upload(CERTIFICATE, id="f" * 32), BANK)
    assert not proves(CERTIFICATE.der, other, signature)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "ko",
            ["수집 항목", "이용 목적", "보유 기간", "동의를 거부할 권리", "개인키와 인증서 비밀번호"],
        ),
        ("en", ["What is collected", "Purpose", "Period of keeping", "Right to refuse", "private key"]),
    ],
)
def test_consent_states_what_the_law_asks_for(language: str, parts: list[str]) -> None:
    """PIPA art. 15(2): items, purpose, period, the right to refuse and what a refusal means."""
    text = CONSENT_TEXT[language]

    assert set(CONSENT_TEXT) == {"ko", "en"}
    assert [part for part in parts if part not in text] == []
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
