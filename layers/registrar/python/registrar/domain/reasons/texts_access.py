"""Texts for reaching the service: access, upload, system.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 하십시오체 (docs/texts.md). Never say who holds a certificate, nor hint at what a password may be.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

ACCESS_TEXTS: dict[Code, dict[str, Wording]] = {
    # access
    Code.AUTH_REQUIRED: {
        "ko": Wording(
            "로그인이 필요합니다",
            "로그인한 고객만 이용할 수 있는 기능입니다. 로그인한 뒤 다시 시도해 주십시오.",
        ),
        "en": Wording(
            "Please log in",
            "This can only be used after you have logged in. Log in and try again.",
        ),
    },
    Code.SESSION_EXPIRED: {
        "ko": Wording(
            "로그아웃되었습니다",
            "일정 시간 이용하지 않으셨거나 다른 기기에서 로그인하여 안전을 위해 로그아웃되었습니다. 다시 "
            "로그인해 주십시오.",
        ),
        "en": Wording(
            "You have been logged out",
            "For your safety you were logged out, after some time without use or because you logged in "
            "elsewhere. Log in again.",
        ),
    },
    Code.LOGIN_FAILED: {
        "ko": Wording(
            "로그인 정보를 확인해 주십시오",
            "고객 ID 또는 로그인 비밀번호가 올바르지 않습니다. 다시 확인하여 입력해 주십시오. 대기 없이 다시 "
            "입력할 수 있는 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "Check your login details",
            "The customer ID or the login password is wrong. Check both and enter them again. Tries left before "
            "you have to wait: {tries_left}.",
        ),
    },
    Code.LOGIN_CERTIFICATE_FAILED: {
        "ko": Wording(
            "인증서로 로그인하지 못했습니다",
            "선택하신 인증서로 로그인할 수 없습니다. {bank}에 등록된 인증서인지 확인한 뒤 다시 시도해 주십시오. "
            "계속되면 고객 ID로 로그인하거나 {bank} 고객센터({help_desk})로 문의해 주십시오.",
        ),
        "en": Wording(
            "The certificate could not log you in",
            "We could not log you in with this certificate. Check that it is registered with {bank} and try "
            "again. If it fails again, log in with your customer ID or call the {bank} help desk ({help_desk}).",
        ),
    },
    Code.LOGIN_AFTER_RECOVERY: {
        "ko": Wording(
            "고객 ID로 로그인해 주십시오",
            "본인 확인 수단을 재설정하기 전에 등록하신 인증서여서 안전을 위해 이 인증서만으로는 로그인할 수 "
            "없습니다. 고객 ID로 로그인한 뒤 이 인증서의 등록을 해제하고 다시 등록하시면 인증서로 로그인할 수 "
            "있습니다.",
        ),
        "en": Wording(
            "Log in with your customer ID",
            "You registered this certificate before your ways to prove your identity were reset, so for your "
            "safety it cannot log you in by itself. Log in with your customer ID, remove the certificate and "
            "register it again; then it can.",
        ),
    },
    Code.STEP_UP_REQUIRED: {
        "ko": Wording(
            "본인 확인이 필요합니다",
            "인증서 등록과 같은 중요한 업무는 본인 확인 후 10분 안에 시작해야 합니다. 본인 확인을 다시 하고 "
            "진행해 주십시오.",
        ),
        "en": Wording(
            "Prove your identity again",
            "Important steps such as registering a certificate have to be started within 10 minutes of proving "
            "your identity, and each needs a proof of its own. Prove your identity again and continue.",
        ),
    },
    Code.STEP_UP_INVALID: {
        "ko": Wording(
            "인증번호가 맞지 않습니다",
            "입력하신 인증번호(OTP)가 맞지 않습니다. 현재 표시된 번호를 다시 입력해 주십시오. 남은 입력 횟수: "
            "{tries_left}회.",
        ),
        "en": Wording(
            "The code is not right",
            "The one-time code (OTP) you entered is not right. Enter the code that is shown now. Tries left: "
            "{tries_left}.",
        ),
    },
    Code.STEP_UP_EXPIRED: {
        "ko": Wording(
            "본인 확인 시간이 지났습니다",
            "제한 시간 안에 본인 확인을 마치지 못했거나 이미 사용한 요청입니다. 처음부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "The time to prove your identity has passed",
            "Your identity was not proved in time, or this request was used already. Start again.",
        ),
    },
    Code.STEP_UP_REUSED: {
        "ko": Wording(
            "이미 사용한 인증번호입니다",
            "인증번호(OTP)는 한 번만 사용할 수 있습니다. 다음 번호가 표시되면 새 번호를 입력해 주십시오.",
        ),
        "en": Wording(
            "This code was used already",
            "A one-time code (OTP) works only once. Wait for the next code and enter that one.",
        ),
    },
    Code.STEP_UP_LOCKED: {
        "ko": Wording(
            "본인 확인이 일시 제한되었습니다",
            "본인 확인에 여러 번 실패하여 안전을 위해 일시적으로 제한되었습니다. {again_at} 이후 처음부터 다시 "
            "진행해 주십시오. 본인이 시도하지 않으셨다면 즉시 {bank} 고객센터({help_desk})로 연락해 주십시오.",
        ),
        "en": Wording(
            "Proving your identity is blocked for a while",
            "It failed several times, so for your safety it is blocked for a while. Start again after "
            "{again_at}. If it was not you who tried, call the {bank} help desk ({help_desk}) now.",
        ),
    },
    Code.STEP_UP_METHOD_UNAVAILABLE: {
        "ko": Wording(
            "사용할 수 없는 본인 확인 방법입니다",
            "이번 본인 확인에는 선택하신 방법을 사용할 수 없습니다. 다음 방법 중에서 선택해 주십시오: {methods}.",
        ),
        "en": Wording(
            "This method cannot be used",
            "Your identity cannot be proved by the method you chose this time. Choose one of these: {methods}.",
        ),
    },
    # upload
    Code.UPLOAD_NOT_FOUND: {
        "ko": Wording(
            "진행 중인 등록이 없습니다",
            "진행 중인 인증서 등록을 찾을 수 없습니다. 이미 완료되었거나 취소되었을 수 있습니다. 인증서 등록을 "
            "처음부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "No such registration in progress",
            "There is no registration to continue; it may have ended or been cancelled. Start the registration "
            "again.",
        ),
    },
    Code.UPLOAD_EXPIRED: {
        "ko": Wording(
            "등록 시간이 지났습니다",
            "제한 시간 안에 완료하지 않아 이번 등록이 종료되었습니다. 보내신 파일은 보관하지 않습니다. 인증서 "
            "등록을 처음부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "The time for this registration has passed",
            "This registration ended because it was not completed in time. The uploaded file is not kept. Start "
            "the registration again.",
        ),
    },
    Code.UPLOAD_EMPTY: {
        "ko": Wording(
            "내용이 없는 파일입니다",
            "선택하신 파일에 내용이 없습니다. 복사나 내려받기가 중단되었을 수 있습니다. 인증서 파일을 다시 "
            "복사하여 선택해 주십시오.",
        ),
        "en": Wording(
            "The file is empty",
            "The file you chose has no content; copying or downloading it may have been interrupted. Copy it "
            "again and choose the new copy.",
        ),
    },
    Code.UPLOAD_TOO_LARGE: {
        "ko": Wording(
            "파일이 너무 큽니다",
            "최대 {max_bytes}까지 올릴 수 있으며, 선택하신 파일은 이보다 큽니다. 인증서 파일은 보통 10 KB "
            "이하입니다. 서명용 인증서(signCert.der)나 PFX와 같은 인증서 파일을 선택해 주십시오.",
        ),
        "en": Wording(
            "The file is too large",
            "What you chose is larger than the limit of {max_bytes}; a certificate file is usually smaller than "
            "10 KB. Choose a certificate file only, such as signCert.der or a PFX file.",
        ),
    },
    Code.UPLOAD_CHANGED: {
        "ko": Wording(
            "선택하신 파일과 다릅니다",
            "전송된 파일이 처음 선택하신 파일과 달라 사용하지 않았습니다. 전송 중에 파일이 변경되거나 "
            "손상되었을 수 있습니다. 처음부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "Not the file you chose",
            "The file that arrived is not the one you chose, so it was not used. It may have been changed or "
            "damaged on the way. Start the registration again.",
        ),
    },
    Code.UPLOAD_LIMIT_REACHED: {
        "ko": Wording(
            "등록 시도 횟수를 초과했습니다",
            "일정 기간에 등록을 시도할 수 있는 횟수({limit}회)를 모두 사용하셨습니다. {again_at} 이후에 다시 "
            "시도해 주십시오.",
        ),
        "en": Wording(
            "Limit of attempts reached",
            "You have used all attempts to register a certificate for this period (limit: {limit}). You can "
            "start again after {again_at}.",
        ),
    },
    # system
    Code.RATE_LIMITED: {
        "ko": Wording(
            "요청이 너무 많습니다",
            "짧은 시간에 요청이 많아 일시적으로 제한되었습니다. 잠시 후 다시 시도해 주십시오.",
        ),
        "en": Wording(
            "Too many requests",
            "There were too many requests in a short time. Wait a little and try again.",
        ),
    },
    Code.IN_PROGRESS: {
        "ko": Wording(
            "처리 중입니다",
            "같은 요청을 이미 처리하고 있습니다. 다시 누르지 말고 잠시 기다려 주십시오.",
        ),
        "en": Wording(
            "We are working on it",
            "This request is being processed already. Do not send it again: the result will be shown shortly.",
        ),
    },
    Code.STATE_CONFLICT: {
        "ko": Wording(
            "지금은 진행할 수 없는 단계입니다",
            "진행 상태가 변경되어 요청을 처리하지 못했습니다. 잠시 후 화면을 새로 고쳐 현재 상태를 확인하고 "
            "진행해 주십시오.",
        ),
        "en": Wording(
            "Not possible at this step",
            "The state has changed in the meantime, so this could not be done. Wait a moment, open the screen "
            "again and continue from what it shows.",
        ),
    },
    Code.MALFORMED_REQUEST: {
        "ko": Wording(
            "입력 내용을 확인해 주십시오",
            "다음 항목이 없거나 형식이 올바르지 않습니다: {field}. 입력하신 내용을 확인해 주십시오. 입력하신 "
            "항목이 아니면 앱을 최신 버전으로 업데이트해 주십시오.",
        ),
        "en": Wording(
            "Check what you entered",
            "This entry is missing or not in the right form: {field}. Check what you entered; if there is "
            "nothing to enter, update the app to the latest version.",
        ),
    },
    Code.ROUTE_NOT_FOUND: {
        "ko": Wording(
            "이용할 수 없는 기능입니다",
            "요청하신 기능이 없거나 변경되었습니다. 앱을 최신 버전으로 업데이트한 뒤 다시 시도해 주십시오.",
        ),
        "en": Wording(
            "No such function",
            "The function that was asked for does not exist or has changed. Update the app to the latest "
            "version and try again.",
        ),
    },
    Code.SYSTEM_RETRY: {
        "ko": Wording(
            "일시적인 오류가 발생했습니다",
            "시스템 오류로 요청을 처리하지 못했습니다. 지금까지 진행하신 내용은 저장되어 있으니 잠시 후 다시 "
            "시도해 주십시오. 계속되면 {bank} 고객센터({help_desk})에 문의 번호({support_ref})를 알려 주십시오.",
        ),
        "en": Wording(
            "A temporary error occurred",
            "The fault is ours, and what you have done so far is saved. Try again shortly. If it happens again, "
            "call the {bank} help desk ({help_desk}) and quote the reference ({support_ref}).",
        ),
    },
}
