"""Texts for what issuers say of a certificate's status, or do not say.

Code to language to wording. Each text says what is the case, why, and what to do next. Korean in 합니다체.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

REVOCATION_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.TRUST_CA_REVOKED: {
        "ko": Wording(
            "발급기관의 인증서가 폐지되었습니다",
            "이 인증서를 발급한 기관({issuer})의 인증서가 폐지되어, 그 기관이 그것으로 발급한 인증서는 등록할 "
            "수 없습니다. 발급기관에서 새 인증서를 다시 발급받은 뒤 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer's own certificate was revoked",
            "The certificate with which the issuer ({issuer}) issued yours has been revoked, so what it issued "
            "cannot be registered. Have a new certificate issued there, then register the new one.",
        ),
    },
    Code.REVOKED_BY_ISSUER: {
        "ko": Wording(
            "폐지된 인증서입니다",
            "발급기관({issuer})이 {revoked_on}에 이 인증서를 폐지했으므로 등록할 수 없습니다. 발급기관에서 다시 "
            "발급받은 뒤 새 인증서를 등록해 주십시오. 직접 폐지한 적이 없다면 발급기관에 이유를 물어보십시오.",
        ),
        "en": Wording(
            "The certificate was revoked",
            "The issuer ({issuer}) revoked this certificate on {revoked_on}, so it cannot be registered. Have "
            "it reissued there and register the new one. If you did not ask for this, ask the issuer why.",
        ),
    },
    Code.REVOKED_RENEWED: {
        "ko": Wording(
            "갱신되기 전의 인증서입니다",
            "이 인증서는 갱신 또는 재발급되어 더 이상 쓸 수 없습니다. 발급기관({issuer})에서 받은 새 인증서를 "
            "등록해 주십시오.",
        ),
        "en": Wording(
            "This is the certificate from before a renewal",
            "It was renewed or reissued and is no longer good. Register the new certificate that you got from "
            "the issuer ({issuer}).",
        ),
    },
    Code.ISSUER_ON_HOLD: {
        "ko": Wording(
            "효력이 정지된 인증서입니다",
            "발급기관({issuer})이 이 인증서의 효력을 정지한 상태라 등록할 수 없습니다. 발급기관에서 효력 회복을 "
            "신청한 뒤 다시 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer has suspended the certificate",
            "The issuer ({issuer}) has suspended this certificate, so it cannot be registered now. Ask the "
            "issuer to lift the suspension, then register it again.",
        ),
    },
    Code.REVOCATION_STATUS_UNKNOWN: {
        "ko": Wording(
            "발급기관이 이 인증서를 모른다고 합니다",
            "발급기관({issuer})에 물었으나 이 인증서를 알지 못한다는 답을 받아 등록할 수 없습니다. 방금 "
            "발급받았다면 잠시 뒤 다시 등록하고, 계속되면 발급기관에 문의해 주십시오.",
        ),
        "en": Wording(
            "The issuer does not know this certificate",
            "The issuer ({issuer}) was asked and answered that it does not know this certificate, so it cannot "
            "be registered. If it was issued just now, register it again a little later; otherwise ask the "
            "issuer.",
        ),
    },
    Code.REVOCATION_UNAVAILABLE: {
        "ko": Wording(
            "발급기관의 답을 기다리고 있습니다",
            "폐지되었는지 확인하려고 했으나 발급기관({issuer})이 지금 답하지 않습니다. 저희가 24시간 동안 다시 "
            "묻고 결과를 알려 드립니다. 다시 올리실 필요는 없습니다.",
        ),
        "en": Wording(
            "Waiting for the issuer's answer",
            "Whether the certificate was revoked could not be found out: the issuer ({issuer}) does not answer "
            "now. We go on asking for 24 hours and tell you the outcome. You need not upload anything again.",
        ),
    },
    Code.REVOCATION_STALE: {
        "ko": Wording(
            "발급기관의 새 정보를 기다리고 있습니다",
            "발급기관({issuer})이 준 폐지 정보가 오래되어 믿을 수 없습니다. 저희가 24시간 동안 다시 묻고 결과를 "
            "알려 드립니다. 다시 올리실 필요는 없습니다.",
        ),
        "en": Wording(
            "Waiting for newer information from the issuer",
            "What the issuer ({issuer}) says about revoked certificates is too old to rely on. We go on asking "
            "for 24 hours and tell you the outcome. You need not upload anything again.",
        ),
    },
    Code.REVOCATION_ANSWER_INVALID: {
        "ko": Wording(
            "발급기관의 올바른 답을 기다리고 있습니다",
            "발급기관({issuer})에서 받은 답이 올바르지 않아 믿을 수 없습니다. 저희가 24시간 동안 다시 묻고 "
            "결과를 알려 드립니다. 다시 올리실 필요는 없습니다.",
        ),
        "en": Wording(
            "Waiting for a proper answer from the issuer",
            "The answer that came from the issuer ({issuer}) is not in order and was not trusted. We go on "
            "asking for 24 hours and tell you the outcome. You need not upload anything again.",
        ),
    },
    Code.REVOCATION_NOT_CONFIRMED: {
        "ko": Wording(
            "지금은 인증서의 상태를 확인할 수 없습니다",
            "큰 금액의 거래에는 방금 확인한 상태가 필요한데, 발급기관({issuer})에서 이 인증서가 유효하다는 답을 "
            "받지 못했습니다. 잠시 뒤 다시 시도하거나 다른 인증 방법을 사용해 주십시오.",
        ),
        "en": Wording(
            "The certificate's status cannot be confirmed now",
            "A transaction of high value needs a status confirmed just now, and the issuer ({issuer}) did not "
            "say that this certificate is good. Try again shortly, or use another means of authentication.",
        ),
    },
    Code.REVOCATION_GIVEN_UP: {
        "ko": Wording(
            "발급기관이 하루 동안 답하지 않았습니다",
            "24시간 동안 물었으나 발급기관({issuer})에서 이 인증서의 폐지 여부를 확인하지 못해 등록을 마치지 "
            "못했습니다. 인증서에 문제가 있다는 뜻은 아닙니다. 나중에 처음부터 다시 등록해 주십시오.",
        ),
        "en": Wording(
            "The issuer did not answer for a day",
            "For 24 hours the issuer ({issuer}) could not confirm that this certificate is not revoked, so the "
            "registration was not completed. That does not mean that anything is wrong with your certificate. "
            "Start again later.",
        ),
    },
}
