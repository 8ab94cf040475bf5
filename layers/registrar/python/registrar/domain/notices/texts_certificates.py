"""Texts about certificates: uploads whose check had to wait, registrations, their holds and ends.

`registration_id` gives a text what it says of the registration; `code` (of the catalogue) gives `reason`.
"""

from registrar.domain.notices.kinds import Kind, Rows, queued
from registrar.domain.reasons.wording import Wording

_NOT_ME_KO = (
    "본인이 하지 않았다면 앱의 '인증서 > 본인이 아닙니다' 화면이나 은행 고객센터로 즉시 알려 주십시오. "
    "(등록 번호 {reference})"
)
_NOT_ME_EN = (
    'Was it not you? Tell us at once: in the app under "Certificates > Not me", or at the bank\'s help desk. '
    "(Registration {reference})"
)
CERTIFICATES: Rows = {
    # The end of a check that had to wait for the issuer.
    Kind.UPLOAD_READY: queued(
        "until_at",
        Wording(
            "타기관 인증서 확인 완료",
            "{name} 고객님, 올려 주신 인증서의 확인이 끝났습니다. {until_at}까지 앱에서 등록을 마쳐 주십시오.",
        ),
        Wording(
            "Your certificate is checked",
            "{name}, the certificate you uploaded passed all checks. "
            "Finish its registration in the app by {until_at}.",
        ),
        urgent=False,
    ),
    Kind.UPLOAD_REFUSED: queued(
        "code",
        Wording(
            "타기관 인증서 등록 불가 안내",
            "{name} 고객님, 올려 주신 인증서를 등록할 수 없습니다: {reason}. 자세한 내용은 앱에서 확인해 주십시오.",
        ),
        Wording(
            "Your certificate cannot be registered",
            "{name}, the certificate you uploaded cannot be registered: {reason}. The app tells you more.",
        ),
        urgent=False,
    ),
    Kind.REGISTERED: queued(
        "registration_id",
        Wording(
            "타기관 인증서 등록 안내",
            "{name} 고객님, {registered_at}에 인증서(발급기관: {issuer})가 등록되었습니다. " + _NOT_ME_KO,
        ),
        Wording(
            "Certificate registered",
            "{name}, a certificate (issuer: {issuer}) was registered on {registered_at}. " + _NOT_ME_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_ADDED_CUSTOMER: queued(
        "registration_id",
        Wording(
            "타기관 인증서 분실 신고 접수",
            "{name} 고객님, 분실 신고에 따라 인증서(발급기관: {issuer})의 사용을 정지했습니다. "
            "찾으셨다면 앱에서 본인 확인 후 다시 사용할 수 있습니다. " + _NOT_ME_KO,
        ),
        Wording(
            "Loss report confirmed",
            "{name}, as you reported it lost, your certificate (issuer: {issuer}) is suspended. "
            "Once you have it back, resume it in the app after an identity proof. " + _NOT_ME_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_LIFTED_CUSTOMER: queued(
        "registration_id",
        Wording(
            "타기관 인증서 분실 신고 해제",
            "{name} 고객님, 인증서(발급기관: {issuer})의 분실 신고가 해제되었습니다. " + _NOT_ME_KO,
        ),
        Wording(
            "Loss report lifted",
            "{name}, the loss report on your certificate (issuer: {issuer}) was lifted. " + _NOT_ME_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_ADDED_BANK: queued(
        "registration_id",
        Wording(
            "타기관 인증서 사용 정지",
            "{name} 고객님, 은행이 인증서(발급기관: {issuer})의 사용을 정지했습니다. "
            "은행 고객센터로 문의해 주십시오. (등록 번호 {reference})",
        ),
        Wording(
            "Certificate suspended by the bank",
            "{name}, the bank has suspended your certificate (issuer: {issuer}). "
            "Please call the bank's help desk. (Registration {reference})",
        ),
        urgent=True,
    ),
    Kind.HOLD_LIFTED_BANK: queued(
        "registration_id",
        Wording(
            "타기관 인증서 사용 정지 해제",
            "{name} 고객님, 은행이 인증서(발급기관: {issuer})의 사용 정지를 해제했습니다. (등록 번호 {reference})",
        ),
        Wording(
            "Suspension lifted by the bank",
            "{name}, the bank has lifted its suspension of your certificate (issuer: {issuer}). "
            "(Registration {reference})",
        ),
        urgent=False,
    ),
    Kind.HOLD_ADDED_ISSUER: queued(
        "registration_id",
        Wording(
            "타기관 인증서 효력 정지 안내",
            "{name} 고객님, 발급기관({issuer})이 인증서의 효력을 정지했습니다. 해제는 발급기관에서 하실 수 있으며, "
            "해제되면 이 은행에서도 다시 사용할 수 있습니다. (등록 번호 {reference})",
        ),
        Wording(
            "Certificate put on hold by its issuer",
            "{name}, the issuer ({issuer}) has put your certificate on hold. Have it lifted there; "
            "this bank will then accept it again. (Registration {reference})",
        ),
        urgent=True,
    ),
    Kind.HOLD_LIFTED_ISSUER: queued(
        "registration_id",
        Wording(
            "타기관 인증서 효력 회복 안내",
            "{name} 고객님, 발급기관({issuer})이 인증서의 효력 정지를 해제했습니다. (등록 번호 {reference})",
        ),
        Wording(
            "Issuer's hold lifted",
            "{name}, the issuer ({issuer}) has lifted its hold on your certificate. (Registration {reference})",
        ),
        urgent=False,
    ),
    Kind.BLOCKED: queued(
        "registration_id",
        Wording(
            "타기관 인증서 차단 안내",
            "{name} 고객님, 인증서(발급기관: {issuer})가 차단되어 이 은행에서 더 이상 사용할 수 없습니다. "
            "발급기관에서 폐지한 뒤 새로 발급받으시고, 문의는 은행 고객센터로 해 주십시오. (등록 번호 {reference})",
        ),
        Wording(
            "Certificate blocked",
            "{name}, your certificate (issuer: {issuer}) is blocked and can no longer be used with this bank. "
            "Have the issuer revoke it and issue a new one; the bank's help desk answers questions. "
            "(Registration {reference})",
        ),
        urgent=True,
    ),
    Kind.REVOKED: queued(
        "registration_id",
        Wording(
            "타기관 인증서 폐지 안내",
            "{name} 고객님, 발급기관({issuer})이 인증서를 폐지하여 더 이상 사용할 수 없습니다. "
            "갱신하셨다면 새 인증서를 앱에 등록해 주십시오. (등록 번호 {reference})",
        ),
        Wording(
            "Certificate revoked by its issuer",
            "{name}, the issuer ({issuer}) has revoked your certificate; it can no longer be used. "
            "If you renewed it, register the new one in the app. (Registration {reference})",
        ),
        urgent=True,
    ),
    Kind.DEREGISTERED: queued(
        "registration_id",
        Wording(
            "타기관 인증서 등록 해제 안내",
            "{name} 고객님, 인증서(발급기관: {issuer})의 등록이 해제되었습니다. " + _NOT_ME_KO,
        ),
        Wording(
            "Certificate deregistered",
            "{name}, your certificate (issuer: {issuer}) was deregistered. " + _NOT_ME_EN,
        ),
        urgent=True,
    ),
    # The text depends on the days left and on how many there are: `texts_expiry.py` makes it.
    Kind.EXPIRING: queued(
        "registrations",
        Wording("타기관 인증서 만료 안내", "{expiring}"),
        Wording("Certificate expiry", "{expiring}"),
        urgent=False,
    ),
}
