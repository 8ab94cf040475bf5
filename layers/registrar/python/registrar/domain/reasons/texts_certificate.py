"""Texts for the certificate itself: certificate, trust, owner, proof.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 하십시오체 (docs/texts.md). Never say who holds a certificate, nor hint at what a password may be.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

CERTIFICATE_TEXTS: dict[Code, dict[str, Wording]] = {
    # certificate
    Code.CERT_EXPIRED: {
        "ko": Wording(
            "만료된 인증서입니다",
            "유효기간이 만료된 인증서는 등록할 수 없습니다(만료일: {expired_on}, 발급기관: {issuer}). 이미 "
            "갱신하셨다면 갱신된 인증서를 등록하고, 아니면 인증서를 발급받은 은행에서 새로 발급받아 등록해 "
            "주십시오.",
        ),
        "en": Wording(
            "The certificate has expired",
            "An expired certificate cannot be registered (expired on {expired_on}, issuer: {issuer}). If you "
            "have renewed it, register the renewed one; if not, have a new one issued where you got this one, "
            "and register that.",
        ),
    },
    Code.CERT_NOT_YET_VALID: {
        "ko": Wording(
            "유효기간이 시작되지 않았습니다",
            "이 인증서는 {valid_from_at}부터 사용할 수 있습니다. 그 이후에 다시 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate is not valid yet",
            "This certificate becomes valid on {valid_from_at}. Register it after that time.",
        ),
    },
    Code.CERT_EXPIRES_SOON: {
        "ko": Wording(
            "곧 만료되는 인증서입니다",
            "이 인증서는 곧 만료됩니다(만료일: {expires_on}, 남은 일수: {days_left}일). 갱신하시면 새 인증서를 "
            "다시 등록해야 하므로, 인증서를 발급받은 은행에서 먼저 갱신한 뒤 등록하셔도 됩니다.",
        ),
        "en": Wording(
            "The certificate expires soon",
            "It expires soon (on {expires_on}, days left: {days_left}). After a renewal the new certificate has "
            "to be registered again, so you may want to renew it first at the bank that issued it.",
        ),
    },
    Code.CERT_IS_CA: {
        "ko": Wording(
            "인증기관의 인증서입니다",
            "선택하신 파일은 고객님의 인증서가 아니라 발급기관의 인증서입니다. 본인 이름의 폴더에 있는 서명용 "
            "인증서(signCert.der)를 선택해 주십시오.",
        ),
        "en": Wording(
            "This is the certificate of an issuer",
            "The file you chose is not your own certificate but that of an institution that issues "
            "certificates. Choose the signing certificate (signCert.der) in the folder with your name.",
        ),
    },
    Code.CERT_USAGE_NOT_ALLOWED: {
        "ko": Wording(
            "서명용 인증서가 아닙니다",
            "암호화용 인증서(kmCert.der)와 같이 서명할 수 없는 인증서입니다. 같은 폴더에 있는 서명용 "
            "인증서(signCert.der)를 선택해 주십시오.",
        ),
        "en": Wording(
            "Not a signing certificate",
            "The certificate you chose cannot be used for signing; it is most likely the encryption certificate "
            "(kmCert.der). Choose the signing certificate (signCert.der) in the same folder.",
        ),
    },
    Code.CERT_POLICY_NOT_ACCEPTED: {
        "ko": Wording(
            "등록할 수 없는 종류의 인증서입니다",
            "선택하신 인증서의 종류: {found}. 등록할 수 있는 종류: {accepted}. 이 가운데 하나를 발급받아 등록해 "
            "주십시오.",
        ),
        "en": Wording(
            "This kind is not accepted",
            "A certificate of this kind ({found}) cannot be registered. Kinds that can be registered: "
            "{accepted}. Register a certificate of one of these kinds.",
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
            "선택하신 인증서는 기업용입니다. 등록할 수 있는 종류: {accepted}. 개인용 인증서를 등록해 주십시오.",
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
            "선택하신 인증서는 개인용입니다. 등록할 수 있는 종류: {accepted}. 기업용 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "Companies register corporate certificates only",
            "This is a personal certificate. Kinds that can be registered: {accepted}. Please register the "
            "certificate of the company.",
        ),
    },
    Code.CERT_KEY_TOO_WEAK: {
        "ko": Wording(
            "보안 기준에 맞지 않는 인증서입니다",
            "인증서의 키 길이({found})가 보안 기준({required} 이상)에 미치지 못합니다. 인증서를 발급받은 "
            "은행에서 재발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate is not strong enough",
            "The key of this certificate ({found}) is shorter than required (at least {required}). Have it "
            "reissued at the bank that issued it and register the new certificate.",
        ),
    },
    Code.CERT_ALGORITHM_WEAK: {
        "ko": Wording(
            "안전하지 않은 방식의 인증서입니다",
            "인증서의 서명 방식({found})이 더 이상 안전하지 않아 등록할 수 없습니다. 인증서를 발급받은 은행에서 "
            "재발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate uses an outdated method",
            "The signature method of this certificate ({found}) is no longer safe, so it cannot be registered. "
            "Have it reissued at the bank that issued it and register the new certificate.",
        ),
    },
    Code.CERT_KEY_KNOWN_COMPROMISED: {
        "ko": Wording(
            "안전하지 않은 인증서입니다",
            "이 인증서의 개인키가 외부에 노출되었거나 쉽게 알아낼 수 있어 등록할 수 없습니다. 이 인증서의 "
            "사용을 중지하고, 인증서를 발급받은 은행에서 재발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The certificate is known to be unsafe",
            "The private key of this certificate has been exposed, or is easy to work out, so it cannot be "
            "registered. Stop using it, have it reissued at the bank that issued it and register the new one.",
        ),
    },
    Code.CERT_MALFORMED: {
        "ko": Wording(
            "인증서의 내용이 올바르지 않습니다",
            "인증서에 필요한 내용이 없거나 올바르지 않습니다. 인증서를 발급받은 은행에 문의하거나 재발급받아 "
            "주십시오.",
        ),
        "en": Wording(
            "The certificate is not correct",
            "Content that a certificate needs is missing or wrong. Ask the bank that issued it to check it or "
            "to reissue it.",
        ),
    },
    Code.CERT_CRITICAL_EXTENSION_UNKNOWN: {
        "ko": Wording(
            "확인할 수 없는 조건이 있는 인증서입니다",
            "이 인증서에는 확인할 수 없는 필수 조건({oid})이 있어 등록할 수 없습니다. 인증서를 발급받은 은행에 "
            "이 번호를 알려 주시고, 은행 거래에 사용할 수 있는 인증서인지 문의해 주십시오.",
        ),
        "en": Wording(
            "The certificate has a condition that cannot be checked",
            "This certificate carries a binding condition ({oid}) that cannot be checked, so it cannot be "
            "registered. Quote this number to the bank that issued it and ask whether the certificate is meant "
            "for banking.",
        ),
    },
    # trust
    Code.TRUST_ISSUER_UNKNOWN: {
        "ko": Wording(
            "등록할 수 없는 발급기관입니다",
            "등록할 수 있는 발급기관의 인증서가 아닙니다(발급기관: {issuer}). 앱에서 발급기관 목록을 확인하고, "
            "목록에 있는 기관의 공동인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "This issuer is not accepted",
            "The issuer of this certificate ({issuer}) is not on the list of accepted issuers. See the list in "
            "the app and register a joint certificate (공동인증서) from one of them.",
        ),
    },
    Code.TRUST_GENERATION_NOT_YET: {
        "ko": Wording(
            "새 인증체계의 인증서는 아직 등록할 수 없습니다",
            "인증서에 표시된 새 인증기관({issuer})의 인증서는 아직 받지 않습니다. 등록할 수 있게 되면 발급기관 "
            "목록에 표시됩니다. 그 전에는 다른 공동인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "Certificates of the new generation are not accepted yet",
            "The certificate names a new CA as its issuer ({issuer}), which we do not accept yet. The list of "
            "issuers shows it once we do. Until then, register another joint certificate.",
        ),
    },
    Code.TRUST_ISSUER_NOT_ACCEPTED_NOW: {
        "ko": Wording(
            "현재 등록할 수 없는 발급기관입니다",
            "현재 이 발급기관({issuer})의 인증서는 새로 등록할 수 없습니다. 다른 발급기관의 공동인증서를 등록해 "
            "주십시오.",
        ),
        "en": Wording(
            "This issuer is not accepted at present",
            "Certificates from this issuer ({issuer}) cannot be registered at present. Register a joint "
            "certificate from another issuer.",
        ),
    },
    Code.TRUST_SIGNATURE_INVALID: {
        "ko": Wording(
            "발급기관의 서명을 확인할 수 없습니다",
            "인증서에 표시된 발급기관에서 발급한 인증서로 확인되지 않습니다(발급기관: {issuer}). 파일이 "
            "손상되거나 변경되었을 수 있으니 사용하지 마시고 {bank} 고객센터({help_desk})로 연락해 주십시오.",
        ),
        "en": Wording(
            "The issuer's signature does not match",
            "The certificate is not confirmed to come from the issuer that it names ({issuer}). The file may be "
            "damaged or altered: do not use it, and call the {bank} help desk ({help_desk}).",
        ),
    },
    # owner
    Code.OWNER_MISMATCH: {
        "ko": Wording(
            "본인의 인증서로 확인되지 않습니다",
            "인증서의 정보가 {bank}에 등록된 고객님의 번호(개인은 주민·외국인등록번호, 기업은 사업자등록번호)와 "
            "일치하지 않습니다. 본인 또는 소속 기업에 발급된 인증서를 선택해 주십시오.",
        ),
        "en": Wording(
            "Not confirmed as your certificate",
            "The identity data in the certificate does not match the number that {bank} has for you (resident "
            "or foreigner registration number, for companies the business number). Choose a certificate that "
            "was issued to you or to your company.",
        ),
    },
    Code.OWNER_UNVERIFIABLE: {
        "ko": Wording(
            "본인의 인증서인지 확인할 수 없습니다",
            "본인의 인증서인지 확인하는 데 필요한 정보가 없습니다. 앱을 최신 버전으로 업데이트하고, 인증서를 "
            "개인키와 함께 다시 내보내어 선택해 주십시오. 계속되면 {bank} 고객센터({help_desk})로 문의해 "
            "주십시오.",
        ),
        "en": Wording(
            "The owner cannot be confirmed",
            "The data needed to confirm that the certificate is yours is missing. Update the app, export the "
            "certificate again together with its private key, and choose the new file. If it happens again, "
            "call the {bank} help desk ({help_desk}).",
        ),
    },
    Code.OWN_BANK_CERTIFICATE: {
        "ko": Wording(
            "등록하지 않아도 되는 인증서입니다",
            "{bank}에서 발급된 인증서이므로 등록하지 않고 바로 사용하실 수 있습니다. 로그인 또는 거래 화면에서 "
            "이 인증서를 선택해 주십시오.",
        ),
        "en": Wording(
            "This certificate needs no registration",
            "It was issued through {bank}, so you can use it without registering it. Choose it where you log in "
            "or confirm a transaction.",
        ),
    },
    # proof and confirmation
    Code.PROOF_FAILED: {
        "ko": Wording(
            "서명이 확인되지 않았습니다",
            "등록하려는 인증서의 서명이 아닙니다. 등록하실 인증서와 같은 인증서를 선택하여 다시 서명해 "
            "주십시오. 남은 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "The signature does not match",
            "It is not a signature of the certificate you are registering. Select the same certificate and sign "
            "again. Tries left: {tries_left}.",
        ),
    },
    Code.PROOF_EXPIRED: {
        "ko": Wording(
            "서명 시간이 지났습니다",
            "서명할 내용은 안전을 위해 5분 동안만 유효합니다. 새로 표시되는 내용을 확인하고 다시 서명해 "
            "주십시오. 파일을 다시 올리지 않으셔도 됩니다.",
        ),
        "en": Wording(
            "The time to sign has passed",
            "For your safety a text to sign is valid for 5 minutes only. Get a new text and sign again; there "
            "is no need to upload the file again.",
        ),
    },
    Code.PROOF_ATTEMPTS_EXCEEDED: {
        "ko": Wording(
            "서명 횟수를 초과했습니다",
            "서명이 여러 번 확인되지 않아 이번 등록을 종료했습니다. 등록하실 인증서와 서명하신 인증서가 같은지 "
            "확인한 뒤 처음부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "No tries left to sign",
            "The signature did not match several times, so this registration was ended. Make sure that you sign "
            "with the certificate you are registering, and start again.",
        ),
    },
    Code.CONSENT_REQUIRED: {
        "ko": Wording(
            "동의가 필요합니다",
            "동의하지 않으셨거나 동의서가 변경되었습니다. 화면에 표시된 동의서를 확인하고 동의한 뒤 진행해 "
            "주십시오.",
        ),
        "en": Wording(
            "Your consent is needed",
            "The consent was not given, or its text has changed in the meantime. Read the text shown now, agree "
            "to it and continue.",
        ),
    },
    Code.ALREADY_REGISTERED: {
        "ko": Wording(
            "이미 등록하신 인증서입니다",
            "고객님이 이미 등록하신 인증서이므로 다시 등록하지 않으셔도 됩니다. 인증서 관리 화면에서 상태를 "
            "확인해 주십시오.",
        ),
        "en": Wording(
            "You have registered this certificate already",
            "You registered this certificate before, so there is nothing more to do. See its status under "
            "Certificates.",
        ),
    },
    Code.NOT_AVAILABLE_FOR_REGISTRATION: {
        "ko": Wording(
            "등록할 수 없는 인증서입니다",
            "이 인증서는 등록할 수 없습니다. 안전을 위해 자세한 사유는 화면에 표시하지 않습니다. {bank} "
            "고객센터({help_desk})에 문의 번호를 알려 주시면 안내해 드립니다.",
        ),
        "en": Wording(
            "This certificate cannot be registered",
            "This certificate cannot be registered. For your safety, no details are shown here. Call the {bank} "
            "help desk ({help_desk}) and quote the reference; they will tell you what to do.",
        ),
    },
}
