"""Texts about access: one-time codes, changes of how a customer proves who they are, a locked login.

Each change says what to do if it was not the customer.
"""

from collections.abc import Mapping

from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind, NoticeTexts, Rows, at_once, queued
from registrar.domain.reasons.wording import Wording

PURPOSES: Mapping[Operation, Mapping[str, str]] = {
    Operation.LOGIN: {"ko": "로그인", "en": "to log in"},
    Operation.REGISTER: {"ko": "인증서 등록", "en": "to register a certificate"},
    Operation.RESUME: {"ko": "인증서 사용 재개", "en": "to use a certificate again"},
    Operation.DEREGISTER: {"ko": "인증서 등록 해제", "en": "to deregister a certificate"},
    Operation.ENROL: {"ko": "본인 확인 수단 추가·변경", "en": "to add or change a way of proving your identity"},
    Operation.REMOVE: {"ko": "본인 확인 수단 삭제", "en": "to remove a way of proving your identity"},
}
"""What a one-time code is for."""


def _code(params: str, purpose_ko: str, purpose_en: str) -> NoticeTexts:
    return at_once(
        params,
        Wording(
            "인증번호 {code}",
            f"{purpose_ko}용 인증번호입니다. 3분 안에 앱에 입력해 주십시오. 은행 직원은 이 번호를 "
            "묻지 않습니다. 요청하지 않으셨다면 누구에게도 알려 주지 마시고 고객센터로 연락해 주십시오.",
        ),
        Wording(
            "Code {code}",
            f"This code is {purpose_en}. Enter it in the app within 3 minutes. Nobody at the bank asks for "
            "it. If you did not ask for it, tell nobody and call the help desk.",
        ),
    )


def _change(params: str, what_ko: str, what_en: str) -> NoticeTexts:
    return at_once(
        params,
        Wording(
            "본인 확인 수단 변경 안내",
            f"{{changed_at}}, 고객님의 {what_ko}. 본인이 하지 않았다면 즉시 고객센터로 "
            "전화하시거나 앱에서 사고 신고를 해 주십시오.",
        ),
        Wording(
            "Identity proof changed",
            f"{{changed_at}}: {what_en}. Was it not you? Call the bank's help desk or report it "
            "in the app at once.",
        ),
    )


ACCESS: Rows = {
    Kind.ONE_TIME_CODE: _code("code operation", "{purpose}", "{purpose}"),
    Kind.PHONE_CODE: _code("code", "휴대전화 번호 등록", "to register this phone number"),
    Kind.PASSKEY_ADDED: _change(
        "changed_at detail", "패스키가 추가됩니다{in_brackets}", "a passkey is being added{in_brackets}"
    ),
    Kind.PASSKEY_REMOVED: _change(
        "changed_at detail", "패스키가 삭제됩니다{in_brackets}", "a passkey is being removed{in_brackets}"
    ),
    Kind.TOTP_ADDED: _change(
        "changed_at", "OTP 앱이 등록(교체)됩니다", "an authenticator app is being set up or replaced"
    ),
    Kind.TOTP_REMOVED: _change("changed_at", "OTP 앱이 삭제됩니다", "the authenticator app is being removed"),
    Kind.PHONE_CHANGED: _change(
        "changed_at detail",
        "휴대전화 번호가 변경됩니다{in_brackets}",
        "the phone number is being changed{in_brackets}",
    ),
    Kind.RECOVERY_CANCELLED: _change(
        "changed_at", "본인 확인 수단 복구가 취소됩니다", "the recovery is being cancelled"
    ),
    Kind.RECOVERY_APPROVED: at_once(
        "phone_masked effective_at",
        Wording(
            "본인 확인 수단 복구 안내",
            "은행에서 본인 확인을 거쳐 {effective_at}부터 인증번호를 {phone_masked}(으)로 "
            "보냅니다. 그 전까지는 기존 수단을 그대로 사용하며 앱에서 취소할 수 있습니다. 본인이 신청하지 않았다면 "
            "즉시 고객센터로 전화해 주십시오.",
        ),
        Wording(
            "Recovery",
            "After an identity check at the bank, codes go to {phone_masked} from {effective_at}. Until then "
            "everything works as before and you can cancel this in the app. Was it not you? "
            "Call the help desk at once.",
        ),
    ),
    Kind.CREDENTIAL_CHANGE_DELAYED: queued(
        "until_at",
        Wording(
            "본인 확인 수단 변경 시도 안내",
            "{name} 고객님, 본인 확인 수단을 바꾸려는 시도가 있었습니다. 패스키나 인증서를 잃은 뒤에는 "
            "{until_at}까지 인증번호만으로 바꿀 수 없습니다. 본인이 아니라면 즉시 고객센터로 전화해 주십시오.",
        ),
        Wording(
            "Change not made",
            "{name}, somebody tried to change how you prove your identity. After the loss of a passkey or "
            "certificate, codes alone cannot do that until {until_at}. Was it not you? Call the help desk at once.",
        ),
        urgent=True,
    ),
    Kind.LOGIN_LOCKED: queued(
        "until_at",
        Wording(
            "로그인 제한 안내",
            "{name} 고객님, 인증 오류가 반복되어 {until_at}까지 로그인이 제한됩니다. "
            "본인이 시도하지 않았다면 은행 고객센터로 즉시 알려 주십시오.",
        ),
        Wording(
            "Login locked",
            "{name}, after repeated failures your login is locked until {until_at}. "
            "Was it not you? Call the bank's help desk at once.",
        ),
        urgent=True,
    ),
}
