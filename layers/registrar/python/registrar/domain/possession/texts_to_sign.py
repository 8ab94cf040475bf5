"""The canonical text that a customer's key signs, and the consent they give with it. Standard library only."""

from typing import TYPE_CHECKING

from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import (
    LATEST,
    Bound,
    Heading,
    Label,
    TextToSign,
    Version,
    compose,
    labelled,
)

if TYPE_CHECKING:  # a function loads only the one whose text it shows
    from registrar.domain.registrations.registration import Registration
    from registrar.domain.registrations.upload import AwaitingProof

CONSENT_VERSION = "2026-11-30"
"""Changes with every change of the text: who agreed to another one is asked again."""
# Not the bank's lawyers' words yet: they write the final ones, in these parts (docs/texts.md).
CONSENT_TEXT = {
    "ko": (
        "[타기관 인증서 등록을 위한 개인정보 수집·이용 동의(필수)]\n"
        "1. 수집 항목: 인증서(이름, 발급기관, 일련번호, 유효기간, 공개키), 전자서명, 본인 확인값을 검증하는 난수"
        "(검증에만 사용하고 저장하지 않음)\n"
        "2. 이용 목적: 본인의 인증서인지 확인, 인증서 등록, 로그인과 전자금융거래의 전자서명 확인, 발급기관에 폐지 "
        "여부 조회\n"
        "3. 보유 기간: 등록이 끝난 날부터 5년(전자금융거래법에 따른 거래 기록 보존)\n"
        "4. 동의를 거부할 권리: 동의를 거부하실 수 있습니다. 거부하시면 타기관 인증서를 등록하실 수 없으며, 다른 "
        "인증 수단은 그대로 이용하실 수 있습니다.\n"
        "※ 개인키와 인증서 비밀번호는 저장하지 않습니다."
    ),
    "en": (
        "[Consent to the collection and use of personal data to register a certificate (required)]\n"
        "1. What is collected: the certificate (name, issuer, serial number, period of validity, public key), your "
        "signature, and the random number that verifies the owner (used for that alone, not stored)\n"
        "2. Purpose: to check that the certificate is yours, to register it, to verify its signatures for login "
        "and banking, and to ask its issuer whether it was revoked\n"
        "3. Period of keeping: five years from the end of the registration (records of electronic financial "
        "transactions)\n"
        "4. Right to refuse: you may refuse. Then the certificate cannot be registered; your other means of "
        "authentication work as before.\n"
        "The private key and the certificate password are not stored."
    ),
}


def text_to_sign(upload: "AwaitingProof", bank: SigningBank, version: Version = LATEST) -> TextToSign:
    """The text to sign that registers a certificate.

    It is the same for ko and en on purpose: one certificate, one text, whatever the app's language.
    """
    lines: Bound = {
        Label.BANK: bank,
        Label.PURPOSE: "은행 거래에 사용할 인증서 등록",
        Label.UPLOAD: upload.id,
        Label.CERTIFICATE: upload.summary.fingerprint,
        Label.NONCE: upload.nonce,
        Label.UNTIL: upload.nonce_expires_at,
    }
    return compose(Heading.REGISTER, labelled(version, lines))


def text_to_resume(registration: "Registration", bank: SigningBank, version: Version = LATEST) -> TextToSign:
    """The text to sign that cancels a loss report, in the same form. Its nonce is that of the report.

    Raises ValueError for a registration that its customer does not hold.
    """
    if registration.resume_nonce is None:
        raise ValueError("the registration has no loss report")
    lines: Bound = {
        Label.BANK: bank,
        Label.PURPOSE: "분실 신고 취소",
        Label.REGISTRATION: registration.id,
        Label.CERTIFICATE: registration.fingerprint,
        Label.NONCE: registration.resume_nonce,
    }
    return compose(Heading.RESUME, labelled(version, lines))
