"""Texts about certificates: uploads whose check had to wait, registrations, their holds and ends.

`registration_id` gives a text what it says of the registration; `code` (of the catalogue) gives `reason`.
"""

from registrar.domain.notices.kinds import Kind, NoticeWording, Rows, queued

# The fraud report is made by phone; where the certificate can still be used, the loss report stops it at once.
_FRAUD_KO = (
    "본인이 하지 않으셨다면 즉시 {bank} 고객센터({help_desk})로 사고 신고를 해 주십시오. (등록 번호 {reference})"
)
_FRAUD_EN = "Was it not you? Report the fraud to {bank} at once: {help_desk}. (Registration {reference})"
_IN_USE_KO = (
    "본인이 하지 않으셨다면 즉시 앱에서 분실 신고를 하시고, {bank} 고객센터({help_desk})로 사고 신고를 해 "
    "주십시오. (등록 번호 {reference})"
)
_IN_USE_EN = (
    "Was it not you? Report the loss in the app at once, and the fraud to {bank}: {help_desk}. "
    "(Registration {reference})"
)
_ASK_KO = "문의: {bank} 고객센터 {help_desk} (등록 번호 {reference})"
_ASK_EN = "Questions? Call {bank}: {help_desk}. (Registration {reference})"
CERTIFICATES: Rows = {
    # The end of a check that had to wait for the issuer.
    Kind.UPLOAD_READY: queued(
        "until_at",
        NoticeWording(
            "타기관 인증서 확인 완료",
            "[{bank}] {name}님 인증서 확인완료. {until_short}까지 앱에서 등록. 본인 아니면 {help_desk}",
            "{name} 고객님, 올려 주신 인증서의 확인이 끝났습니다. {until_at}까지 앱에서 등록을 마쳐 주십시오. "
            "본인이 하지 않으셨다면 {bank} 고객센터({help_desk})로 사고 신고를 해 주십시오.",
        ),
        NoticeWording(
            "Your certificate is checked",
            "[{bank}] Certificate checked. Register it by {until_short}. Not you? Call {help_desk}",
            "{name}, the certificate you uploaded passed all checks. Finish its registration in the app by "
            "{until_at}. Was it not you? Report the fraud to {bank}: {help_desk}.",
        ),
        urgent=False,
    ),
    Kind.UPLOAD_REFUSED: queued(
        "code",
        NoticeWording(
            "타기관 인증서 등록 불가 안내",
            "[{bank}] {name}님 타기관 인증서 등록불가. 사유는 앱에서 확인하십시오. 문의 {help_desk}",
            "{name} 고객님, 올려 주신 인증서를 등록할 수 없습니다: {reason}. 자세한 내용은 앱에서 확인해 주십시오. "
            "문의: {bank} 고객센터 {help_desk}",
        ),
        NoticeWording(
            "Your certificate cannot be registered",
            "[{bank}] Certificate not registered. See the app. Questions? Call {help_desk}",
            "{name}, the certificate you uploaded cannot be registered: {reason}. The app tells you more. "
            "Questions? Call {bank}: {help_desk}.",
        ),
        urgent=False,
    ),
    Kind.REGISTERED: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 등록 안내",
            "[{bank}] {name}님 타기관 인증서 등록완료({issuer_short}). 본인 아니면 {help_desk} 신고",
            "{name} 고객님, {registered_at}에 인증서(발급기관: {issuer})가 등록되었습니다. " + _IN_USE_KO,
        ),
        NoticeWording(
            "Certificate registered",
            "[{bank}] Certificate registered ({issuer_short}). Not you? Call {help_desk}",
            "{name}, a certificate (issuer: {issuer}) was registered on {registered_at}. " + _IN_USE_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_ADDED_CUSTOMER: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 분실 신고 접수",
            "[{bank}] {name}님 분실신고로 인증서 사용정지({issuer_short}). 본인 아니면 {help_desk}",
            "{name} 고객님, 분실 신고에 따라 인증서(발급기관: {issuer})의 사용을 정지했습니다. "
            "찾으셨다면 앱에서 본인 확인 후 분실 신고를 취소하실 수 있습니다. " + _FRAUD_KO,
        ),
        NoticeWording(
            "Loss report confirmed",
            "[{bank}] Lost certificate suspended ({issuer_short}). Not you? Call {help_desk}",
            "{name}, as you reported it lost, your certificate (issuer: {issuer}) is suspended. "
            "Once you have it back, cancel the loss report in the app after an identity proof. " + _FRAUD_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_LIFTED_CUSTOMER: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 분실 신고 취소",
            "[{bank}] {name}님 인증서 분실신고 취소({issuer_short}). 본인 아니면 {help_desk} 신고",
            "{name} 고객님, 인증서(발급기관: {issuer})의 분실 신고가 취소되었습니다. " + _IN_USE_KO,
        ),
        NoticeWording(
            "Loss report cancelled",
            "[{bank}] Loss report cancelled ({issuer_short}). Not you? Call {help_desk}",
            "{name}, the loss report on your certificate (issuer: {issuer}) was cancelled. " + _IN_USE_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_ADDED_BANK: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 사용 정지",
            "[{bank}] {name}님 은행에서 인증서 사용정지({issuer_short}). 문의 {help_desk}",
            "{name} 고객님, {bank}에서 인증서(발급기관: {issuer})의 사용을 정지했습니다. " + _ASK_KO,
        ),
        NoticeWording(
            "Certificate suspended by the bank",
            "[{bank}] Certificate suspended by the bank ({issuer_short}). Call {help_desk}",
            "{name}, {bank} has suspended your certificate (issuer: {issuer}). " + _ASK_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_LIFTED_BANK: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 사용 정지 해제",
            "[{bank}] {name}님 은행에서 인증서 사용정지 해제({issuer_short}). 문의 {help_desk}",
            "{name} 고객님, {bank}에서 인증서(발급기관: {issuer})의 사용 정지를 해제했습니다. " + _ASK_KO,
        ),
        NoticeWording(
            "Suspension lifted by the bank",
            "[{bank}] Suspension lifted by the bank ({issuer_short}). Call {help_desk}",
            "{name}, {bank} has lifted its suspension of your certificate (issuer: {issuer}). " + _ASK_EN,
        ),
        urgent=False,
    ),
    Kind.HOLD_ADDED_ISSUER: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 효력 정지 안내",
            "[{bank}] {name}님 발급기관에서 인증서 효력정지({issuer_short}). 문의 {help_desk}",
            "{name} 고객님, 발급기관({issuer})에서 인증서의 효력을 정지했습니다. 인증서를 발급받은 곳에서 "
            "해제하시면 {bank}에서도 다시 사용하실 수 있습니다. " + _ASK_KO,
        ),
        NoticeWording(
            "Certificate suspended by its issuer",
            "[{bank}] Certificate suspended by issuer ({issuer_short}). Call {help_desk}",
            "{name}, the issuer ({issuer}) has suspended your certificate. Have the suspension lifted where you "
            "got the certificate; {bank} will then accept it again. " + _ASK_EN,
        ),
        urgent=True,
    ),
    Kind.HOLD_LIFTED_ISSUER: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 효력 회복 안내",
            "[{bank}] {name}님 발급기관에서 인증서 효력회복({issuer_short}). 문의 {help_desk}",
            "{name} 고객님, 발급기관({issuer})에서 효력 정지를 해제하여 인증서의 효력이 회복되었습니다. " + _ASK_KO,
        ),
        NoticeWording(
            "Issuer's suspension lifted",
            "[{bank}] Issuer's suspension lifted ({issuer_short}). Questions? Call {help_desk}",
            "{name}, the issuer ({issuer}) has lifted its suspension of your certificate. " + _ASK_EN,
        ),
        urgent=False,
    ),
    Kind.BLOCKED: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 차단 안내",
            "[{bank}] {name}님 인증서 차단({issuer_short}). 새 인증서 등록 필요. 문의 {help_desk}",
            "{name} 고객님, 인증서(발급기관: {issuer})가 차단되어 {bank}에서 더 이상 사용하실 수 없습니다. "
            "인증서를 발급받은 곳에서 폐지한 뒤 새로 발급받아 등록해 주십시오. " + _ASK_KO,
        ),
        NoticeWording(
            "Certificate blocked",
            "[{bank}] Certificate blocked ({issuer_short}). Questions? Call {help_desk}",
            "{name}, your certificate (issuer: {issuer}) is blocked and can no longer be used with {bank}. "
            "Have it revoked where you got it, and register a new one. " + _ASK_EN,
        ),
        urgent=True,
    ),
    Kind.REVOKED: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 폐지 안내",
            "[{bank}] {name}님 인증서 폐지({issuer_short}). 새 인증서 등록 필요. 문의 {help_desk}",
            "{name} 고객님, 발급기관({issuer})에서 인증서를 폐지하여 더 이상 사용하실 수 없습니다. "
            "갱신하셨다면 새 인증서를 앱에 등록해 주십시오. " + _ASK_KO,
        ),
        NoticeWording(
            "Certificate revoked by its issuer",
            "[{bank}] Certificate revoked by issuer ({issuer_short}). Call {help_desk}",
            "{name}, the issuer ({issuer}) has revoked your certificate; it can no longer be used. "
            "If you renewed it, register the new one in the app. " + _ASK_EN,
        ),
        urgent=True,
    ),
    Kind.DEREGISTERED: queued(
        "registration_id",
        NoticeWording(
            "타기관 인증서 등록 해제 안내",
            "[{bank}] {name}님 타기관 인증서 등록해제({issuer_short}). 본인 아니면 {help_desk} 신고",
            "{name} 고객님, 인증서(발급기관: {issuer})의 등록이 해제되었습니다. " + _FRAUD_KO,
        ),
        NoticeWording(
            "Certificate removed",
            "[{bank}] Certificate removed ({issuer_short}). Not you? Call {help_desk}",
            "{name}, your certificate (issuer: {issuer}) was removed. " + _FRAUD_EN,
        ),
        urgent=True,
    ),
    # What `texts_expiry.py` adds depends on the days left and on how many certificates there are.
    Kind.EXPIRING: queued(
        "registrations",
        NoticeWording(
            "타기관 인증서 만료 안내",
            "[{bank}] {name}님 {expiring_short}",
            "{name} 고객님, 등록하신 인증서의 만료를 안내드립니다. {expiring}. 만료 전이면 만료 30일 전부터 "
            "인증서를 발급받은 은행(증권사, 인증기관)에서 갱신하실 수 있으며, 만료된 뒤에는 새로 "
            "발급받으셔야 합니다. 갱신하거나 새로 발급받은 인증서는 앱에 다시 등록해 주십시오. "
            "문의: {bank} 고객센터 {help_desk}",
        ),
        NoticeWording(
            "Certificate expiry",
            "[{bank}] {expiring_short}",
            "{name}, about the certificates you registered: {expiring}. Renewal opens 30 days before the end, at "
            "the bank (or broker, or authority) where you got the certificate; after the end you need a new one. "
            "Register the renewed or new certificate in the app. Questions? Call {bank}: {help_desk}.",
        ),
        urgent=False,
    ),
}
