"""Text messages: every kind fits one SMS, whatever the longest usual values are, and no name breaks one."""

import unicodedata
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar.domain.access.challenge import Operation
from registrar.domain.bank import Bank
from registrar.domain.masking import CORPORATE, PERSONAL
from registrar.domain.notices.kinds import Kind
from registrar.domain.notices.message_parts import message_parts
from registrar.domain.notices.rendering import NoticeText, notice_text
from registrar.domain.notices.text_messages import (
    LMS_BYTES,
    SMS_BYTES,
    SUBJECT_BYTES,
    TextKind,
    byte_length,
    for_carriers,
    text_kind,
)
from registrar.domain.notices.texts import TEXTS
from registrar.domain.notices.texts_expiry import MOST_LISTED
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.times import local_time
from tests.support.bank import BANK
from tests.support.builders import NOW

SNS_BYTES = 1600
LONG_BANK = Bank("SC제일은행", "Jeonbuk Bank", "1588-0000")
LONGEST_BANK = Bank("은" * 20, "B" * 30, "0505-1234-5678")
# December, so that days and months have two digits.
AT = NOW + timedelta(days=18)
LATER = AT + timedelta(days=12)
LONG_NAME = "남궁민수"
LONG_ISSUER = {"ko": "한국무역정보통신 (TradeSign)", "en": "SignKorea KOSCOM"}
LONG_PARAMS: dict[str, object] = {
    "operation": Operation.ENROL,
    "detail": "갤럭시 S26",
    "effective_at": LATER,
    "phone_masked": "010-****-4321",
    "until_at": LATER,
    "code": "CERT_EXPIRED",
}
each_kind = pytest.mark.parametrize("kind", Kind)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def a_notice(
    kind: Kind,
    language: str,
    bank: Bank = LONG_BANK,
    name: str = LONG_NAME,
    issuer: Any = LONG_ISSUER,
    count: int = 1,
    days: int = 30,
    customer_kind: str = PERSONAL,
    **params: Any,
) -> NoticeText:
    given = {each: LONG_PARAMS.get(each) for each in TEXTS[kind].params} | params
    if kind in (Kind.ONE_TIME_CODE, Kind.PHONE_CODE):
        given["code"] = "123456"
    if kind is Kind.PHONE_CHANGED and not params:
        given["detail"] = "010-****-4321"
    end = AT + timedelta(days=days)
    about: list[Any] = [SimpleNamespace(id="0" * 32, issuer=issuer, not_after=end, registered_at=AT)] * count
    return notice_text(
        kind, language, given, AT, bank, customer_name=name, customer_kind=customer_kind, registrations=about
    )


@each_language
@each_kind
def test_a_notice_with_the_longest_usual_values_is_one_sms(kind: Kind, language: str) -> None:
    for count in (1, 12) if kind is Kind.EXPIRING else (1,):
        for days in (30, 1, 0, -1) if kind is Kind.EXPIRING else (30,):
            text = a_notice(kind, language, count=count, days=days).short
            assert byte_length(text) <= SMS_BYTES, text
            assert text_kind(text) is TextKind.SMS
            assert message_parts(text) == (2 if language == "en" and "갤럭시" in text else 1), text


@each_language
@pytest.mark.parametrize("operation", Operation)
def test_a_code_for_any_operation_is_one_sms(operation: Operation, language: str) -> None:
    assert text_kind(a_notice(Kind.ONE_TIME_CODE, language, operation=operation).short) is TextKind.SMS


@each_language
@each_kind
def test_a_text_message_says_who_sends_it_and_whom_to_call(kind: Kind, language: str) -> None:
    text = a_notice(kind, language, BANK).short
    assert text.startswith({"ko": "[전북은행] ", "en": "[Jeonbuk Bank] "}[language])
    # The customer asked for a code, and what ends by itself was nobody's doing.
    if kind not in (Kind.ONE_TIME_CODE, Kind.PHONE_CODE, Kind.EXPIRING):
        assert "1588-0000" in text
    assert not [each for each in ("\n", "http", "{", LONG_NAME) if each in text]


@each_language
@each_kind
def test_the_longest_values_make_an_lms_that_carriers_and_sns_take(kind: Kind, language: str) -> None:
    name = "김" + "가" * 400 + "나"
    issuer = {"ko": "한" * 400, "en": "K" * 400}
    for count in (1, 40):
        notice = a_notice(
            kind, language, LONGEST_BANK, name, issuer, count, customer_kind=CORPORATE, **_longest(kind)
        )
        assert byte_length(notice.short) <= LMS_BYTES
        assert len(notice.short.encode("utf-16-be")) <= SNS_BYTES
        assert len(notice.short.encode()) <= SNS_BYTES
        assert message_parts(notice.short) <= 4
        assert byte_length(for_carriers(notice.title)) <= SUBJECT_BYTES


def _longest(kind: Kind) -> dict[str, Any]:
    return {"detail": "갤" * 400} if "detail" in TEXTS[kind].params else {}


@each_language
@each_kind
def test_the_shortest_values_leave_no_gap(kind: Kind, language: str) -> None:
    params: dict[str, Any] = {"detail": ""} if "detail" in TEXTS[kind].params else {}
    text = a_notice(
        kind, language, Bank("은행", "Bk", "02-123-4567"), "김", {"ko": "가", "en": "A"}, **params
    ).short
    assert "  " not in text
    assert "()" not in text
    assert " ." not in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Văn Đạt", "N****n V*n **t"),
        ("Ève Müller", "E*e M****r"),
        ("똠방각하", "***하"),
        ("山田太郎", "山***"),
        ("José 🎉", "J**e *"),
        ("Владимир", "В******р"),
        ("ພອນ", "***"),
    ],
)
def test_a_foreign_name_becomes_what_carriers_show(name: str, shown: str) -> None:
    text = a_notice(Kind.REGISTERED, "ko", BANK, name).short
    text.encode("euc_kr")
    assert f"] {shown}님 " in text


@pytest.mark.parametrize(
    ("given_text", "carried"),
    [
        ("한글 abc (금융) € · ※", "한글 abc (금융) € · ※"),
        ("똠", "*"),
        ("é", "e"),
        ("ｘ", "ｘ"),
        ("ﬁ", "fi"),
        ("😀", "*"),
        ("\u202e", "*"),
        ("Å", "A"),
    ],
)
def test_what_carriers_lack_is_replaced(given_text: str, carried: str) -> None:
    assert for_carriers(given_text) == carried


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("(주)한빛전자", "(주)한빛전자"),
        ("주식회사  한빛 전자\n서울지점", "주식회사 한빛 전자 서울지점"),
        (unicodedata.normalize("NFD", "한빛전자"), "한빛전자"),
        ("㈜한빛", "㈜한빛"),
        ("Hanbit Électronique 🎉", "Hanbit Electronique *"),
        ("한" * 41, "한" * 39 + "…"),
    ],
)
def test_a_company_is_named_whole_in_what_room_there_is(name: str, shown: str) -> None:
    notice = a_notice(Kind.REGISTERED, "ko", BANK, name, customer_kind=CORPORATE)
    assert f"] {shown}님 " in notice.short
    assert notice.text.startswith(f"{' '.join(name.split())} 고객님, ")


@each_kind
@pytest.mark.parametrize("syllables", range(4, 13))
def test_a_longer_name_of_the_bank_makes_an_lms_and_never_cuts_a_text(kind: Kind, syllables: int) -> None:
    bank = Bank("은" * syllables, "B" * syllables, "1588-0000")
    text = a_notice(kind, "ko", bank, issuer={"ko": "금융결제원 (yessign)", "en": "KFTC yessign"}).short
    longer = byte_length(text) - byte_length(
        a_notice(
            kind, "ko", Bank("은행", "B", "1588-0000"), issuer={"ko": "금융결제원 (yessign)", "en": "KFTC yessign"}
        ).short
    )
    assert longer == 2 * (syllables - 2), "whole"
    assert text_kind(text) is (TextKind.SMS if byte_length(text) <= 90 else TextKind.LMS)
    assert byte_length(text) <= SMS_BYTES or syllables > 5


@each_language
@each_kind
def test_no_name_makes_a_text_too_long_for_alimtalk(kind: Kind, language: str) -> None:
    if kind is not Kind.EXPIRING:
        notice = a_notice(kind, language, LONGEST_BANK, "한" * 400, customer_kind=CORPORATE, **_longest(kind))
        assert len(notice.text) <= 1000


@given(st.text(max_size=60))
def test_any_text_becomes_one_that_carriers_take(text: str) -> None:
    carried = for_carriers(text)
    assert len(carried.encode("euc_kr")) == byte_length(carried)
    assert for_carriers(carried) == carried


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_and_issuer_make_a_message_that_can_be_sent(name: str, issuer: str) -> None:
    for kind in (Kind.REGISTERED, Kind.EXPIRING, Kind.LOGIN_LOCKED):
        text = a_notice(kind, "ko", BANK, name, {"ko": issuer, "en": issuer}).short
        assert byte_length(text) <= LMS_BYTES


@pytest.mark.parametrize(("length", "kind"), [(90, TextKind.SMS), (91, TextKind.LMS)])
def test_ninety_bytes_are_the_limit_of_an_sms(length: int, kind: TextKind) -> None:
    assert text_kind("가" * (length // 2) + "a" * (length % 2)) is kind


@each_kind
def test_the_wordings_of_the_review_are_gone(kind: Kind) -> None:
    notice = a_notice(kind, "ko", BANK)
    texts = f"{notice.title} {notice.short} {notice.text}"
    gone = (
        " 은행 고객센터",
        "고객센터로",
        "용 인증번호입니다",
        "끝납니다",
        "일 남음",
        "추가됩니다",
        "삭제됩니다",
        "변경됩니다",
    )
    assert not [each for each in gone if each in texts]


@each_language
@each_kind
def test_push_and_mail_have_a_text_where_the_kind_is_queued(kind: Kind, language: str) -> None:
    notice = a_notice(kind, language, BANK)
    assert bool(notice.text) == (TEXTS[kind].sending.name == "QUEUED")
    if notice.text:
        assert "1588-0000" in notice.text
        assert len(notice.text) <= 1000, "the most of an AlimTalk"


@each_language
def test_a_full_list_of_certificates_fits_an_alimtalk(language: str) -> None:
    assert len(a_notice(Kind.EXPIRING, language, count=MOST_LISTED + 30).text) <= 1000


@each_language
def test_the_full_text_has_the_whole_time(language: str) -> None:
    assert local_time(LATER, language) in a_notice(Kind.LOGIN_LOCKED, language).text
