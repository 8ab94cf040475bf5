"""Texts for changing what a customer proves who they are with, and for recovery.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 하십시오체 (docs/texts.md).
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

CREDENTIAL_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.STEP_UP_TOO_WEAK: {
        "ko": Wording(
            "더 안전한 본인 확인이 필요합니다",
            "본인 확인 수단을 변경하려면 같거나 더 안전한 수단으로 본인 확인을 하셔야 합니다. 패스키 또는 "
            "등록된 인증서로, 둘 다 없으면 OTP 앱으로 본인 확인을 해 주십시오. 사용할 수 없으면 신분증을 "
            "지참하고 {bank} 영업점을 방문해 주십시오.",
        ),
        "en": Wording(
            "A stronger proof of identity is needed",
            "A way to prove your identity can only be changed after a proof by one that is as strong or "
            "stronger. Use a passkey or a registered certificate, or without them your authenticator app. If "
            "you cannot, come to a branch of {bank} with your identity card.",
        ),
    },
    Code.CREDENTIAL_CHANGE_DELAYED: {
        "ko": Wording(
            "아직 변경할 수 없습니다",
            "최근 고객님의 패스키 또는 인증서가 정지, 만료 또는 삭제되어 {again_at}까지는 인증번호만으로 변경할 "
            "수 없습니다. 그 이후에 다시 진행하시거나, 신분증을 지참하고 {bank} 영업점에서 재설정을 신청해 "
            "주십시오. 다른 업무의 본인 확인은 평소와 같이 하실 수 있습니다.",
        ),
        "en": Wording(
            "This change has to wait",
            "A passkey or certificate of yours was suspended, removed or expired recently, so codes alone "
            "cannot make this change until {again_at}. Try again after that, or come to a branch of {bank} with "
            "your identity card and ask for a reset. For everything else your codes work as before.",
        ),
    },
    Code.CREDENTIAL_INVALID: {
        "ko": Wording(
            "패스키를 추가하지 못했습니다",
            "패스키를 확인할 수 없거나 이미 등록된 패스키입니다. 기기의 화면 잠금(지문, 얼굴, PIN)이 설정되어 "
            "있는지 확인한 뒤 본인 확인부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "The passkey was not added",
            "The passkey could not be verified, or is registered already. Check that the screen lock of your "
            "device (fingerprint, face, PIN) is on, and start again with proving your identity.",
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
            "본인 확인 수단을 찾을 수 없습니다",
            "선택하신 본인 확인 수단이 없거나 이미 삭제되었습니다. 목록을 새로 고친 뒤 다시 선택해 주십시오.",
        ),
        "en": Wording(
            "There is no such method",
            "What you chose is not among your methods, or was removed already. Refresh the list and choose again.",
        ),
    },
    Code.CREDENTIAL_LAST: {
        "ko": Wording(
            "마지막 수단은 삭제할 수 없습니다",
            "삭제하시면 문자 인증번호만 남아 고객님의 거래를 안전하게 보호할 수 없습니다. 먼저 패스키나 OTP "
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
            "취소할 재설정 신청이 없습니다",
            "진행 중인 본인 확인 수단 재설정이 없습니다. 이미 취소되었거나 적용되었을 수 있습니다. 본인이 "
            "신청하지 않은 변경이 있으면 즉시 {bank} 고객센터({help_desk})로 연락해 주십시오.",
        ),
        "en": Wording(
            "There is no reset to cancel",
            "No reset of your ways to prove your identity is under way; it may have been cancelled or have "
            "taken effect. If you see a change that you did not ask for, call the {bank} help desk "
            "({help_desk}) at once.",
        ),
    },
}
