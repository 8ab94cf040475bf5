"""Texts for changing what a customer proves who they are with, and for recovery.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 합니다체.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

CREDENTIAL_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.STEP_UP_TOO_WEAK: {
        "ko": Wording(
            "더 강한 본인 확인이 필요합니다",
            "본인 확인 수단은 그와 같거나 더 강한 수단으로 확인한 뒤에만 바꿀 수 있습니다. 지금 사용하신 것보다 "
            "강한 수단(패스키나 등록된 인증서, 없으면 OTP 앱)으로 다시 확인해 주십시오. 사용할 수 없다면 "
            "신분증을 가지고 영업점을 방문해 주십시오.",
        ),
        "en": Wording(
            "A stronger proof is needed",
            "What you prove your identity with can only be changed with something as strong or stronger. Use "
            "something stronger than just now: a passkey or a registered certificate, or without them your "
            "authenticator app. If you cannot, please come to a branch with your identity card.",
        ),
    },
    Code.CREDENTIAL_CHANGE_DELAYED: {
        "ko": Wording(
            "아직 이 수단으로 바꿀 수 없습니다",
            "얼마 전 고객님의 패스키나 인증서가 정지, 만료 또는 삭제되어, {again_at}까지는 인증번호만으로 이 "
            "변경을 할 수 없습니다. 그 뒤에 다시 진행하시거나, 신분증을 가지고 영업점에서 복구를 신청해 "
            "주십시오. 다른 업무의 본인 확인은 그대로 하실 수 있습니다.",
        ),
        "en": Wording(
            "This change has to wait",
            "A passkey or certificate of yours was held, removed or expired recently, so codes alone cannot make "
            "this change until {again_at}. Try again after that, or come to a branch with your identity card and "
            "ask for a recovery. For everything else your codes work as before.",
        ),
    },
    Code.CREDENTIAL_INVALID: {
        "ko": Wording(
            "패스키를 추가하지 못했습니다",
            "기기가 만든 패스키를 확인할 수 없거나 이미 등록된 패스키입니다. 기기의 화면 잠금(지문, 얼굴, PIN)이 "
            "켜져 있는지 확인한 뒤 본인 확인부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "The passkey was not added",
            "What your device made could not be verified, or is registered already. Check that its screen lock "
            "(fingerprint, face, PIN) is on, and start again with proving your identity.",
        ),
    },
    Code.CREDENTIAL_LIMIT_REACHED: {
        "ko": Wording(
            "패스키를 더 추가할 수 없습니다",
            "패스키는 {limit}개까지 등록할 수 있습니다. 사용하지 않는 패스키를 삭제한 뒤 다시 추가해 주십시오.",
        ),
        "en": Wording(
            "No more passkeys can be added",
            "You can have {limit} passkeys. Remove one that you no longer use and add the new one again.",
        ),
    },
    Code.CREDENTIAL_NOT_FOUND: {
        "ko": Wording(
            "해당 수단을 찾을 수 없습니다",
            "선택한 본인 확인 수단이 없거나 이미 삭제되었습니다. 목록을 새로 고친 뒤 다시 선택해 주십시오.",
        ),
        "en": Wording(
            "There is no such method",
            "What you chose is not among your methods, or was removed already. Refresh the list and choose again.",
        ),
    },
    Code.CREDENTIAL_LAST: {
        "ko": Wording(
            "마지막 수단은 삭제할 수 없습니다",
            "삭제하면 문자 인증번호만 남습니다. 문자만으로는 고객님을 충분히 보호할 수 없으니, 먼저 패스키나 OTP "
            "앱을 추가한 뒤 삭제해 주십시오.",
        ),
        "en": Wording(
            "The last method cannot be removed",
            "Only codes by text message would be left, and they alone do not protect you well enough. Add a "
            "passkey or an authenticator app first, then remove this one.",
        ),
    },
    Code.RECOVERY_NOT_FOUND: {
        "ko": Wording(
            "취소할 복구 신청이 없습니다",
            "진행 중인 본인 확인 수단 복구가 없습니다. 이미 취소되었거나 적용되었을 수 있습니다. 본인이 신청하지 "
            "않은 변경이 보이면 즉시 고객센터로 전화해 주십시오.",
        ),
        "en": Wording(
            "There is no recovery to cancel",
            "No recovery is under way; it may have been cancelled or have taken effect. If you see a change that "
            "you did not ask for, call the help desk at once.",
        ),
    },
}
