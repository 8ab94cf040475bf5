"""Texts for reaching the service: access, upload, system.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 합니다체. Never say who holds a certificate, nor hint at what a password may be.
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
            "로그인이 끝났습니다",
            "일정 시간 사용하지 않았거나 다른 곳에서 새로 로그인하여, 고객님을 보호하기 위해 로그인이 "
            "종료되었습니다. 다시 로그인해 주십시오.",
        ),
        "en": Wording(
            "You have been logged out",
            "To protect you, a login ends after some time without use, or when you log in anew elsewhere. "
            "Please log in again.",
        ),
    },
    Code.LOGIN_FAILED: {
        "ko": Wording(
            "로그인 정보를 확인해 주십시오",
            "고객 ID와 로그인 비밀번호의 조합이 올바르지 않습니다. 두 가지를 모두 확인한 뒤 다시 입력해 주십시오. "
            "기다리지 않고 다시 입력할 수 있는 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "Check your login details",
            "The customer ID and login password do not go together. Check both and enter them again. Tries left "
            "before you have to wait: {tries_left}.",
        ),
    },
    Code.LOGIN_CERTIFICATE_FAILED: {
        "ko": Wording(
            "인증서로 로그인하지 못했습니다",
            "선택한 인증서의 서명으로 로그인할 수 없습니다. 저희 은행에 등록한 인증서인지 확인한 뒤 다시 시도해 "
            "주십시오. 계속되면 고객 ID로 로그인하거나 고객센터로 연락해 주십시오.",
        ),
        "en": Wording(
            "The certificate could not log you in",
            "We could not log you in with the signature of this certificate. Check that it is one you registered "
            "with us, and try again. If it fails again, log in with your customer ID or call the help desk.",
        ),
    },
    Code.LOGIN_AFTER_RECOVERY: {
        "ko": Wording(
            "고객 ID로 로그인해 주십시오",
            "은행에서 본인 확인 수단을 복구하기 전에 등록한 인증서여서, 안전을 위해 이 인증서만으로는 로그인할 수 "
            "없습니다. 고객 ID로 로그인해 주십시오. 그 뒤 이 인증서의 등록을 해제하고 다시 등록하시면 인증서만으로 "
            "로그인할 수 있습니다.",
        ),
        "en": Wording(
            "Log in with your customer ID",
            "You registered this certificate before the bank replaced what you had lost, so for your safety it "
            "cannot log you in by itself. Log in with your customer ID. If you then remove the certificate and "
            "register it again, it can.",
        ),
    },
    Code.STEP_UP_REQUIRED: {
        "ko": Wording(
            "본인 확인을 다시 해 주십시오",
            "인증서 등록처럼 중요한 업무는 본인 확인 후 10분 안에 시작해야 합니다. 본인 확인을 "
            "다시 한 뒤 이어서 진행해 주십시오.",
        ),
        "en": Wording(
            "Please prove your identity again",
            "Important steps such as registering a certificate have to be started within 10 minutes of "
            "proving your identity, and each needs a proof of its own. Prove your identity again and carry on.",
        ),
    },
    Code.STEP_UP_INVALID: {
        "ko": Wording(
            "인증번호가 맞지 않습니다",
            "입력한 일회용 인증번호(OTP)가 맞지 않습니다. 지금 표시된 번호를 다시 입력해 주십시오. 남은 "
            "입력 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "The code is not right",
            "The one-time code (OTP) you entered is not right. Enter the code that is shown now. Tries "
            "left: {tries_left}.",
        ),
    },
    Code.STEP_UP_EXPIRED: {
        "ko": Wording(
            "본인 확인 시간이 지났습니다",
            "정해진 시간 안에 본인 확인을 마치지 못했거나 이미 사용한 요청입니다. 처음부터 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "The time to prove your identity is over",
            "Your identity was not proved in time, or this request was used already. Please start again.",
        ),
    },
    Code.STEP_UP_REUSED: {
        "ko": Wording(
            "이미 사용한 인증번호입니다",
            "일회용 인증번호(OTP)는 한 번만 사용할 수 있으며, 이 번호는 이미 사용되었습니다. 다음 번호가 "
            "표시될 때까지 기다린 뒤 새 번호를 입력해 주십시오.",
        ),
        "en": Wording(
            "This code was used already",
            "A one-time code (OTP) works only once, and this one was used already. Wait for the next code "
            "and enter that one.",
        ),
    },
    Code.STEP_UP_LOCKED: {
        "ko": Wording(
            "잠시 본인 확인을 할 수 없습니다",
            "본인 확인에 여러 번 실패하여, 고객님을 보호하기 위해 잠시 중단했습니다. {again_at} 이후 처음부터 다시 "
            "진행해 주십시오. 직접 시도하신 것이 아니라면 바로 고객센터로 연락해 주십시오.",
        ),
        "en": Wording(
            "Proving your identity has to wait",
            "It failed several times, so it was stopped for a while to keep you safe. Start again after "
            "{again_at}. If it was not you who tried, please call the help desk now.",
        ),
    },
    Code.STEP_UP_METHOD_UNAVAILABLE: {
        "ko": Wording(
            "이 방법은 사용할 수 없습니다",
            "이번 본인 확인에는 선택한 방법을 사용할 수 없습니다. 사용할 수 있는 방법 중에서 다시 선택해 주십시오: "
            "{methods}.",
        ),
        "en": Wording(
            "This method cannot be used",
            "Your identity cannot be proved by the method you chose this time. Choose one of these: {methods}.",
        ),
    },
    # upload
    Code.UPLOAD_NOT_FOUND: {
        "ko": Wording(
            "진행 중인 등록을 찾을 수 없습니다",
            "이어서 진행할 인증서 등록이 없습니다. 이미 끝났거나 취소되었을 수 있습니다. 인증서 등록을 "
            "처음부터 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "No such registration in progress",
            "There is no registration here to carry on with; it may have ended or been cancelled. Start the "
            "registration again.",
        ),
    },
    Code.UPLOAD_EXPIRED: {
        "ko": Wording(
            "등록 시간이 지났습니다",
            "정해진 시간 안에 마치지 않아 이번 등록이 종료되었습니다. 올린 파일은 보관하지 않습니다. 인증서 "
            "등록을 처음부터 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "The time for this registration is over",
            "This registration ended because it was not completed in time. The uploaded file is not kept. "
            "Start the registration again.",
        ),
    },
    Code.UPLOAD_EMPTY: {
        "ko": Wording(
            "빈 파일입니다",
            "선택한 파일에 내용이 없습니다. 인증서를 복사하거나 내려받다가 중단되었을 수 있습니다. 파일을 다시 "
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
            "최대 {max_bytes}까지 올릴 수 있으며, 선택한 파일은 이보다 큽니다. 인증서 파일은 보통 10 KB "
            "이하입니다. 서명용 인증서(signCert.der)나 PFX 같은 인증서 파일만 선택해 주십시오.",
        ),
        "en": Wording(
            "The file is too large",
            "What you chose is larger than the limit of {max_bytes}; a certificate file is usually smaller "
            "than 10 KB. Choose a certificate file only, such as signCert.der or a PFX file.",
        ),
    },
    Code.UPLOAD_CHANGED: {
        "ko": Wording(
            "선택한 파일과 다릅니다",
            "도착한 파일이 처음에 선택한 파일과 달라 사용하지 않았습니다. 전송 중에 파일이 바뀌었거나 "
            "손상되었을 수 있으므로, 등록을 처음부터 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "Not the file you chose",
            "The file that arrived is not the one you chose, so it was not used. It may have been changed "
            "or damaged on the way: start the registration again.",
        ),
    },
    Code.UPLOAD_LIMIT_REACHED: {
        "ko": Wording(
            "등록 시도 횟수를 모두 사용했습니다",
            "정해진 기간에 시작할 수 있는 등록은 {limit}회이며, 모두 사용하셨습니다. {again_at} 이후에 다시 "
            "시작해 주십시오.",
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
            "짧은 시간에 요청이 많아 잠시 멈추었습니다. 잠시 기다린 뒤 다시 시도해 주십시오.",
        ),
        "en": Wording(
            "Too many requests",
            "There were too many requests in a short time, so we have paused. Wait a little and try again.",
        ),
    },
    Code.IN_PROGRESS: {
        "ko": Wording(
            "처리하고 있습니다",
            "같은 요청을 이미 처리하고 있습니다. 다시 누르지 말고 잠시 기다리면 결과가 표시됩니다.",
        ),
        "en": Wording(
            "We are working on it",
            "This request is being processed already. There is no need to send it again: the result will be "
            "shown shortly.",
        ),
    },
    Code.STATE_CONFLICT: {
        "ko": Wording(
            "지금은 할 수 없는 단계입니다",
            "그 사이 진행 상태가 바뀌어 요청을 처리하지 못했습니다. 잠시 후 화면을 새로 열어 현재 상태를 "
            "확인하고 진행해 주십시오.",
        ),
        "en": Wording(
            "Not possible at this step",
            "Things have moved on in the meantime, so this could not be done. Wait a moment, open the "
            "screen again and carry on from what it shows.",
        ),
    },
    Code.MALFORMED_REQUEST: {
        "ko": Wording(
            "입력 내용을 확인해 주십시오",
            "다음 항목이 없거나 형식이 올바르지 않습니다: {field}. 입력한 내용을 확인해 주십시오. 입력할 "
            "곳이 없다면 앱을 최신 버전으로 업데이트해 주십시오.",
        ),
        "en": Wording(
            "Check what you entered",
            "This entry is missing or not in the right form: {field}. Check what you entered; if there is "
            "nothing to enter, update the app to the latest version.",
        ),
    },
    Code.ROUTE_NOT_FOUND: {
        "ko": Wording(
            "요청한 기능을 찾을 수 없습니다",
            "앱이 요청한 기능이 없거나 옮겨졌습니다. 앱을 최신 버전으로 업데이트한 뒤 다시 시도해 주십시오.",
        ),
        "en": Wording(
            "No such function",
            "The function the app asked for does not exist or has moved. Update the app to the latest "
            "version and try again.",
        ),
    },
    Code.SYSTEM_RETRY: {
        "ko": Wording(
            "저희 쪽에 문제가 생겼습니다",
            "은행 시스템의 문제이며 고객님의 잘못이 아닙니다. 지금까지 진행한 내용은 그대로 있으니 잠시 후 "
            "다시 시도해 주십시오. 계속되면 고객센터에 문의 번호 {support_ref}를 알려 주십시오.",
        ),
        "en": Wording(
            "Something went wrong on our side",
            "This is our fault, not yours, and nothing is lost: please try again shortly. If it goes on, "
            "call the help desk and quote the support reference {support_ref}.",
        ),
    },
}
