"""Texts of the catalogue: registered certificates, and what replaces them. See catalogue.py."""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

REGISTRATION_TEXTS: dict[Code, dict[str, Wording]] = {
    # proof and confirmation
    Code.SIGNATURE_INVALID: {
        "ko": Wording(
            "등록된 인증서의 서명이 아닙니다",
            "등록된 인증서의 서명이 아니어서 분실 신고를 취소하지 못했습니다. 등록된 인증서로 화면에 표시된 "
            "내용에 다시 서명해 주십시오. 그 인증서가 없으면 새 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "Not a signature of the registered certificate",
            "It is not a signature of the registered certificate, so the loss report was not cancelled. Sign "
            "the text shown with that very certificate. If you no longer have it, register a new one.",
        ),
    },
    Code.REPLACES_REQUIRED: {
        "ko": Wording(
            "이전 인증서를 대체하는지 확인해 주십시오",
            "같은 개인키로 이미 등록하신 인증서가 있습니다. 갱신한 인증서라면 이전 인증서를 대체하여 등록해 "
            "주십시오. 파일을 다시 올리지 않으셔도 됩니다.",
        ),
        "en": Wording(
            "Confirm that it replaces your earlier certificate",
            "This certificate has the same key as one that you registered before. If it is the renewed one, "
            "confirm that it replaces the earlier one. There is no need to upload the file again.",
        ),
    },
    Code.REPLACES_NOT_ACCEPTED: {
        "ko": Wording(
            "이전 인증서를 대체할 수 없습니다",
            "같은 발급기관에서 나중에 발급받은 같은 종류의 인증서로만 대체할 수 있으며, 사용이 제한된 인증서는 "
            "대체할 수 없습니다. 인증서 관리 화면에서 대체할 인증서를 확인하거나 대체하지 않고 등록해 주십시오.",
        ),
        "en": Wording(
            "This certificate cannot replace the earlier one",
            "An earlier certificate can only be replaced by a later one of the same issuer and kind, and not "
            "while its use is restricted. Check under Certificates which one you want to replace, or register "
            "this one without replacing any.",
        ),
    },
    # registration
    Code.REG_NOT_FOUND: {
        "ko": Wording(
            "등록된 인증서를 찾을 수 없습니다",
            "고객님의 등록 목록에 없는 인증서입니다. 인증서 관리 화면에서 목록을 확인하거나 사용하실 인증서를 "
            "등록해 주십시오.",
        ),
        "en": Wording(
            "No such registration",
            "This certificate is not among your registrations. Check the list under Certificates, or register "
            "the certificate you want to use.",
        ),
    },
    Code.REG_EXPIRED: {
        "ko": Wording(
            "등록된 인증서가 만료되었습니다",
            "등록하신 인증서가 만료되어 더 이상 사용할 수 없습니다(만료일: {expired_on}). 인증서를 발급받은 "
            "은행에서 새로 발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The registered certificate has expired",
            "Your registered certificate has expired and can no longer be used (expired on {expired_on}). Have "
            "a new one issued where you got it, and register that.",
        ),
    },
    Code.REG_SUSPENDED: {
        "ko": Wording(
            "사용이 정지된 인증서입니다",
            "분실 신고 또는 은행의 조치로 사용이 정지되었습니다. 분실 신고를 하셨다면 본인 확인과 인증서 "
            "서명으로 신고를 취소하실 수 있습니다. 신고하지 않으셨다면 {bank} 고객센터({help_desk})로 문의해 "
            "주십시오.",
        ),
        "en": Wording(
            "This certificate is suspended",
            "It is suspended because of a loss report, or by the bank. If you reported the loss, prove your "
            "identity and sign with the certificate to cancel the report. If you did not, call the {bank} help "
            "desk ({help_desk}).",
        ),
    },
    Code.REG_HELD: {
        "ko": Wording(
            "효력이 정지된 인증서입니다",
            "발급기관에서 이 인증서의 효력을 정지했습니다. 인증서를 발급받은 은행에서 효력을 회복하시면 다시 "
            "등록하지 않고 사용하실 수 있습니다.",
        ),
        "en": Wording(
            "The issuer has suspended this certificate",
            "The issuer has suspended this certificate. Have the suspension lifted at the bank that issued it; "
            "you can then use it without registering it again.",
        ),
    },
    Code.REG_BLOCKED: {
        "ko": Wording(
            "차단된 인증서입니다",
            "안전을 위해 차단된 인증서로, 다시 등록할 수 없습니다. 인증서를 발급받은 은행에서 새로 발급받아 "
            "등록해 주십시오. 자세한 내용은 {bank} 고객센터({help_desk})로 문의해 주십시오.",
        ),
        "en": Wording(
            "This certificate is blocked",
            "For your safety this certificate was blocked and cannot be registered again. Have a new one issued "
            "at the bank that issued it, and register that. If you have questions, call the {bank} help desk "
            "({help_desk}).",
        ),
    },
    Code.REG_REVOKED: {
        "ko": Wording(
            "폐지된 인증서입니다",
            "발급기관에서 폐지되어 더 이상 사용할 수 없는 인증서입니다. 갱신하셨다면 갱신된 인증서를 등록하고, "
            "아니면 인증서를 발급받은 은행에서 재발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer has revoked this certificate",
            "The issuer revoked this certificate, so it can no longer be used. If you renewed it, register the "
            "renewed one; if not, have it reissued at the bank that issued it and register the new one.",
        ),
    },
    Code.REG_SUPERSEDED: {
        "ko": Wording(
            "새 인증서로 대체되었습니다",
            "갱신한 인증서를 등록하셔서 더 이상 사용되지 않는 인증서입니다. 새로 등록하신 인증서를 사용해 "
            "주십시오.",
        ),
        "en": Wording(
            "It was replaced by a newer certificate",
            "You registered its renewed certificate, so this one is no longer used. Use the new one instead.",
        ),
    },
    Code.REG_DEREGISTERED: {
        "ko": Wording(
            "등록이 해제된 인증서입니다",
            "고객님의 요청으로 등록이 해제된 인증서입니다. 다시 사용하시려면 같은 인증서나 새 인증서를 등록해 "
            "주십시오.",
        ),
        "en": Wording(
            "You have removed this certificate",
            "You removed this certificate. To use it again, register it once more, or register another.",
        ),
    },
}
