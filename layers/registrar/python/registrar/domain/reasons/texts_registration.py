"""Texts of the catalogue: registered certificates, and what replaces them. See catalogue.py."""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

REGISTRATION_TEXTS: dict[Code, dict[str, Wording]] = {
    # proof and confirmation
    Code.SIGNATURE_INVALID: {
        "ko": Wording(
            "등록된 인증서의 서명이 아닙니다",
            "서명이 등록된 인증서와 맞지 않아 다시 사용할 수 없습니다. 화면에 표시된 문구에 등록된 그 인증서로 "
            "다시 서명해 주십시오. 그 인증서가 없다면 새 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "The signature is not that of the registered certificate",
            "The signature does not fit the registered certificate, so it stays suspended. Sign the text shown "
            "with that very certificate. If you no longer have it, register a new one.",
        ),
    },
    Code.REPLACES_REQUIRED: {
        "ko": Wording(
            "이전 인증서를 대체하는 갱신인지 확인해 주십시오",
            "이 인증서의 키는 고객님이 등록하신 이전 인증서의 키와 같습니다. 갱신한 인증서라면 이전 인증서를 "
            "대체하여 등록하도록 확인해 주십시오. 파일을 다시 올릴 필요는 없습니다.",
        ),
        "en": Wording(
            "Confirm that it replaces your earlier certificate",
            "This certificate has the same key as one that you registered before. If it is the renewed one, "
            "confirm that it replaces the earlier one. There is no need to upload the file again.",
        ),
    },
    Code.REPLACES_NOT_ACCEPTED: {
        "ko": Wording(
            "이 인증서로 이전 인증서를 대체할 수 없습니다",
            "같은 발급기관에서 나중에 발급받은 같은 종류의 인증서로만 이전 인증서를 대체할 수 있고, 사용이 "
            "제한된 인증서는 대체할 수 없습니다. 인증서 관리 화면에서 대체할 인증서를 확인하거나 대체하지 않고 "
            "등록해 주십시오.",
        ),
        "en": Wording(
            "This certificate cannot replace the earlier one",
            "An earlier certificate can be replaced by a later one of the same issuer and kind, unless the bank "
            "restricts its use. Check under certificate management which one you want to replace, or register "
            "this one without replacing any.",
        ),
    },
    # registration
    Code.REG_NOT_FOUND: {
        "ko": Wording(
            "등록된 인증서를 찾을 수 없습니다",
            "고객님의 등록 목록에 이 인증서가 없습니다. 인증서 관리 화면에서 목록을 확인하거나, 사용하실 "
            "인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "No such registration",
            "This certificate is not among your registrations. Check the list under certificate management, "
            "or register the certificate you want to use.",
        ),
    },
    Code.REG_EXPIRED: {
        "ko": Wording(
            "등록된 인증서가 만료되었습니다",
            "등록하신 인증서의 유효기간이 {expired_on}에 끝나 더 이상 사용할 수 없습니다. 발급기관에서 새 "
            "인증서를 발급받은 뒤 여기에 등록해 주십시오.",
        ),
        "en": Wording(
            "The registered certificate has expired",
            "Your registered certificate ended on {expired_on} and can no longer be used. Get a new "
            "certificate from the issuer and register it here.",
        ),
    },
    Code.REG_SUSPENDED: {
        "ko": Wording(
            "사용이 정지된 인증서입니다",
            "분실 신고나 은행의 조치로 이 인증서의 사용이 정지되어 있습니다. 직접 신고하셨다면 본인 확인과 "
            "인증서 서명으로 다시 사용하실 수 있습니다. 은행이 정지했다면 고객센터로 전화해 주십시오.",
        ),
        "en": Wording(
            "This certificate is suspended",
            "It is suspended because of a loss report, or by the bank. If you reported the loss yourself, prove "
            "who you are and sign with the certificate to use it again. If the bank suspended it, call the help "
            "desk.",
        ),
    },
    Code.REG_HELD: {
        "ko": Wording(
            "발급기관에서 효력을 정지한 인증서입니다",
            "발급기관이 이 인증서의 효력을 정지했습니다. 발급기관에서 효력을 회복하시면 다시 등록하지 않아도 "
            "사용할 수 있습니다.",
        ),
        "en": Wording(
            "The issuer has suspended this certificate",
            "The issuer put this certificate on hold. Have it lifted at the issuer; you can then use it again "
            "without registering it anew.",
        ),
    },
    Code.REG_BLOCKED: {
        "ko": Wording(
            "사용할 수 없게 차단된 인증서입니다",
            "안전을 위해 이 인증서를 차단했으며 다시 등록할 수 없습니다. 발급기관에서 새 인증서를 발급받아 등록해 "
            "주십시오. 궁금하신 점은 고객센터로 문의해 주십시오.",
        ),
        "en": Wording(
            "This certificate is blocked",
            "For your safety this certificate was blocked and cannot be registered again. Get a new certificate "
            "from the issuer and register that. Call the help desk if you have questions.",
        ),
    },
    Code.REG_REVOKED: {
        "ko": Wording(
            "발급기관에서 폐지한 인증서입니다",
            "발급기관이 이 인증서를 폐지하여 더 이상 사용할 수 없습니다. 갱신하셨다면 새 인증서를 등록하고, 아니면 "
            "발급기관에서 새로 발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer has revoked this certificate",
            "The issuer revoked this certificate, so it can no longer be used. If you renewed it, register the "
            "new one; if not, get a new certificate from the issuer and register that.",
        ),
    },
    Code.REG_SUPERSEDED: {
        "ko": Wording(
            "새 인증서로 대체되었습니다",
            "갱신한 인증서를 등록하셔서 이 인증서는 더 이상 사용하지 않습니다. 새로 등록하신 인증서를 사용해 "
            "주십시오.",
        ),
        "en": Wording(
            "It was replaced by a newer certificate",
            "You registered its renewed certificate, so this one is no longer used. Use the new one instead.",
        ),
    },
    Code.REG_DEREGISTERED: {
        "ko": Wording(
            "등록을 해제한 인증서입니다",
            "고객님이 이 인증서의 등록을 해제하셨습니다. 다시 사용하시려면 같은 인증서나 새 인증서를 등록해 "
            "주십시오.",
        ),
        "en": Wording(
            "You have removed this certificate",
            "You took this certificate out of use with us. To use it again, register it once more, or register "
            "another.",
        ),
    },
}
