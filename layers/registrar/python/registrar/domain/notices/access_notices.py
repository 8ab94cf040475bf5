"""Text messages about reaching the service: one-time codes, and changes of how a customer proves who they are.

Each fits one long message (LMS). None carries a link: a customer who learns that the bank sends none is harder to
deceive. Each change says what to do if it was not them.
"""

from datetime import datetime

from registrar.domain.reasons.rendering import one_line
from registrar.domain.times import local_time

_OPERATIONS = {
    "login": {"ko": "로그인", "en": "to log in"},
    "register": {"ko": "인증서 등록", "en": "to register a certificate"},
    "resume": {"ko": "인증서 사용 재개", "en": "to use a certificate again"},
    "deregister": {"ko": "인증서 등록 해지", "en": "to deregister a certificate"},
    "enrol": {"ko": "본인 확인 수단 추가·변경", "en": "to add or change a way of proving your identity"},
    "remove": {"ko": "본인 확인 수단 삭제", "en": "to remove a way of proving your identity"},
    "phone": {"ko": "휴대전화 번호 등록", "en": "to register this phone number"},
}
_CHANGES = {
    "passkey added": {"ko": "패스키가 추가됩니다", "en": "a passkey is being added"},
    "passkey removed": {"ko": "패스키가 삭제됩니다", "en": "a passkey is being removed"},
    "totp added": {"ko": "OTP 앱이 등록(교체)됩니다", "en": "an authenticator app is being set up or replaced"},
    "totp removed": {"ko": "OTP 앱이 삭제됩니다", "en": "the authenticator app is being removed"},
    "phone changed": {"ko": "휴대전화 번호가 변경됩니다", "en": "the phone number is being changed"},
    "recovery cancelled": {"ko": "본인 확인 수단 복구가 취소됩니다", "en": "the recovery is being cancelled"},
}


def code_message(language: str, code: str, operation: str) -> str:
    """The message with a one-time code, which names what the code is for (`login`, `register` …, or `phone`)."""
    purpose = _OPERATIONS[operation][language]
    if language == "ko":
        return (
            f"[인증번호 {code}] {purpose}용 인증번호입니다. 3분 안에 앱에 입력해 주십시오. 은행 직원은 이 번호를 "
            "묻지 않습니다. 요청하지 않으셨다면 누구에게도 알려 주지 마시고 고객센터로 연락해 주십시오."
        )
    return (
        f"[Code {code}] This code is {purpose}. Enter it in the app within 3 minutes. Nobody at the bank asks for "
        "it. If you did not ask for it, tell nobody and call the help desk."
    )


def change_notice(language: str, change: str, detail: str, at: datetime) -> str:
    """The notice on another channel that `change` happens now; `detail` says which device or number."""
    what = _CHANGES[change][language]
    which = one_line(detail)
    moment = local_time(at, language)
    which = f" ({which})" if which else ""
    if language == "ko":
        return (
            f"[본인 확인 수단 변경 안내] {moment}, 고객님의 {what}{which}. 본인이 하지 않았다면 즉시 고객센터로 "
            "전화하시거나 앱에서 사고 신고를 해 주십시오."
        )
    return (
        f"[Identity proof changed] {moment}: {what}{which}. Was it not you? Call the bank's help desk or report it "
        "in the app at once."
    )


def recovery_notice(language: str, phone_masked: str, effective_at: datetime) -> str:
    """The notice to the old and the new phone that a recovery was approved and can still be stopped."""
    moment = local_time(effective_at, language)
    if language == "ko":
        return (
            f"[본인 확인 수단 복구 안내] 은행에서 본인 확인을 거쳐 {moment}부터 인증번호를 {phone_masked}(으)로 "
            "보냅니다. 그 전까지는 기존 수단을 그대로 사용하며 앱에서 취소할 수 있습니다. 본인이 신청하지 않았다면 "
            "즉시 고객센터로 전화해 주십시오."
        )
    return (
        f"[Recovery] After an identity check at the bank, codes go to {phone_masked} from {moment}. Until then "
        "everything works as before and you can cancel this in the app. Was it not you? Call the help desk at once."
    )
