"""Texts that are sent at once, to the letter, as a phone shows them."""

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.rendering import notice_text
from tests.support.builders import NOW

VALUES = {
    "operation": Operation.REGISTER,
    "changed_at": NOW,
    "effective_at": NOW,
    "phone_masked": "010-****-4321",
}


@pytest.mark.parametrize(
    ("kind", "params", "korean", "english"),
    [
        (
            Kind.ONE_TIME_CODE,
            {"code": "012345"},
            (
                "[인증번호 012345] 인증서 등록용 인증번호입니다. 3분 안에 앱에 입력해 주십시오. 은행 "
                "직원은 이 번호를 묻지 않습니다. 요청하지 않으셨다면 누구에게도 알려 주지 마시고 "
                "고객센터로 연락해 주십시오."
            ),
            (
                "[Code 012345] This code is to register a certificate. Enter it in the app within 3 "
                "minutes. Nobody at the bank asks for it. If you did not ask for it, tell nobody and "
                "call the help desk."
            ),
        ),
        (
            Kind.PASSKEY_ADDED,
            {"detail": "갤럭시 S26"},
            (
                "[본인 확인 수단 변경 안내] 2026년 11월 23일 12:00, 고객님의 패스키가 추가됩니다 (갤럭시 "
                "S26). 본인이 하지 않았다면 즉시 고객센터로 전화하시거나 앱에서 사고 신고를 해 주십시오."
            ),
            (
                "[Identity proof changed] 23 November 2026, 12:00 KST: a passkey is being added (갤럭시 "
                "S26). Was it not you? Call the bank's help desk or report it in the app at once."
            ),
        ),
        (
            Kind.PASSKEY_REMOVED,
            {"detail": " "},
            (
                "[본인 확인 수단 변경 안내] 2026년 11월 23일 12:00, 고객님의 패스키가 삭제됩니다. 본인이 "
                "하지 않았다면 즉시 고객센터로 전화하시거나 앱에서 사고 신고를 해 주십시오."
            ),
            (
                "[Identity proof changed] 23 November 2026, 12:00 KST: a passkey is being removed. Was "
                "it not you? Call the bank's help desk or report it in the app at once."
            ),
        ),
        (
            Kind.RECOVERY_APPROVED,
            {},
            (
                "[본인 확인 수단 복구 안내] 은행에서 본인 확인을 거쳐 2026년 11월 23일 12:00부터 "
                "인증번호를 010-****-4321(으)로 보냅니다. 그 전까지는 기존 수단을 그대로 사용하며 앱에서 "
                "취소할 수 있습니다. 본인이 신청하지 않았다면 즉시 고객센터로 전화해 주십시오."
            ),
            (
                "[Recovery] After an identity check at the bank, codes go to 010-****-4321 from 23 "
                "November 2026, 12:00 KST. Until then everything works as before and you can cancel this "
                "in the app. Was it not you? Call the help desk at once."
            ),
        ),
    ],
)
def test_texts_sent_at_once_match_exactly(kind: Kind, params: dict[str, object], korean: str, english: str) -> None:
    for language, text in (("ko", korean), ("en", english)):
        wording = notice_text(kind, language, VALUES | params, NOW)
        assert f"[{wording.title}] {wording.text}" == text
