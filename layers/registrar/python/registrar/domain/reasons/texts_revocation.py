"""Texts for what issuers say of a certificate's status, or do not say.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 하십시오체 (docs/texts.md).
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

REVOCATION_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.TRUST_CA_REVOKED: {
        "ko": Wording(
            "발급기관의 인증서가 폐지되었습니다",
            "발급기관({issuer})의 인증서가 폐지되어 그 인증서로 발급된 인증서는 등록할 수 없습니다. 인증서를 "
            "발급받은 은행에서 재발급받아 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer's own certificate was revoked",
            "The certificate with which the issuer ({issuer}) issued yours has been revoked, so yours cannot be "
            "registered. Have it reissued at the bank that issued it, then register the new one.",
        ),
    },
    Code.REVOKED_BY_ISSUER: {
        "ko": Wording(
            "폐지된 인증서입니다",
            "발급기관에서 폐지된 인증서는 등록할 수 없습니다(폐지일: {revoked_on}, 발급기관: {issuer}). "
            "인증서를 발급받은 은행에서 재발급받아 등록해 주십시오. 본인이 폐지하지 않으셨다면 그 은행에 사유를 "
            "확인해 주십시오.",
        ),
        "en": Wording(
            "The certificate was revoked",
            "A revoked certificate cannot be registered (revoked on {revoked_on}, issuer: {issuer}). Have it "
            "reissued at the bank that issued it and register the new one. If you did not ask for this, ask "
            "that bank why.",
        ),
    },
    Code.REVOKED_RENEWED: {
        "ko": Wording(
            "갱신되기 전의 인증서입니다",
            "갱신 또는 재발급되어 더 이상 사용할 수 없는 인증서입니다(발급기관: {issuer}). 새로 발급받으신 "
            "인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "This is the certificate from before a renewal",
            "It was renewed or reissued and can no longer be used (issuer: {issuer}). Register the new "
            "certificate that you got.",
        ),
    },
    Code.ISSUER_ON_HOLD: {
        "ko": Wording(
            "효력이 정지된 인증서입니다",
            "발급기관({issuer})에서 효력을 정지한 인증서는 등록할 수 없습니다. 인증서를 발급받은 은행에서 "
            "효력을 회복한 뒤 다시 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer has suspended the certificate",
            "The issuer ({issuer}) has suspended this certificate, so it cannot be registered now. Have the "
            "suspension lifted at the bank that issued it, then register it again.",
        ),
    },
    Code.REVOCATION_STATUS_UNKNOWN: {
        "ko": Wording(
            "인증서 정보를 확인할 수 없습니다",
            "발급기관({issuer})에서 인증서 정보를 확인할 수 없어 등록하지 못했습니다. 방금 발급받으셨다면 잠시 "
            "후 다시 등록하고, 계속되면 인증서를 발급받은 은행에 문의해 주십시오.",
        ),
        "en": Wording(
            "The issuer has no record of this certificate",
            "The issuer ({issuer}) has no record of this certificate, so it cannot be registered. If it was "
            "issued just now, register it again a little later; if this happens again, ask the bank that issued "
            "it.",
        ),
    },
    Code.REVOCATION_UNAVAILABLE: {
        "ko": Wording(
            "발급기관의 응답을 기다리고 있습니다",
            "발급기관({issuer})의 응답이 없어 폐지 여부를 확인하지 못했습니다. 24시간 동안 다시 조회하여 결과를 "
            "알려 드립니다. 파일을 다시 올리지 않으셔도 됩니다.",
        ),
        "en": Wording(
            "Waiting for the issuer's response",
            "The issuer ({issuer}) does not respond now, so it is not known whether the certificate was "
            "revoked. We ask again for 24 hours and send you the result. You need not upload anything again.",
        ),
    },
    Code.REVOCATION_STALE: {
        "ko": Wording(
            "발급기관의 최신 정보를 기다리고 있습니다",
            "발급기관({issuer})의 폐지 정보가 최신이 아니어서 폐지 여부를 확인하지 못했습니다. 24시간 동안 다시 "
            "조회하여 결과를 알려 드립니다. 파일을 다시 올리지 않으셔도 됩니다.",
        ),
        "en": Wording(
            "Waiting for newer information from the issuer",
            "The information of the issuer ({issuer}) about revoked certificates is too old to rely on. We ask "
            "again for 24 hours and send you the result. You need not upload anything again.",
        ),
    },
    Code.REVOCATION_ANSWER_INVALID: {
        "ko": Wording(
            "발급기관의 정상 응답을 기다리고 있습니다",
            "발급기관({issuer})의 응답이 올바르지 않아 폐지 여부를 확인하지 못했습니다. 24시간 동안 다시 "
            "조회하여 결과를 알려 드립니다. 파일을 다시 올리지 않으셔도 됩니다.",
        ),
        "en": Wording(
            "Waiting for a valid response from the issuer",
            "The response of the issuer ({issuer}) was not valid and was not used. We ask again for 24 hours "
            "and send you the result. You need not upload anything again.",
        ),
    },
    Code.REVOCATION_NOT_CONFIRMED: {
        "ko": Wording(
            "인증서 상태를 확인할 수 없습니다",
            "고액 거래에는 인증서 상태를 실시간으로 확인해야 하나, 발급기관({issuer})에서 유효하다는 응답을 "
            "받지 못했습니다. 잠시 후 다시 시도하거나 다른 인증 수단을 사용해 주십시오.",
        ),
        "en": Wording(
            "The certificate's status cannot be confirmed now",
            "A transaction of high value needs a status confirmed just now, and the issuer ({issuer}) did not "
            "confirm that this certificate is valid. Try again shortly, or use another means of authentication.",
        ),
    },
    Code.REVOCATION_GIVEN_UP: {
        "ko": Wording(
            "폐지 여부를 확인하지 못했습니다",
            "24시간 동안 발급기관({issuer})에서 폐지 여부를 확인하지 못해 등록이 완료되지 않았습니다. 인증서에 "
            "문제가 있다는 뜻은 아닙니다. 나중에 처음부터 다시 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer did not respond for a day",
            "For 24 hours the issuer ({issuer}) could not confirm that this certificate is not revoked, so the "
            "registration was not completed. This does not mean that anything is wrong with your certificate. "
            "Start again later.",
        ),
    },
}
