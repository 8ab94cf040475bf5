"""What an agent at the bank tells a customer to do next: a sentence for each next action."""

from collections.abc import Mapping

from registrar.domain.reasons.reason import NextAction

NEXT_ACTIONS: Mapping[NextAction, Mapping[str, str]] = {
    NextAction.LOGIN: {"ko": "다시 로그인해 주십시오.", "en": "Log in again."},
    NextAction.STEP_UP: {"ko": "본인 확인을 다시 해 주십시오.", "en": "Prove your identity again."},
    NextAction.RETRY_CODE: {"ko": "인증번호를 다시 입력해 주십시오.", "en": "Enter the code again."},
    NextAction.NEW_CODE: {"ko": "새 인증번호를 요청해 주십시오.", "en": "Ask for a new code."},
    NextAction.CHOOSE_METHOD: {
        "ko": "다른 본인 확인 방법을 선택해 주십시오.",
        "en": "Choose another method to prove your identity.",
    },
    NextAction.WAIT: {"ko": "잠시 후 다시 시도해 주십시오.", "en": "Wait a while, then try again."},
    NextAction.WAIT_NOTICE: {
        "ko": "결과를 알려 드릴 때까지 기다려 주십시오.",
        "en": "Wait: the outcome is sent to you.",
    },
    NextAction.WAIT_UNTIL: {
        "ko": "안내된 시각 이후에 다시 시도해 주십시오.",
        "en": "Try again after the time shown.",
    },
    NextAction.CALL: {
        "ko": "고객센터에서 안내해 드립니다.",
        "en": "The help desk handles it.",
    },
    NextAction.CALL_ISSUER: {
        "ko": "인증서를 발급받은 은행에 문의해 주십시오.",
        "en": "Ask the bank that issued the certificate.",
    },
    NextAction.RESTART: {"ko": "처음부터 다시 진행해 주십시오.", "en": "Start again from the beginning."},
    NextAction.CHOOSE_FILE: {"ko": "다른 파일을 선택해 주십시오.", "en": "Choose another file."},
    NextAction.ENTER_PASSWORD: {
        "ko": "인증서 비밀번호를 입력해 주십시오.",
        "en": "Enter the password of the certificate.",
    },
    NextAction.EXPORT_AGAIN: {
        "ko": "인증서를 발급받은 곳에서 다시 내보내 주십시오.",
        "en": "Export the certificate again where it was issued.",
    },
    NextAction.RENEW_AT_ISSUER: {
        "ko": "갱신하셨다면 갱신된 인증서를, 아니면 새로 발급받아 등록해 주십시오.",
        "en": "Register the renewed certificate, or have a new one issued.",
    },
    NextAction.REISSUE: {
        "ko": "인증서를 발급받은 은행에서 재발급받아 등록해 주십시오.",
        "en": "Have the certificate reissued at the bank that issued it, then register it.",
    },
    NextAction.GET_OTHER_CERT: {
        "ko": "등록할 수 있는 다른 인증서를 발급받아 주십시오.",
        "en": "Get another certificate that the bank accepts.",
    },
    NextAction.SEE_ISSUER_LIST: {
        "ko": "등록할 수 있는 발급기관을 확인해 주십시오.",
        "en": "See the list of accepted issuers.",
    },
    NextAction.SIGN_AGAIN: {"ko": "다시 서명해 주십시오.", "en": "Sign again."},
    NextAction.USE_DIRECTLY: {
        "ko": "등록하지 않고 바로 사용하실 수 있습니다.",
        "en": "Use the certificate without registering it.",
    },
    NextAction.MANAGE: {
        "ko": "인증서 관리 또는 본인 확인 수단 화면을 확인해 주십시오.",
        "en": "Open the list of certificates or methods.",
    },
    NextAction.REGISTER_NEW_CERT: {"ko": "새 인증서를 등록해 주십시오.", "en": "Register another certificate."},
    NextAction.RESUME: {
        "ko": "분실 신고를 하셨다면 앱에서 신고를 취소해 주십시오.",
        "en": "If you reported the certificate lost, cancel the report in the app.",
    },
    NextAction.CHECK_INPUT: {"ko": "입력하신 내용을 확인해 주십시오.", "en": "Check what was entered."},
    NextAction.CONTINUE: {"ko": "그대로 계속 진행해 주십시오.", "en": "Continue."},
}
