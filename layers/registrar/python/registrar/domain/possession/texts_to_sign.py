"""The canonical text that a customer's key signs, and the consent they give with it. Standard library only."""

from registrar.domain.possession.headings import Heading, TextToSign, compose
from registrar.domain.registrations.registration import Registration
from registrar.domain.registrations.upload import AwaitingProof
from registrar.domain.times import iso

CONSENT_VERSION = "2026-11"
CONSENT_TEXT = {
    "ko": (
        "위 인증서를 이 은행의 금융거래에 사용하도록 등록하는 데 동의합니다. 은행은 인증서와 그 상태를 보관하고 "
        "발급기관에 폐지 여부를 확인하며, 개인키와 비밀번호는 보관하지 않습니다."
    ),
    "en": (
        "I agree that this certificate is registered for banking with this bank. The bank keeps the certificate "
        "and its status and asks the issuer whether it is revoked; it keeps neither the private key nor its "
        "password."
    ),
}


def text_to_sign(upload: AwaitingProof, bank: str) -> TextToSign:
    """The text to sign that registers a certificate.

    It is the same for ko and en on purpose: one certificate, one text, whatever the app's language.
    """
    lines = {
        "bank": bank,
        "upload": upload.id,
        "certificate": f"sha256 {upload.summary.fingerprint}",
        "nonce": upload.nonce,
        "valid until": iso(upload.nonce_expires_at),
    }
    return compose(Heading.REGISTER, lines)


def text_to_resume(registration: Registration, bank: str) -> TextToSign:
    """The text to sign that cancels a loss report, in the same form. Its nonce is that of the report.

    Raises ValueError for a registration that its customer does not hold.
    """
    if registration.resume_nonce is None:
        raise ValueError("the registration has no loss report")
    lines = {
        "bank": bank,
        "registration": registration.id,
        "certificate": f"sha256 {registration.fingerprint}",
        "nonce": registration.resume_nonce,
    }
    return compose(Heading.RESUME, lines)
