"""Texts for the certificate itself: certificate, trust, owner, proof.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 합니다체. Never say who holds a certificate, nor hint at what a password may be.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

CERTIFICATE_TEXTS: dict[Code, dict[str, Wording]] = {
    # certificate
    Code.CERT_EXPIRED: {
        "ko": Wording(
            "유효기간이 끝난 인증서입니다",
            "이 인증서의 유효기간은 {expired_on}에 끝났으며, 만료된 인증서는 등록할 수 없습니다. 이미 "
            "갱신하셨다면 갱신된 인증서를, 아니면 발급기관({issuer})에서 새로 발급받은 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate has expired",
            "This certificate ended on {expired_on}, and an expired certificate cannot be registered. If you "
            "have renewed it, register the new one; if not, have a new one issued at the issuer ({issuer}) "
            "and register that.",
        ),
    },
    Code.CERT_NOT_YET_VALID: {
        "ko": Wording(
            "아직 유효기간이 시작되지 않았습니다",
            "이 인증서는 {valid_from_at}부터 사용할 수 있습니다. 그 이후에 다시 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate is not valid yet",
            "This certificate becomes valid on {valid_from_at}. Register it again after that time.",
        ),
    },
    Code.CERT_EXPIRES_SOON: {
        "ko": Wording(
            "인증서가 곧 만료됩니다",
            "지금 등록할 수 있지만 유효기간이 {expires_on}에 끝납니다(남은 일수: {days_left}일). "
            "발급기관에서 갱신하면 새 인증서를 다시 등록해야 하므로, 먼저 갱신한 뒤 등록하셔도 됩니다.",
        ),
        "en": Wording(
            "The certificate expires soon",
            "You can register it now, but it ends on {expires_on} (days left: {days_left}). After a renewal "
            "at the issuer the new certificate has to be registered again, so you may want to renew first.",
        ),
    },
    Code.CERT_IS_CA: {
        "ko": Wording(
            "인증기관의 인증서입니다",
            "선택한 파일은 고객님의 인증서가 아니라 인증서를 발급하는 기관의 인증서입니다. 본인 이름의 "
            "폴더에 있는 서명용 인증서(signCert.der)를 선택해 주십시오.",
        ),
        "en": Wording(
            "This is the certificate of an issuer",
            "The file you chose is not your own certificate but that of an institution that issues "
            "certificates. Choose the signing certificate (signCert.der) in the folder that carries your "
            "name.",
        ),
    },
    Code.CERT_USAGE_NOT_ALLOWED: {
        "ko": Wording(
            "서명용 인증서가 아닙니다",
            "선택한 파일은 암호화용 인증서(kmCert.der)처럼 서명에 쓸 수 없는 인증서입니다. 같은 폴더에 있는 "
            "서명용 인증서(signCert.der)를 선택해 주십시오.",
        ),
        "en": Wording(
            "Not a signing certificate",
            "The file you chose cannot be used for signing; it is most likely the encryption certificate "
            "(kmCert.der). Choose the signing certificate (signCert.der) in the same folder.",
        ),
    },
    Code.CERT_POLICY_NOT_ACCEPTED: {
        "ko": Wording(
            "은행에서 사용할 수 없는 종류입니다",
            "이 인증서의 종류({found})로는 은행 거래를 할 수 없습니다. 등록할 수 있는 종류: {accepted}. 이 "
            "가운데 하나를 발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "This kind is not accepted",
            "A certificate of this kind ({found}) cannot be used for banking. Kinds that can be registered: "
            "{accepted}. Please register a certificate of one of these kinds.",
        ),
    },
    Code.CERT_FINANCIAL_NOT_ACCEPTED: {
        "ko": Wording(
            "금융인증서는 아직 등록할 수 없습니다",
            "현재는 공동인증서만 등록할 수 있습니다. 등록할 수 있는 종류: {accepted}. 이 가운데 하나를 등록해 "
            "주십시오.",
        ),
        "en": Wording(
            "Financial certificates are not accepted yet",
            "At present only joint certificates (공동인증서) can be registered. Kinds that can be registered: "
            "{accepted}. Please register a certificate of one of these kinds.",
        ),
    },
    Code.CERT_PERSONAL_REQUIRED: {
        "ko": Wording(
            "개인 고객은 개인용 인증서만 등록할 수 있습니다",
            "고르신 인증서는 기업용입니다. 등록할 수 있는 종류: {accepted}. 개인용 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "Personal customers register personal certificates only",
            "This is a certificate for companies. Kinds that can be registered: {accepted}. Please register your "
            "personal certificate.",
        ),
    },
    Code.CERT_CORPORATE_REQUIRED: {
        "ko": Wording(
            "기업 고객은 기업용 인증서만 등록할 수 있습니다",
            "고르신 인증서는 개인용입니다. 등록할 수 있는 종류: {accepted}. 기업용 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "Companies register corporate certificates only",
            "This is a personal certificate. Kinds that can be registered: {accepted}. Please register the "
            "certificate of the company.",
        ),
    },
    Code.CERT_KEY_TOO_WEAK: {
        "ko": Wording(
            "안전 기준에 미치지 못하는 인증서입니다",
            "이 인증서의 키 길이({found})는 은행의 안전 기준({required} 이상)보다 짧습니다. 발급기관에서 "
            "다시 발급받은 뒤 새 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate is not strong enough",
            "The key of this certificate ({found}) is shorter than the bank requires (at least {required}). "
            "Have it reissued by the issuer and register the new certificate.",
        ),
    },
    Code.CERT_ALGORITHM_WEAK: {
        "ko": Wording(
            "오래된 방식의 인증서입니다",
            "이 인증서에 쓰인 서명 방식({found})은 더 이상 안전하지 않아 등록할 수 없습니다. 발급기관에서 "
            "다시 발급받은 뒤 새 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate uses an outdated method",
            "The signature method of this certificate ({found}) is no longer safe, so it cannot be "
            "registered. Have it reissued by the issuer and register the new certificate.",
        ),
    },
    Code.CERT_KEY_KNOWN_COMPROMISED: {
        "ko": Wording(
            "안전하지 않은 것으로 알려진 인증서입니다",
            "이 인증서의 개인키는 노출되었거나 누구나 알아낼 수 있는 것으로 알려져 있어 등록할 수 없습니다. 이 "
            "인증서를 더 이상 사용하지 말고, 발급기관에서 다시 발급받은 뒤 새 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate is known to be unsafe",
            "The private key of this certificate is known to be exposed, or can be worked out by anyone, so it "
            "cannot be registered. Stop using it, have it reissued by the issuer and register the new one.",
        ),
    },
    Code.CERT_MALFORMED: {
        "ko": Wording(
            "인증서의 내용이 올바르지 않습니다",
            "파일은 읽었지만 인증서에 있어야 할 내용이 빠졌거나 잘못되어 있습니다. 인증서를 발급한 기관에 "
            "문의해 확인하거나 다시 발급받아 주십시오.",
        ),
        "en": Wording(
            "The certificate is not correct",
            "The file could be read, but content a certificate needs is missing or wrong. Ask the "
            "institution that issued it to check it or to reissue it.",
        ),
    },
    Code.CERT_CRITICAL_EXTENSION_UNKNOWN: {
        "ko": Wording(
            "확인할 수 없는 조건이 있는 인증서입니다",
            "이 인증서에는 저희가 확인할 수 없는 필수 조건(번호 {oid})이 있어 등록할 수 없습니다. "
            "발급기관에 이 번호를 알리고, 은행용 인증서가 맞는지 문의해 주십시오.",
        ),
        "en": Wording(
            "The certificate has a condition we cannot check",
            "This certificate carries a binding condition (number {oid}) that we cannot check, so it cannot "
            "be registered. Quote this number to the issuer and ask whether the certificate is meant for "
            "banking.",
        ),
    },
    # trust
    Code.TRUST_ISSUER_UNKNOWN: {
        "ko": Wording(
            "등록할 수 있는 발급기관이 아닙니다",
            "이 인증서의 발급기관({issuer})은 저희가 받는 발급기관 목록에 없습니다. 앱에서 발급기관 목록을 "
            "확인하고, 목록에 있는 기관이 발급한 공동인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "We do not accept this issuer",
            "The issuer of this certificate ({issuer}) is not on our list of accepted issuers. See the list "
            "in the app and register a joint certificate (공동인증서) from one of them.",
        ),
    },
    Code.TRUST_GENERATION_NOT_YET: {
        "ko": Wording(
            "새 인증체계의 인증서는 아직 등록할 수 없습니다",
            "이 인증서를 발급한 새 인증기관({issuer})의 인증서는 아직 받지 않습니다. 등록할 수 있게 되면 발급기관 "
            "목록에 표시됩니다.",
        ),
        "en": Wording(
            "Certificates of the new generation are not accepted yet",
            "This certificate was issued by a new CA ({issuer}), which we do not accept yet. The list of issuers "
            "shows it once we do.",
        ),
    },
    Code.TRUST_ISSUER_NOT_ACCEPTED_NOW: {
        "ko": Wording(
            "지금은 이 발급기관의 인증서를 받지 않습니다",
            "현재 이 발급기관({issuer})의 인증서는 새로 등록할 수 없습니다. 다른 발급기관의 공동인증서를 "
            "등록해 주십시오.",
        ),
        "en": Wording(
            "This issuer is not accepted at present",
            "Certificates from this issuer ({issuer}) cannot be registered at present. Please register a "
            "joint certificate from another issuer.",
        ),
    },
    Code.TRUST_SIGNATURE_INVALID: {
        "ko": Wording(
            "발급기관의 서명을 확인할 수 없습니다",
            "인증서에는 발급기관이 {issuer}(으)로 적혀 있지만, 그 기관이 발급한 것으로 확인되지 않습니다. "
            "파일이 손상되었거나 바뀌었을 수 있으므로 사용하지 말고 고객센터로 전화해 주십시오.",
        ),
        "en": Wording(
            "The issuer's signature does not match",
            "The certificate names {issuer} as its issuer, but it does not turn out to be issued by them. "
            "The file may be damaged or altered: do not use it, and call the help desk.",
        ),
    },
    # owner
    Code.OWNER_MISMATCH: {
        "ko": Wording(
            "고객님의 인증서로 확인되지 않습니다",
            "인증서의 신원 정보가 은행에 등록된 고객님의 번호와 일치하지 않습니다(개인은 주민·외국인등록번호, "
            "기업은 사업자등록번호). 고객님 본인 또는 고객님의 기업 앞으로 발급된 인증서를 선택해 주십시오.",
        ),
        "en": Wording(
            "Not confirmed as your certificate",
            "The identity data in the certificate does not match the number the bank has on file for you "
            "(resident or foreigner registration number, for companies the business number). Choose a "
            "certificate that was issued to you or to your company.",
        ),
    },
    Code.OWNER_UNVERIFIABLE: {
        "ko": Wording(
            "누구의 인증서인지 확인할 수 없습니다",
            "고객님의 것인지 확인하는 데 필요한 신원 정보가 없습니다. 앱을 최신 버전으로 업데이트하고, "
            "인증서를 개인키와 함께 다시 내보내어 선택해 주십시오. 계속되면 고객센터로 전화해 주십시오.",
        ),
        "en": Wording(
            "The owner cannot be confirmed",
            "The identity data needed to confirm that the certificate is yours is missing. Update the app, "
            "export the certificate again together with its private key, and choose the new file. If it goes "
            "on, call the help desk.",
        ),
    },
    Code.OWN_BANK_CERTIFICATE: {
        "ko": Wording(
            "등록하지 않아도 되는 인증서입니다",
            "저희 은행을 통해 발급된 인증서이므로 등록하지 않고 바로 사용할 수 있습니다. 로그인이나 거래 "
            "화면에서 이 인증서를 선택해 주십시오.",
        ),
        "en": Wording(
            "This certificate needs no registration",
            "It was issued through this bank, so you can use it without registering it. Choose it where you "
            "log in or confirm a transaction.",
        ),
    },
    # proof and confirmation
    Code.PROOF_FAILED: {
        "ko": Wording(
            "서명이 확인되지 않았습니다",
            "서명이 등록하려는 인증서와 맞지 않습니다. 방금 올린 것과 같은 인증서를 골라 다시 서명해 "
            "주십시오. 남은 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "The signature does not match",
            "The signature does not fit the certificate you are registering. Select the same certificate "
            "you uploaded and sign again. Tries left: {tries_left}.",
        ),
    },
    Code.PROOF_EXPIRED: {
        "ko": Wording(
            "서명할 문구의 시간이 지났습니다",
            "서명할 문구는 안전을 위해 5분 동안만 쓸 수 있습니다. 새 문구를 받아 다시 서명해 주십시오. "
            "파일을 다시 올릴 필요는 없습니다.",
        ),
        "en": Wording(
            "The text to sign is too old",
            "To keep you safe, a text to sign can be used for 5 minutes only. Get a new text and sign "
            "again; there is no need to upload the file again.",
        ),
    },
    Code.PROOF_ATTEMPTS_EXCEEDED: {
        "ko": Wording(
            "서명 횟수를 모두 사용했습니다",
            "서명이 여러 번 확인되지 않아 이번 등록을 종료했습니다. 올릴 인증서와 서명에 쓸 인증서가 같은지 "
            "확인하고, 처음부터 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "No tries left to sign",
            "The signature did not match several times, so this registration was ended. Make sure that you "
            "sign with the same certificate you upload, and start again.",
        ),
    },
    Code.CONSENT_REQUIRED: {
        "ko": Wording(
            "동의가 필요합니다",
            "안내문에 동의하지 않았거나, 그 사이 안내문이 바뀌었습니다. 지금 표시된 안내문을 읽고 동의한 뒤 "
            "계속해 주십시오.",
        ),
        "en": Wording(
            "Your consent is needed",
            "The consent text was not agreed to, or it has changed in the meantime. Read the text shown "
            "now, agree to it and continue.",
        ),
    },
    Code.ALREADY_REGISTERED: {
        "ko": Wording(
            "이미 등록하신 인증서입니다",
            "고객님이 이미 등록하신 인증서이므로 다시 등록할 필요가 없습니다. 인증서 관리 화면에서 상태를 "
            "확인해 주십시오.",
        ),
        "en": Wording(
            "You have registered this certificate already",
            "You registered this certificate before, so there is nothing more to do. See its status under "
            "certificate management.",
        ),
    },
    Code.NOT_AVAILABLE_FOR_REGISTRATION: {
        "ko": Wording(
            "등록할 수 없는 인증서입니다",
            "이 인증서는 등록할 수 없습니다. 안전을 위해 자세한 내용은 화면에 표시하지 않습니다. 고객센터로 "
            "전화하여 문의 번호를 알려 주시면 안내해 드립니다.",
        ),
        "en": Wording(
            "This certificate cannot be registered",
            "This certificate cannot be registered. For safety, no details are shown here. Call the help "
            "desk and quote the support reference; they will tell you what to do.",
        ),
    },
}
