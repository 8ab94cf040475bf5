"""The text messages, to the letter: the review of the Korean wording is kept here."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.rendering import notice_text
from tests.support.bank import BANK
from tests.support.builders import NOW

END = datetime(2026, 12, 3, 14, 59, 59, tzinfo=UTC)
KFTC: Any = SimpleNamespace(
    id="a" * 26 + "3f09c1",
    issuer={"ko": "금융결제원 (yessign)", "en": "KFTC yessign"},
    not_after=END,
    registered_at=NOW,
)
TELLS_NOBODY = "3분 내 입력, 타인에게 알려주지 마십시오"
NOT_ME = "본인 아니면 1588-0000 신고"
NOT_YOU = "Not you? Call 1588-0000"
ONE_CODE: dict[str, object] = {"code": "012345"}
UNTIL: dict[str, object] = {"until_at": "2026-11-24T03:00:00Z"}


@pytest.mark.parametrize(
    ("kind", "params", "korean", "english"),
    [
        (
            Kind.ONE_TIME_CODE,
            ONE_CODE | {"operation": Operation.REGISTER},
            f"인증번호 012345(인증서 등록). {TELLS_NOBODY}",
            "Code 012345 to register a certificate. Valid 3 min. Tell nobody.",
        ),
        (
            Kind.PHONE_CODE,
            ONE_CODE,
            f"인증번호 012345(휴대폰 번호 등록). {TELLS_NOBODY}",
            "Code 012345 to register this number. Valid 3 min. Tell nobody.",
        ),
        (
            Kind.PASSKEY_ADDED,
            {"detail": "갤럭시 S26"},
            f"패스키(갤럭시 S26) 추가를 요청하셨습니다. {NOT_ME}",
            f"You asked to add a passkey (갤럭시 S26). {NOT_YOU}",
        ),
        (
            Kind.PASSKEY_ADDED,
            {"detail": ""},
            f"패스키 추가를 요청하셨습니다. {NOT_ME}",
            f"You asked to add a passkey. {NOT_YOU}",
        ),
        (
            Kind.PASSKEY_REMOVED,
            {"detail": "iPhone"},
            f"패스키(iPhone) 삭제를 요청하셨습니다. {NOT_ME}",
            f"You asked to remove a passkey (iPhone). {NOT_YOU}",
        ),
        (
            Kind.TOTP_ADDED,
            {},
            f"OTP 앱 등록(교체)을 요청하셨습니다. {NOT_ME}",
            f"You asked to set up an OTP app. {NOT_YOU}",
        ),
        (
            Kind.TOTP_REMOVED,
            {},
            f"OTP 앱 삭제를 요청하셨습니다. {NOT_ME}",
            f"You asked to remove the OTP app. {NOT_YOU}",
        ),
        (
            Kind.PHONE_CHANGED,
            {"detail": "010-****-4321"},
            f"휴대폰(010-****-4321) 변경을 요청하셨습니다. {NOT_ME}",
            f"You asked to change your phone (010-****-4321). {NOT_YOU}",
        ),
        (
            Kind.RECOVERY_CANCELLED,
            {},
            f"본인 확인 수단 재설정 취소를 요청하셨습니다. {NOT_ME}",
            f"You asked to cancel the reset. {NOT_YOU}",
        ),
        (
            Kind.RECOVERY_APPROVED,
            {"effective_at": NOW, "phone_masked": "010-****-4321"},
            "재설정: 11/23 12:00부터 인증번호 수신 010-****-4321. 본인 아니면 1588-0000",
            f"Reset: codes to 010-****-4321 from 23 Nov 12:00. {NOT_YOU}",
        ),
        (
            Kind.LOGIN_LOCKED,
            UNTIL,
            f"홍*동님 인증 오류로 11/24 12:00까지 로그인 제한. {NOT_ME}",
            f"Login locked until 24 Nov 12:00. {NOT_YOU}",
        ),
        (
            Kind.UPLOAD_READY,
            UNTIL,
            "홍*동님 인증서 확인완료. 11/24 12:00까지 앱에서 등록. 본인 아니면 1588-0000",
            f"Certificate checked. Register it by 24 Nov 12:00. {NOT_YOU}",
        ),
        (
            Kind.REGISTERED,
            {},
            f"홍*동님 타기관 인증서 등록완료(금융결제원). {NOT_ME}",
            f"Certificate registered (KFTC). {NOT_YOU}",
        ),
        (
            Kind.DEREGISTERED,
            {},
            f"홍*동님 타기관 인증서 등록해제(금융결제원). {NOT_ME}",
            f"Certificate removed (KFTC). {NOT_YOU}",
        ),
        (
            Kind.HOLD_ADDED_CUSTOMER,
            {},
            "홍*동님 분실신고로 인증서 사용정지(금융결제원). 본인 아니면 1588-0000",
            f"Lost certificate suspended (KFTC). {NOT_YOU}",
        ),
        (
            Kind.REVOKED,
            {},
            "홍*동님 인증서 폐지(금융결제원). 새 인증서 등록 필요. 문의 1588-0000",
            "Certificate revoked by issuer (KFTC). Call 1588-0000",
        ),
    ],
)
def test_a_text_message_matches_exactly(kind: Kind, params: dict[str, object], korean: str, english: str) -> None:
    for language, bank, expected in (("ko", "전북은행", korean), ("en", "Jeonbuk Bank", english)):
        notice = notice_text(kind, language, params, NOW, BANK, customer_name="홍길동", registrations=[KFTC])
        assert notice.short == f"[{bank}] {expected}"


@pytest.mark.parametrize(
    ("days", "korean", "english"),
    [
        (
            7,
            "인증서(금융결제원)가 만료됩니다(D-7, 12/3). 갱신 후 재등록",
            "ends 3 Dec (in 7 days). Renew and register it.",
        ),
        (
            1,
            "인증서(금융결제원)가 만료됩니다(D-1, 12/3). 갱신 후 재등록",
            "ends 3 Dec (tomorrow). Renew and register it.",
        ),
        (
            0,
            "인증서(금융결제원)가 만료됩니다(오늘, 12/3). 갱신 후 재등록",
            "ends 3 Dec (today). Renew and register it.",
        ),
        (
            -1,
            "인증서(금융결제원)가 만료되었습니다(12/3). 새로 발급 후 등록",
            "ended on 3 Dec. Get and register a new one.",
        ),
    ],
)
def test_an_expiry_message_matches_exactly(days: int, korean: str, english: str) -> None:
    at = END - timedelta(days=days)
    for language, start, expected in (
        ("ko", "[전북은행] 홍*동님 ", korean),
        ("en", "[Jeonbuk Bank] Your KFTC certificate ", english),
    ):
        notice = notice_text(Kind.EXPIRING, language, {}, at, BANK, customer_name="홍길동", registrations=[KFTC])
        assert notice.short == start + expected


def test_an_expiry_message_of_several_certificates_counts_them() -> None:
    at = END - timedelta(days=7)
    korean, english = (
        notice_text(Kind.EXPIRING, language, {}, at, BANK, customer_name="홍길동", registrations=[KFTC] * 3).short
        for language in ("ko", "en")
    )
    assert korean == "[전북은행] 홍*동님 인증서 3건 만료 안내(먼저 12/3). 앱에서 확인해 주십시오"
    assert english == "[Jeonbuk Bank] 3 certificates end, the first on 3 Dec. See the app."
