"""Texts of the catalogue about signature requests."""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

SIGNING_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.SIGNING_REQUEST_NOT_FOUND: {
        "ko": Wording(
            "서명 요청을 찾을 수 없습니다",
            "고객님께 온 서명 요청이 아니거나 보관 기간이 지났습니다. 거래 화면에서 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "There is no such signature request",
            "It was not sent to you, or is no longer stored. Start the transaction again.",
        ),
    },
    Code.SIGNING_REQUEST_EXPIRED: {
        "ko": Wording(
            "서명 시간이 지났습니다",
            "서명 요청의 유효 시간이 지나 거래가 처리되지 않았습니다. 거래 화면에서 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "The time to sign has passed",
            "The signature request is no longer valid, so nothing was signed. Start the transaction again.",
        ),
    },
    Code.SIGNING_SIGNATURE_INVALID: {
        "ko": Wording(
            "서명이 확인되지 않았습니다",
            "선택하신 인증서로 이 거래 내용에 서명한 것이 아닙니다. 거래 내용을 다시 확인하고 서명해 주십시오. "
            "남은 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "The signature does not match",
            "It is not a signature of the chosen certificate over this transaction's text. Load the text again "
            "and sign it. Tries left: {tries_left}.",
        ),
    },
    Code.SIGNING_ATTEMPTS_EXCEEDED: {
        "ko": Wording(
            "서명 횟수를 초과했습니다",
            "서명이 세 번 확인되지 않아 이 거래의 서명 요청을 종료했습니다. 거래 화면에서 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "No tries left to sign",
            "Three signatures did not match, so this signature request has ended. Start the transaction again.",
        ),
    },
}
