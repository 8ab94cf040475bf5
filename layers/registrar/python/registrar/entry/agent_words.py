"""Words for the agent of the bank, beside those of the catalogue: what was tried, what became of it, what to do.

Texts of a Story may name `typed` (the id as the agent typed it), `days` (searched), `kept` (days that logs are
kept) and `form` (what an id of its kind looks like).
"""

from collections.abc import Mapping
from typing import NamedTuple

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import NextAction
from registrar.domain.registrations.registration import Hold, Lifecycle, View
from registrar.domain.registrations.upload import UploadState

Text = Mapping[str, str]


def _text(ko: str, en: str) -> Text:
    return {"ko": ko, "en": en}


class Story(NamedTuple):
    """What happened, the words for the customer, and what the agent does."""

    happened: Text
    say: Text
    do: Text


HEADINGS: Mapping[str, Text] = {
    "happened": _text("무슨 일", "What happened"),
    "say": _text("고객에게 할 말", "Say to the customer"),
    "do": _text("할 일", "Do"),
    "customer": _text("고객", "Customer"),
    "methods": _text("본인 확인 수단", "Methods to prove identity"),
    "login_waits_until": _text("로그인 제한", "Login has to wait until"),
    "codes_wait_until": _text("본인 확인 제한", "Proof of identity has to wait until"),
    "locked": _text("은행이 로그인을 막은 고객입니다", "The bank has locked this customer out"),
    "uploads": _text("등록 시도", "Attempts to register"),
    "registrations": _text("등록된 인증서", "Registered certificates"),
    "notices": _text("보낸 알림", "Notices sent"),
    "events": _text("기록", "Log"),
    "searched": _text("조회한 기간", "Searched"),
    "meaning": _text("뜻", "Meaning"),
    "none": _text("없음", "none"),
}
SINCE = _text("{since} 이후", "since {since}")
READ_AS = _text(
    "입력하신 값({typed}) 대신 다음 번호로 조회했습니다: {read}. 고객의 화면에 표시된 번호와 같은지 먼저 "
    "확인하십시오.",
    "{read} was looked up for {typed}. First check that it is the one on the customer's screen.",
)
ONLY_PROVED = _text(
    "본인 확인을 마친 고객에게만 안내하십시오. 비밀번호, 인증번호, 인증서 파일은 묻지 마십시오.",
    "Tell this only to a customer who has proved their identity. Never ask for passwords, codes or files.",
)

TRIED: Mapping[str, Text] = {
    "add_passkey": _text("패스키 추가", "add a passkey"),
    "add_totp": _text("OTP 앱 추가", "add an authenticator app"),
    "approve_recovery": _text("본인 확인 수단 재설정(은행)", "reset by the bank"),
    "cancel_recovery": _text("본인 확인 수단 재설정 취소", "cancel a reset"),
    "change_phone": _text("휴대폰 번호 변경", "change the phone number"),
    "check_registration": _text("인증서 상태 확인", "check a certificate's status"),
    "check_revocation": _text("폐지 여부 확인", "check for revocation"),
    "confirm_block": _text("인증서 차단(은행)", "block by the bank"),
    "decline_signature_request": _text("거래 서명 거절", "decline to sign a transaction"),
    "deregister": _text("등록 해제", "remove a certificate"),
    "finish_certificate_login": _text("인증서 로그인", "log in with a certificate"),
    "get_jwks": _text("서명 확인용 공개키 조회", "read public keys"),
    "get_registration": _text("등록된 인증서 조회", "open a registered certificate"),
    "get_sealing_key": _text("암호화용 공개키 조회", "read the key for sealing"),
    "get_upload": _text("등록 진행 상태 조회", "see how a registration stands"),
    "list_credentials": _text("본인 확인 수단 조회", "list methods"),
    "list_issuers": _text("등록할 수 있는 발급기관 조회", "list accepted issuers"),
    "list_registrations": _text("인증서 목록 조회", "list certificates"),
    "list_signature_requests": _text("거래 서명 목록 조회", "list signature requests"),
    "lock_customer": _text("로그인 차단·해제(은행)", "lock-out by the bank"),
    "login": _text("로그인", "log in"),
    "logout": _text("로그아웃", "log out"),
    "open_container": _text("인증서 비밀번호 입력", "enter a certificate's password"),
    "precheck": _text("인증서 사전 확인", "pre-check a certificate"),
    "register_certificate": _text("서명과 동의(등록 완료)", "sign and agree (finish a registration)"),
    "remove_credential": _text("본인 확인 수단 삭제", "remove a method"),
    "report_loss": _text("분실 신고", "report a loss"),
    "request_upload": _text("인증서 등록 시작", "start a registration"),
    "resume_registration": _text("분실 신고 취소", "cancel a loss report"),
    "send_notice": _text("알림 발송", "notice"),
    "send_otp": _text("인증번호 문자 요청", "ask for a code by text message"),
    "set_bank_hold": _text("사용 정지·해제(은행)", "suspension by the bank"),
    "show_signature_request": _text("거래 서명 내용 조회", "read a signature request"),
    "sign_request": _text("거래 서명", "sign a transaction"),
    "start_certificate_login": _text("인증서 로그인 시작", "start a login with a certificate"),
    "start_passkey": _text("패스키 추가 시작", "start adding a passkey"),
    "start_phone": _text("휴대폰 번호 변경 시작", "start changing the phone number"),
    "start_totp": _text("OTP 앱 추가 시작", "start adding an authenticator app"),
    "step_up": _text("본인 확인 시작", "start a proof of identity"),
    "suspend_all": _text("모든 인증서 분실 신고", "report the loss of all certificates"),
    "validate_upload": _text("올린 파일 확인", "check of the uploaded files"),
    "verify_certificate": _text("인증서로 본인 확인", "prove identity with a certificate"),
    "verify_otp": _text("인증번호 확인", "enter a code"),
    "verify_passkey": _text("패스키로 본인 확인", "prove identity with a passkey"),
}
"""What a customer tried, by the function that handled it."""

DONE: Mapping[str, Text] = {
    "bank_hold.off": _text("사용 정지 해제됨", "suspension lifted"),
    "bank_hold.on": _text("사용 정지됨", "suspended"),
    "credential.removed": _text("삭제됨", "removed"),
    "customer.unlocked": _text("로그인 차단 해제됨", "unlocked"),
    "customer.locked_out": _text("로그인 차단됨", "locked out"),
    "loss.accepted": _text("접수됨", "accepted"),
    "loss.reported": _text("분실 신고됨", "reported lost"),
    "loss.taken_back": _text("분실 신고 취소됨", "loss report cancelled"),
    "notice.sent": _text("발송됨", "sent"),
    "passkey.added": _text("패스키 추가됨", "passkey added"),
    "phone.changed": _text("번호 변경됨", "number changed"),
    "recovery.approved": _text("재설정 승인됨", "reset approved"),
    "recovery.cancelled": _text("재설정 취소됨", "reset cancelled"),
    "registration.added": _text("등록 완료", "registered"),
    "registration.blocked": _text("차단됨", "blocked"),
    "registration.deregistered": _text("등록 해제됨", "removed"),
    "session.ended": _text("로그아웃됨", "logged out"),
    "session.started": _text("로그인됨", "logged in"),
    "signing.answered": _text("서명됨", "signed"),
    "signing.declined": _text("서명 거절됨", "declined"),
    "sms.sent": _text("문자 발송됨", "text message sent"),
    "totp.added": _text("OTP 앱 추가됨", "authenticator app added"),
    "upload.issued": _text("등록 시작됨", "registration started"),
    "upload.opened": _text("비밀번호 확인됨", "password accepted"),
}
"""What was done, by the action of the audit log."""
REFUSED = _text("처리되지 않음", "not done")
PASSED = _text("확인됨", "passed")
PUT_OFF = _text("보류", "put off")

STATES: Mapping[UploadState, Story] = {
    UploadState.ISSUED: Story(
        _text(
            "인증서 등록을 시작했고 파일은 아직 도착하지 않았습니다.", "A registration began; no file has arrived."
        ),
        _text(
            "인증서 파일이 아직 도착하지 않았습니다. 등록을 시작한 뒤 10분 안에 파일을 선택해 주십시오.",
            "Your file has not arrived yet. Please choose it within 10 minutes of starting.",
        ),
        _text("10분이 지났으면 처음부터 다시 시작하도록 안내합니다.", "After 10 minutes, have it started again."),
    ),
    UploadState.VALIDATING: Story(
        _text("올린 파일을 확인하고 있습니다.", "The uploaded files are being checked."),
        _text(
            "인증서를 확인하고 있습니다. 잠시 후 화면에 결과가 표시됩니다.",
            "We are checking it; the result appears shortly.",
        ),
        _text("1분 뒤 다시 조회합니다.", "Look again in a minute."),
    ),
    UploadState.NEEDS_PASSWORD: Story(
        _text(
            "잠긴 파일을 올렸고, 인증서 비밀번호 입력을 기다리고 있습니다.", "A locked file waits for its password."
        ),
        _text(
            "앱 화면에 인증서 비밀번호를 직접 입력해 주십시오. 저에게 말씀하지 마십시오.",
            "Please enter the password in the app yourself. Do not tell me the password.",
        ),
        _text("비밀번호를 묻거나 짐작하게 하지 않습니다.", "Never ask for a password or hint at one."),
    ),
    UploadState.CHECKING: Story(
        _text("발급기관에 폐지 여부를 확인하고 있습니다.", "The issuer is being asked whether it was revoked."),
        _text(
            "인증서를 확인하고 있습니다. 잠시 후 화면에 결과가 표시됩니다.",
            "We are checking it; the result appears shortly.",
        ),
        _text("1분 뒤 다시 조회합니다.", "Look again in a minute."),
    ),
    UploadState.DEFERRED: Story(
        _text(
            "발급기관의 응답이 없어 폐지 여부 확인을 미루었습니다.",
            "The issuer does not respond, so the check for revocation was put off.",
        ),
        _text(
            "발급기관의 응답을 기다리고 있습니다. 최대 24시간 동안 저희가 다시 확인하고 결과를 알려 드립니다. "
            "파일을 다시 올리실 필요는 없습니다.",
            "We are waiting for the issuer. We ask again for up to 24 hours and tell you the result. You "
            "need not "
            "upload the file again.",
        ),
        _text(
            "다시 올리도록 안내하지 않습니다. 결과 알림을 기다립니다.",
            "Do not have it uploaded again: wait for the notice.",
        ),
    ),
    UploadState.AWAITING_PROOF: Story(
        _text(
            "인증서 확인이 끝났고, 고객의 서명과 동의를 기다리고 있습니다.",
            "It passed; signature and consent are missing.",
        ),
        _text(
            "인증서 확인이 끝났습니다. 24시간 안에 앱에서 내용을 확인하고 서명과 동의를 마쳐 주십시오.",
            "Your certificate has passed. Please sign and agree in the app within 24 hours.",
        ),
        _text("24시간이 지나면 처음부터 다시 시작합니다.", "After 24 hours it has to be started again."),
    ),
    UploadState.REGISTERED: Story(
        _text("인증서가 등록되었습니다.", "The certificate was registered."),
        _text(
            "인증서가 등록되었습니다. 바로 사용하실 수 있습니다.", "The certificate is registered; you can use it."
        ),
        _text(
            "고객이 등록한 적이 없다고 하면 즉시 사고 처리 담당 부서에 넘깁니다.",
            "If the customer did not register it, pass the case to the fraud desk at once.",
        ),
    ),
    UploadState.REJECTED: Story(
        _text("인증서를 등록하지 못했습니다.", "The certificate was not registered."),
        _text("이 인증서는 등록되지 않았습니다.", "This certificate was not registered."),
        _text("아래 등록 시도의 이유를 안내합니다.", "Explain the reasons below."),
    ),
    UploadState.EXPIRED: Story(
        _text(
            "정해진 시간 안에 마치지 않아 등록이 끝났습니다.", "The registration ended because it took too long."
        ),
        _text("등록 시간이 지났습니다. 처음부터 다시 진행해 주십시오.", "The time is over. Please start again."),
        _text("처음부터 다시 시작하도록 안내합니다.", "Have it started again."),
    ),
    UploadState.FAILED: Story(
        _text(
            "은행 시스템 문제로 등록을 마치지 못했습니다.", "It was not finished because of a fault of the bank."
        ),
        _text(
            "은행 시스템 문제로 등록을 마치지 못했습니다. 불편을 드려 죄송합니다. 확인 후 안내해 드리겠습니다.",
            "The registration failed because of a fault of the bank. We apologise and will get back to you.",
        ),
        _text("업로드 번호를 운영 담당자에게 전달합니다.", "Pass the upload id on to operations."),
    ),
}

ACTIVE: Text = _text("사용할 수 있습니다.", "It can be used.")
STATUSES: Mapping[str, Text] = {
    View.ACTIVE: _text("사용 가능", "active"),
    View.LIVE: _text("유효기간 시작 전", "not yet valid"),
    View.SUSPENDED: _text("사용 정지", "suspended"),
    View.HELD_BY_ISSUER: _text("발급기관 효력 정지", "suspended by the issuer"),
    Lifecycle.REVOKED_BY_ISSUER: _text("발급기관 폐지", "revoked by the issuer"),
    Lifecycle.EXPIRED: _text("만료", "expired"),
    Lifecycle.SUPERSEDED: _text("새 인증서로 대체", "replaced"),
    Lifecycle.DEREGISTERED: _text("등록 해제", "removed by the customer"),
    Lifecycle.BLOCKED: _text("차단", "blocked"),
}
HOLDS: Mapping[str, Text] = {
    Hold.CUSTOMER: _text("고객 분실 신고", "loss report"),
    Hold.BANK: _text("은행 정지", "suspension by the bank"),
    Hold.ISSUER: _text("발급기관 효력 정지", "suspension by the issuer"),
}
LEVELS: Mapping[str, Text] = {
    "FAIL": _text("등록 불가", "refused"),
    "WARN": _text("주의", "warning"),
    "INFORM": _text("참고", "note"),
}
METHODS: Mapping[str, Text] = {
    "certificate": _text("등록된 인증서", "registered certificate"),
    "passkey": _text("패스키", "passkey"),
    "otp": _text("OTP 앱", "authenticator app"),
    "sms": _text("문자 인증번호", "code by text message"),
}
CUSTOMER_KINDS: Mapping[str, Text] = {
    "personal": _text("개인", "person"),
    "corporate": _text("기업", "company"),
}
# By name: the enums would load all notices for a function that sends none.
CHANNELS: Mapping[str, Text] = {
    "alimtalk": _text("알림톡", "Alimtalk"),
    "sms": _text("문자", "text message"),
    "push": _text("앱 푸시", "push"),
    "mail": _text("메일", "mail"),
}
NOTICES: Mapping[str, Text] = {
    "one_time_code": _text("인증번호", "one-time code"),
    "phone_code": _text("번호 변경 인증번호", "code for a new phone number"),
    "passkey_added": _text("패스키 추가", "passkey added"),
    "passkey_removed": _text("패스키 삭제", "passkey removed"),
    "totp_added": _text("OTP 앱 추가", "authenticator app added"),
    "totp_removed": _text("OTP 앱 삭제", "authenticator app removed"),
    "phone_changed": _text("휴대폰 번호 변경", "phone number changed"),
    "recovery_approved": _text("본인 확인 수단 재설정", "reset approved"),
    "recovery_cancelled": _text("본인 확인 수단 재설정 취소", "reset cancelled"),
    "login_locked": _text("로그인 제한", "login locked"),
    "credential_change_delayed": _text("본인 확인 수단 변경 보류", "change of a method delayed"),
    "upload_ready": _text("인증서 확인 완료", "certificate checked"),
    "upload_refused": _text("인증서 등록 불가", "certificate refused"),
    "registered": _text("등록 완료", "registered"),
    "hold_added_customer": _text("분실 신고 접수", "loss reported"),
    "hold_lifted_customer": _text("분실 신고 취소", "loss report cancelled"),
    "hold_added_bank": _text("은행 사용 정지", "suspension by the bank"),
    "hold_lifted_bank": _text("은행 사용 정지 해제", "suspension by the bank lifted"),
    "hold_added_issuer": _text("발급기관 효력 정지", "suspension by the issuer"),
    "hold_lifted_issuer": _text("발급기관 효력 회복", "suspension by the issuer lifted"),
    "blocked": _text("차단", "blocked"),
    "revoked": _text("폐지", "revoked"),
    "deregistered": _text("등록 해제", "removed"),
    "expiring": _text("만료 예정", "expiring"),
}

DUTIES: Mapping[NextAction, Text] = {
    NextAction.CALL: _text(
        "문의 번호와 함께 담당 부서에 넘깁니다. 이유를 추측하여 말하지 않습니다.",
        "Pass the case with its reference to the department in charge. Do not guess the reason.",
    ),
    NextAction.CALL_ISSUER: _text(
        "인증서를 발급받은 은행이나 기관에 고객이 직접 신청하도록 안내합니다. 저희가 대신 처리할 수 없습니다.",
        "The customer has to ask where the certificate was issued. We cannot do it for them.",
    ),
    NextAction.WAIT_NOTICE: _text(
        "다시 올리도록 안내하지 않습니다. 계속되면 문의 번호를 운영 담당자에게 전달합니다.",
        "Do not have it uploaded again. If it happens again, pass the reference to operations.",
    ),
    NextAction.ENTER_PASSWORD: _text(
        "비밀번호는 고객이 앱에 직접 입력합니다. 묻거나 짐작하게 하지 않습니다.",
        "The customer enters the password in the app. Never ask for it or hint at it.",
    ),
}
"""What the agent does besides telling the next action, by that action."""
DUTY: Text = _text(
    "계속되면 문의 번호와 함께 담당 부서에 넘깁니다.",
    "If it happens again, pass the case with its reference to the department in charge.",
)
FOR_THE_BANK = Story(
    _text(
        "등록할 수 없는 인증서여서 거절했습니다. 이유는 은행 내부용입니다",
        "Refused. The reason is for the bank only",
    ),
    _text(
        "이 인증서는 등록할 수 없습니다. 담당 부서에서 확인한 뒤 안내해 드리겠습니다.",
        "This certificate cannot be registered. The department in charge will check the case and contact you.",
    ),
    _text(
        "이유(다른 고객의 등록, 차단 여부 등)를 고객에게 알리지 마십시오. 문의 번호를 담당 부서에 넘기십시오.",
        "Never tell the customer the reason. Pass the reference to the department in charge.",
    ),
)
NOTHING_WRONG = Story(
    _text("조회한 기간에 거절되거나 실패한 일이 없습니다.", "Nothing was refused or failed in this period."),
    _text("저희 기록에는 처리되지 않은 일이 없습니다. 언제, 어떤 화면에서 무엇을 하셨는지 말씀해 주시겠습니까?",
          "We see nothing that failed. When was it, and what did you do on which screen?"),
    _text("시각과 화면의 제목을 듣고, 필요하면 조회 기간(Days)을 늘려 다시 조회합니다.",
          "Take down time and title of the screen, and search more days if needed."),
)  # fmt: skip
SUCCEEDED = Story(
    _text("마지막으로 확인되는 일은 정상 처리되었습니다.", "The last thing that was done succeeded."),
    _text("요청하신 업무는 정상 처리되었습니다.", "What you asked for was done."),
    _text(
        "고객이 한 적이 없다고 하면 즉시 사고 처리 담당 부서에 넘깁니다.",
        "If it was not the customer, pass the case to the fraud desk at once.",
    ),
)
UNNAMED = _text(
    "로그에는 이 요청의 고객이 식별값(customer_ref {refs})으로만 남아 있습니다. 은행 시스템에서 고객 ID를 "
    "확인하고 By=customer로 다시 조회하십시오. 결과의 customer_ref가 같으면 이 고객의 요청입니다.",
    "Logs name the customer of this request by a digest only (customer_ref {refs}). Find the customer id in the "
    "bank's system and look up By=customer: it is this customer's request if customer_ref is the same.",
)
WITHOUT_LOGIN = _text(
    "로그인하지 않고 보낸 요청이어서 누구의 것인지 알 수 없습니다.",
    "The request came without a login, so nobody knows whose it is.",
)

NO_SUCH_ID: Mapping[str, Text] = {
    "reference": _text(
        "문의 번호는 7KQ2-M4XD처럼 여덟 글자입니다. 화면에 긴 번호가 표시되었다면 그 번호를 그대로 입력합니다.",
        "A reference has eight characters, such as 7KQ2-M4XD. If the screen shows a long id, enter it as it is.",
    ),
    "customer": _text(
        "고객 ID는 영문자, 숫자, -, _로 된 32자 이내입니다. 이름이나 전화번호로는 조회할 수 없습니다.",
        "A customer id has 1 to 32 letters, digits, - or _. Names and phone numbers find nothing.",
    ),
    "upload": _text(
        "업로드 번호는 영문 소문자와 숫자 32자 또는 33자입니다.",
        "An upload id has 32 or 33 small letters and digits.",
    ),
}
INVALID = Story(
    _text(
        "입력하신 값은 이 항목의 형식이 아니어서 조회하지 않았습니다.",
        "This is no id of this kind; nothing was searched.",
    ),
    _text(
        "화면에 표시된 문의 번호를 한 글자씩 다시 불러 주시겠습니까?",
        "Would you read out the reference again, character by character?",
    ),
    _text("{form}", "{form}"),
)
NOT_FOUND = Story(
    _text(
        "최근 {days}일 동안의 기록에서 {typed}에 해당하는 것을 찾지 못했습니다. 로그는 {kept}일 동안만 보관합니다.",
        "Nothing is known of {typed} in {days} days. Logs are kept for {kept} days.",
    ),
    _text(
        "말씀하신 번호로는 기록을 찾지 못했습니다. 번호를 한 글자씩 다시 불러 주시고, 언제 표시되었는지 "
        "말씀해 주십시오.",
        "I find no record under this number. Please read it out again, character by character, and say "
        "when it was shown.",
    ),
    _text(
        "번호가 맞으면 조회 기간(Days)을 늘려 다시 조회합니다. {kept}일이 지난 것은 찾을 수 없으므로 고객 "
        "ID로 조회합니다. 로그인 전에 "
        "막힌 요청은 게이트웨이나 방화벽의 로그에만 있으므로 운영 담당자에게 전달합니다.",
        "If the number is right, search more days. What is older than {kept} days cannot be found: look up the "
        "customer id. What the gateway or the firewall answered is in their logs only: pass it to operations.",
    ),
)
SEVERAL = Story(
    _text(
        "{typed}에 해당하는 요청이 여럿이어서 어느 고객의 것인지 정할 수 없습니다.",
        "Several requests have {typed}, so it does not say whose it is.",
    ),
    _text(
        "고객 ID와 문제가 생긴 시각을 말씀해 주시겠습니까?",
        "Would you tell me your customer ID and when it happened?",
    ),
    _text(
        "이 번호로 찾은 것을 고객에게 말하지 않습니다. 고객 ID를 확인하고 By=customer로 조회합니다.",
        "Say nothing of what this number finds. Take the customer id and look up By=customer.",
    ),
)
NO_CUSTOMER = Story(
    _text("이 고객 ID의 고객이 없습니다.", "There is no such customer."),
    _text("고객 ID를 한 글자씩 다시 불러 주시겠습니까?", "Would you spell your customer ID again?"),
    _text(
        "은행 시스템에서 고객 ID를 확인하고 다시 조회합니다.",
        "Find the customer id in the bank's system, and look again.",
    ),
)
TOO_SLOW = Story(
    _text("기록을 제때 조회하지 못했습니다.", "The logs could not be searched in time."),
    _text("확인에 시간이 걸리고 있습니다. 잠시만 기다려 주십시오.", "This takes a moment. Please hold the line."),
    _text("조회 기간(Days)을 줄여 다시 조회합니다.", "Choose fewer days and look again."),
)
NEXT_STEP = _text("다음 단계를 안내합니다: {step} {duty}", "Tell the next step: {step} {duty}")
OWN_DUTIES: Mapping[Code, Text] = {
    Code.SYSTEM_RETRY: _text(
        "잠시 후 다시 시도하도록 안내하고, 계속되면 문의 번호를 운영 담당자에게 전달합니다.",
        "Have it tried again shortly; if it happens again, pass the reference to operations.",
    ),
    Code.STEP_UP_LOCKED: _text(
        "고객이 시도한 것이 아니라고 하면 즉시 사고 처리 담당 부서에 넘깁니다.",
        "If it was not the customer who tried, pass the case to the fraud desk at once.",
    ),
}
"""What the agent does at a code, where its next action does not say it."""
