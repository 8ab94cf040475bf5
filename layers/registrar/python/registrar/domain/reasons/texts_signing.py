"""Texts of the catalogue about signature requests."""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

SIGNING_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.SIGNING_REQUEST_NOT_FOUND: {
        "ko": Wording(
            "해당 서명 요청이 없습니다",
            "이 고객에게 온 서명 요청이 아니거나 보관 기간이 지났습니다. 거래 화면에서 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "There is no such signature request",
            "It was not sent to this customer, or is no longer stored. Start the transaction again.",
        ),
    },
    Code.SIGNING_REQUEST_EXPIRED: {
        "ko": Wording(
            "서명할 시간이 지났습니다",
            "서명 요청의 유효 시간이 지나 거래가 처리되지 않았습니다. 거래 화면에서 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "The time to sign has passed",
            "The signature request is no longer valid, so nothing was signed. Start the transaction again.",
        ),
    },
    Code.SIGNING_SIGNATURE_INVALID: {
        "ko": Wording(
            "서명이 맞지 않습니다",
            "선택한 인증서로 이 거래의 문구에 한 서명이 아닙니다. 문구를 다시 불러와 서명해 주십시오. 남은 횟수는 "
            "{tries_left}번입니다.",
        ),
        "en": Wording(
            "The signature does not fit",
            "It is not a signature of the chosen certificate over this transaction's text. Load the text again and "
            "sign it. Tries left: {tries_left}.",
        ),
    },
    Code.SIGNING_ATTEMPTS_EXCEEDED: {
        "ko": Wording(
            "맞지 않는 서명이 여러 번 있었습니다",
            "서명이 세 번 맞지 않아 이 거래의 서명 요청을 마쳤습니다. 거래 화면에서 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "Too many signatures did not fit",
            "Three signatures did not fit, so this signature request has ended. Start the transaction again.",
        ),
    },
}
