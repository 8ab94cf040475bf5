"""Texts about access: one-time codes, changes of how a customer proves who they are, a locked login.

Each change says what to do if it was not the customer. A change is announced before it is made, so it is a request.
"""

from collections.abc import Mapping

from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind, NoticeTexts, NoticeWording, Rows, at_once, queued

PURPOSES: Mapping[Operation, Mapping[str, str]] = {
    Operation.LOGIN: {"ko": "로그인", "en": "to log in"},
    Operation.REGISTER: {"ko": "인증서 등록", "en": "to register a certificate"},
    Operation.RESUME: {"ko": "분실 신고 취소", "en": "to cancel a loss report"},
    Operation.DEREGISTER: {"ko": "인증서 등록 해제", "en": "to remove a certificate"},
    Operation.ENROL: {"ko": "본인 확인 수단 변경", "en": "to change identity proofs"},
    Operation.REMOVE: {"ko": "본인 확인 수단 삭제", "en": "to remove an identity proof"},
}
"""What a one-time code is for."""


def _code(params: str, purpose_ko: str, purpose_en: str) -> NoticeTexts:
    return at_once(
        params,
        NoticeWording(
            "인증번호 안내",
            f"[{{bank}}] 인증번호 {{code}}({purpose_ko}). 3분 내 입력, 타인에게 알려주지 마십시오",
        ),
        NoticeWording(
            "Code",
            f"[{{bank}}] Code {{code}} {purpose_en}. Valid 3 min. Tell nobody.",
        ),
    )


def _change(params: str, what_ko: str, what_en: str) -> NoticeTexts:
    return at_once(
        params,
        NoticeWording(
            "본인 확인 수단 변경 안내",
            f"[{{bank}}] {what_ko} 요청하셨습니다. 본인 아니면 {{help_desk}} 신고",
        ),
        NoticeWording(
            "Identity proof changed",
            f"[{{bank}}] You asked to {what_en}. Not you? Call {{help_desk}}",
        ),
    )


ACCESS: Rows = {
    Kind.ONE_TIME_CODE: _code("code operation", "{purpose}", "{purpose}"),
    Kind.PHONE_CODE: _code("code", "휴대폰 번호 등록", "to register this number"),
    Kind.PASSKEY_ADDED: _change("detail", "패스키{in_brackets} 추가를", "add a passkey{in_brackets}"),
    Kind.PASSKEY_REMOVED: _change("detail", "패스키{in_brackets} 삭제를", "remove a passkey{in_brackets}"),
    Kind.TOTP_ADDED: _change("", "OTP 앱 등록(교체)을", "set up an OTP app"),
    Kind.TOTP_REMOVED: _change("", "OTP 앱 삭제를", "remove the OTP app"),
    Kind.PHONE_CHANGED: _change("detail", "휴대폰{in_brackets} 변경을", "change your phone{in_brackets}"),
    Kind.RECOVERY_CANCELLED: _change("", "본인 확인 수단 재설정 취소를", "cancel the reset"),
    Kind.RECOVERY_APPROVED: at_once(
        "phone_masked effective_at",
        NoticeWording(
            "본인 확인 수단 재설정 안내",
            "[{bank}] 재설정: {effective_short}부터 인증번호 수신 {phone_masked}. 본인 아니면 {help_desk}",
        ),
        NoticeWording(
            "Identity proofs reset",
            "[{bank}] Reset: codes to {phone_masked} from {effective_short}. Not you? Call {help_desk}",
        ),
    ),
    Kind.CREDENTIAL_CHANGE_DELAYED: queued(
        "until_at",
        NoticeWording(
            "본인 확인 수단 변경 시도 안내",
            "[{bank}] {name}님 본인 확인 수단 변경 시도를 제한했습니다. 본인 아니면 {help_desk} 신고",
            "{name} 고객님, 본인 확인 수단을 변경하려는 시도가 있었습니다. 패스키나 인증서를 분실하신 뒤에는 "
            "{until_at}까지 인증번호만으로 변경하실 수 없습니다. 본인이 아니라면 즉시 "
            "{bank} 고객센터({help_desk})로 사고 신고를 해 주십시오.",
        ),
        NoticeWording(
            "Change not made",
            "[{bank}] A change of your identity proofs was stopped. Not you? Call {help_desk}",
            "{name}, somebody tried to change how you prove your identity. After the loss of a passkey or "
            "certificate, codes alone cannot do that until {until_at}. Was it not you? Report the "
            "fraud to {bank} at once: {help_desk}.",
        ),
        urgent=True,
    ),
    Kind.LOGIN_LOCKED: queued(
        "until_at",
        NoticeWording(
            "로그인 제한 안내",
            "[{bank}] {name}님 인증 오류로 {until_short}까지 로그인 제한. 본인 아니면 {help_desk} 신고",
            "{name} 고객님, 인증 오류가 반복되어 {until_at}까지 로그인이 제한됩니다. 본인이 시도하지 않으셨다면 "
            "즉시 {bank} 고객센터({help_desk})로 사고 신고를 해 주십시오.",
        ),
        NoticeWording(
            "Login locked",
            "[{bank}] Login locked until {until_short}. Not you? Call {help_desk}",
            "{name}, after repeated failures your login is locked until {until_at}. "
            "Was it not you? Report the fraud to {bank} at once: {help_desk}.",
        ),
        urgent=True,
    ),
}
