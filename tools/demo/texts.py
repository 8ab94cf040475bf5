"""What `make demo` prints, in English and Korean, and what the notices that it waits for say.

`run.py` names a text by its key; `tests/tools/demo/test_texts.py` fails where a key, language or parameter
is missing.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """One text in both languages, in `str.format` notation; both take the same parameters."""

    en: str
    ko: str


def language_of(environment: Mapping[str, str]) -> str:
    """Return "ko" where this environment's locale is Korean, else "en". LC_ALL comes before LANG (POSIX)."""
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "ko" if locale.startswith("ko") else "en"


ACTORS: Mapping[str, Text] = {
    "cloud": Text("cloud", "클라우드"),
    "admin": Text("admin", "관리자"),
    "bank": Text("bank", "은행"),
    "phone": Text("phone", "휴대폰"),
    "issuer": Text("issuer", "발급기관"),
    "morning": Text("morning", "배치"),
}

CHAPTERS: Mapping[str, Text] = {
    "cloud": Text(
        "The cloud: template.yaml as it is deployed to AWS, on this machine, with IAM enforced",
        "클라우드: AWS에 배포하는 template.yaml을 그대로 이 컴퓨터에서 실행하며, IAM 권한도 검사합니다",
    ),
    "registering": Text(
        "A customer registers a certificate that another institution issued",
        "고객이 타기관 인증서를 등록합니다",
    ),
    "container": Text(
        "Another certificate, exported with its private key and a password",
        "비밀번호로 잠긴 개인키와 함께 내보낸 다른 인증서를 등록합니다",
    ),
    "refusals": Text(
        "A file that cannot be registered: all reasons at once, each with the next step",
        "등록할 수 없는 파일: 모든 사유와 다음 할 일을 한 번에 안내합니다",
    ),
    "revocation": Text(
        "Revocation: the service asks the issuer, and asks again when there is no response",
        "폐지 여부 확인: 발급기관에 조회하고, 응답이 없으면 다시 조회합니다",
    ),
    "banking": Text(
        "Banking with it: login, a transfer that is signed on the phone, and its proof",
        "등록한 인증서로 은행 거래: 로그인, 휴대폰으로 서명하는 이체, 그 증빙",
    ),
    "loss": Text(
        "The customer loses the phone for an hour: a loss report, and its cancellation",
        "한 시간 동안의 휴대폰 분실: 분실 신고와 신고 취소",
    ),
    "expiry": Text(
        "The expiry run: a certificate that expires soon, and its renewal",
        "만료 알림 배치: 만료가 가까운 인증서와 갱신",
    ),
}

STEPS: Mapping[str, Text] = {
    "cloud_started": Text(
        "{resources} resources, {functions} functions", "리소스 {resources}개, 함수 {functions}개를 배포했습니다"
    ),
    "cloud_stopped": Text(
        "stopped; no process is left running", "중지했습니다. 실행 중인 프로세스는 남아 있지 않습니다"
    ),
    "trust_refused": Text(
        "proposes a trust document with a root that is not pinned: refused",
        "고정(pin)되지 않은 루트가 든 신뢰 목록을 제안합니다: 거절",
    ),
    "trust_activated": Text(
        "proposes the demo authorities: activated, {count} issuing CAs",
        "데모 인증기관을 제안합니다: 적용, 발급 CA {count}개",
    ),
    "enrolled": Text("enrols {name} as {id}, {phone}", "{name} 고객을 등록합니다(고객 ID {id}, {phone})"),
    "logged_in": Text(
        "logs in with password and one-time code: a session for one hour",
        "비밀번호와 OTP로 로그인합니다: 1시간 동안 유효한 세션",
    ),
    "passkey_added": Text(
        "enters the next code and adds a passkey, which replaces codes from now on",
        "다음 OTP를 입력하고 패스키를 추가합니다. 이제부터 OTP 대신 패스키로 본인 확인을 합니다",
    ),
    "certificate_accepted": Text(
        "uploads signCert.der ({size} bytes): accepted", "signCert.der({size}바이트)를 올립니다: 통과"
    ),
    "certificate_shown": Text(
        "{issuer} · {name_masked} · {policy} · until {not_after}",
        "{issuer} · {name_masked} · {policy} · 만료 {not_after}",
    ),
    "signed": Text(
        "signs this text with the private key, which stays on the phone: registered",
        "기기를 벗어나지 않는 개인키로 다음 문구에 서명합니다: 등록 완료",
    ),
    "listed": Text(
        "lists its registrations: {status}, {days_left} days left",
        "등록 목록을 조회합니다: {status}, 만료까지 {days_left}일",
    ),
    "repeated": Text(
        "repeats the request after a lost response: the same registration, no second one",
        "응답을 받지 못해 다시 요청합니다: 중복 등록 없이 같은 등록을 돌려받습니다",
    ),
    "password_asked": Text(
        "uploads signCert.der and signPri.key (SEED): the service asks for the password",
        "signCert.der와 signPri.key(SEED)를 올립니다: 비밀번호 입력을 요청받습니다",
    ),
    "password_wrong": Text("enters a wrong password", "틀린 비밀번호를 입력합니다"),
    "password_right": Text(
        "encrypts the right password: the key opens, matches the certificate, and R matches the customer",
        "맞는 비밀번호를 암호화하여 전송합니다: 개인키가 인증서와 일치하고, 난수 R로 본인의 인증서임을 확인합니다",
    ),
    "container_registered": Text(
        "agrees to the consent text: registered; file and password are deleted",
        "동의합니다: 등록 완료. 파일과 비밀번호는 삭제되었습니다",
    ),
    "old_refused": Text(
        "uploads an expired securities certificate: refused", "만료된 증권용 인증서를 올립니다: 거절"
    ),
    "photo_refused": Text("uploads a photo: refused", "사진 파일을 올립니다: 거절"),
    "finding": Text("{code} → {next_action}: {text}", "{code} → {next_action}: {text}"),
    "revoked_refused": Text(
        "has revoked a certificate, its OCSP responder says so: refused",
        "폐지한 인증서라고 OCSP로 응답합니다: 거절",
    ),
    "deferred": Text("does not respond: the upload waits", "응답하지 않습니다: 등록을 보류합니다"),
    "asked_again": Text(
        "responds to the second query: not revoked; the customer signs without a new upload",
        "다시 조회하자 유효하다고 응답합니다: 고객은 다시 올리지 않고 서명만 합니다",
    ),
    "logged_in_by_certificate": Text(
        "logs in with the certificate alone: it signs a text, nothing else is typed",
        "인증서만으로 로그인합니다: 문구에 서명할 뿐, 다른 입력은 없습니다",
    ),
    "signature_asked": Text(
        "transfer system asks the customer to sign: {state}, {hint}",
        "이체 시스템이 고객에게 서명을 요청합니다: {state}, {hint}",
    ),
    "transfer_signed": Text(
        "shows this text and signs it; the issuer is asked once more: COMPLETED",
        "다음 내용을 보여 주고 서명합니다. 발급기관에 다시 조회한 뒤: COMPLETED",
    ),
    "evidence_checked": Text(
        "takes the evidence of the signature, and checks it without the service:",
        "서명의 증빙을 받아 이 서비스 없이 확인합니다:",
    ),
    "openssl_checked": Text(
        "checks the receipt and the evidence once more, by the documented commands of openssl alone:",
        "문서에 적힌 openssl 명령만으로 영수증과 증빙을 다시 확인합니다:",
    ),
    "openssl_missing": Text(
        "could check both with openssl alone; not installed here: {commands}",
        "openssl만으로도 확인할 수 있으나 이 컴퓨터에 없는 명령이 있습니다: {commands}",
    ),
    "replay_refused": Text(
        "sends the same signature for another transfer: refused",
        "같은 서명을 다른 이체에 보냅니다: 거절",
    ),
    "held_cannot_sign": Text(
        "transfer system asks for a signature meanwhile: {state}, {code}",
        "그동안 이체 시스템이 서명을 요청합니다: {state}, {code}",
    ),
    "loss_reported": Text(
        "reports a loss with the session alone: SUSPENDED, no transaction may use it from now on",
        "세션만으로 분실을 신고합니다: SUSPENDED, 즉시 거래에 사용할 수 없습니다",
    ),
    "resume_refused": Text("asks to resume with the session alone", "세션만으로 신고 취소를 요청합니다"),
    "resumed": Text(
        "uses the passkey and signs with the certificate's key: ACTIVE again",
        "패스키로 본인 확인을 하고 인증서로 서명합니다: 다시 ACTIVE",
    ),
    "expiring_registered": Text(
        "registers a certificate that expires within a week: accepted with a warning",
        "일주일 안에 만료되는 인증서를 등록합니다: 경고와 함께 통과",
    ),
    "expiry_notice": Text("finds it and sends its owner one text message", "고객에게 문자를 한 번 보냅니다"),
    "expiry_once": Text(
        "runs again: no second message is sent", "다시 실행합니다: 같은 알림을 두 번 보내지 않습니다"
    ),
    "renewal_refused": Text(
        "renews it at the issuer, with the same key, and uploads the new certificate",
        "발급기관에서 같은 키로 갱신하고 새 인증서를 올립니다",
    ),
    "renewed": Text(
        "confirms that it replaces the old one: in one write the old is SUPERSEDED, the new ACTIVE",
        "이전 인증서를 대체한다고 확인합니다: 한 번의 쓰기로 이전은 SUPERSEDED, 새것은 ACTIVE",
    ),
    "registrations_notified": Text(
        "has received a notice of each of its {count} registrations",
        "등록 {count}건마다 등록 알림 문자를 받았습니다",
    ),
}

ENDING = Text(
    "A certificate is registered. {steps} steps in {seconds:.0f} s.",
    "인증서 등록을 마쳤습니다. {steps}단계, {seconds:.0f}초.",
)
EXPIRY_NOTICE = Text("certificate ends", "만료됩니다")
REGISTERED_NOTICE = Text("Certificate registered", "등록완료")
"""What two notices of the service say, by which the demo finds them among the text messages."""
