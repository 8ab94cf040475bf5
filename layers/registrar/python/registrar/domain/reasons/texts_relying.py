"""Texts of the catalogue for developers of relying services, explained in docs/relying.md."""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

RELYING_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.NOT_REGISTERED: {
        "ko": Wording(
            "등록되지 않은 인증서입니다",
            "{bank}에 등록되지 않은 인증서입니다. 사용하시려면 먼저 인증서를 등록해 주십시오.",
        ),
        "en": Wording(
            "This certificate is not registered",
            "This certificate is not registered with {bank}. Register it first to use it.",
        ),
    },
    Code.STATUS_OUTDATED: {
        "ko": Wording(
            "인증서 상태를 다시 확인해야 합니다",
            "마지막으로 확인한 인증서 상태가 이 업무에 사용하기에는 오래되었습니다. 앱의 인증서 관리 화면에서 "
            "상태를 조회하시면 발급기관에 다시 확인합니다.",
        ),
        "en": Wording(
            "The revocation status is too old",
            "The certificate's last known status is too old for this purpose. Check its status in the app, "
            "under Certificates: then the issuer is asked again.",
        ),
    },
    Code.SIGNING_KIND_NOT_ALLOWED: {
        "ko": Wording(
            "이 종류의 서명을 요청할 수 없는 시스템입니다",
            "은행이 이 시스템에 허용한 서명 요청의 종류가 아닙니다. 필요한 종류라면 허용 범위를 바꾼 뒤 다시 "
            "요청해 주십시오.",
        ),
        "en": Wording(
            "This service may not ask for this kind of signature",
            "The bank's entry for this service does not name this kind of signature request. If the service needs "
            "it, have the entry changed.",
        ),
    },
    Code.IDEMPOTENCY_KEY_REUSED: {
        "ko": Wording(
            "이미 다른 내용에 사용한 키입니다",
            "같은 Idempotency-Key로 같은 고객에게 다른 내용을 요청한 적이 있습니다. 새 요청에는 새 키를 사용해 "
            "주십시오.",
        ),
        "en": Wording(
            "The key was used for something else",
            "This Idempotency-Key was sent before for the same customer with other content. Use a new key for a "
            "new request.",
        ),
    },
    Code.SIGNATURE_NOT_VERIFIED: {
        "ko": Wording(
            "서명이 확인되지 않습니다",
            "이 인증서의 키로 이 내용에 한 서명이 아닙니다({why}). 서명한 원문과 인증서를 그대로 보냈는지 확인해 "
            "주십시오.",
        ),
        "en": Wording(
            "The signature does not verify",
            "It is not this certificate's signature over this content ({why}). Check that you sent the content and "
            "the certificate unchanged.",
        ),
    },
    Code.SIGNED_IN_FUTURE: {
        "ko": Wording(
            "서명 시각이 아직 오지 않았습니다",
            "요청의 서명 시각이 지금보다 늦습니다. 시스템의 시각과 UTC로 적었는지 확인해 주십시오.",
        ),
        "en": Wording(
            "The time of signing has not come yet",
            "The time in the request is later than now. Check the system's clock, and that the time is in UTC.",
        ),
    },
    Code.STATUS_BEFORE_SIGNING: {
        "ko": Wording(
            "서명 전의 상태만 확인되었습니다",
            "발급기관({issuer})에서 유효하다고 확인한 시각({stated_at})이 서명 시각보다 이릅니다. 필요하면 "
            "나중에 다시 확인해 주십시오.",
        ),
        "en": Wording(
            "The status is from before the signing",
            "The issuer ({issuer}) confirmed that the certificate was valid at {stated_at}, which is before the "
            "signing. Verify it again later if you need a status from after it.",
        ),
    },
    Code.SIGNING_TIME_DIFFERS: {
        "ko": Wording(
            "서명에 기록된 시각이 다릅니다",
            "서명 메시지에 기록된 서명 시각({stated_at})이 요청의 서명 시각과 다릅니다. 확인은 요청의 시각을 "
            "기준으로 했습니다.",
        ),
        "en": Wording(
            "The signature states another time",
            "The time of signing in the message ({stated_at}) is not the time in the request. The checks took "
            "the time in the request.",
        ),
    },
    Code.REVOKED_AFTER_SIGNING: {
        "ko": Wording(
            "서명 후 폐지되거나 효력이 정지된 인증서입니다",
            "발급기관({issuer})에서 {revoked_on}에 폐지하거나 효력을 정지했습니다. 그 전에 서명을 받은 기록이 "
            "있는 경우에만 이 서명을 사용해 주십시오.",
        ),
        "en": Wording(
            "The certificate was revoked or suspended after signing",
            "The issuer ({issuer}) revoked or suspended it on {revoked_on}. Rely on the signature only if your "
            "own records show that you had it before.",
        ),
    },
    Code.REVOCATION_NO_LONGER_STATED: {
        "ko": Wording(
            "발급기관에서 상태를 더 이상 제공하지 않습니다",
            "인증서가 만료되어 발급기관({issuer})에서 폐지 여부를 더 이상 확인할 수 없습니다. 서명 당시의 "
            "상태는 발급기관에 문의해 주십시오.",
        ),
        "en": Wording(
            "The issuer no longer states the certificate's status",
            "The certificate has expired since, so the issuer ({issuer}) no longer states whether it was "
            "revoked. Ask the issuer for its status at the time of signing.",
        ),
    },
    Code.RELYING_SERVICE_NOT_SIGNED: {
        "ko": Wording(
            "서명이 필요한 요청입니다",
            "요청에 올바른 서명(SigV4)이 없거나 없는 주소입니다. 시스템의 역할로 서명했는지, 시각과 주소가 맞는지 "
            "확인해 주십시오.",
        ),
        "en": Wording(
            "The request has no valid signature",
            "It is not signed (SigV4) as the service's role, or there is no such address. Check the credentials, "
            "the clock and the address.",
        ),
    },
    Code.RELYING_SERVICE_UNKNOWN: {
        "ko": Wording(
            "등재되지 않은 시스템입니다",
            "서명한 역할이 은행의 이용 시스템 목록에 없습니다. 시스템을 등재한 뒤 다시 요청해 주십시오.",
        ),
        "en": Wording(
            "The bank has not entered this service",
            "The role that signed is not in the bank's list of relying services. Have it entered, then try again.",
        ),
    },
    Code.RELYING_SERVICE_NOT_ALLOWED: {
        "ko": Wording(
            "이 업무에 허용되지 않은 시스템입니다",
            "은행이 이 시스템에 허용한 업무가 아닙니다. 필요한 업무라면 허용 범위를 바꾼 뒤 다시 요청해 주십시오.",
        ),
        "en": Wording(
            "This service may not do that",
            "The bank's entry for this service does not allow it. If the service needs it, have the entry changed.",
        ),
    },
}
