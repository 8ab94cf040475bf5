"""The table of notices: every kind, in both languages, without a link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.rendering import NoticeText, fields, notice_text
from registrar.domain.notices.texts import TEXTS
from registrar.domain.notices.texts_access import PURPOSES
from registrar.domain.notices.texts_expiry import MOST_LISTED
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.registrations.registration import Registration
from tests.support.bank import BANK
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

NOT_AFTER = datetime(2026, 12, 3, 14, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)
# A value of each parameter that a sender gives.
VALUES: dict[str, object] = {
    "code": "CERT_EXPIRED",
    "operation": Operation.REGISTER,
    "detail": "갤럭시 https://evil.example\n",
    "effective_at": NOW,
    "phone_masked": "010-****-4321",
    "until_at": "2026-11-24T03:00:00Z",
    "registration_id": "r1",
    "registrations": [],
}
# What a text may name beside the parameters: each follows from one of them, the name from the customer.
DERIVED = {
    "purpose": "operation",
    "in_brackets": "detail",
    "reason": "code",
    "expiring": "registrations",
    "expiring_short": "registrations",
    "until_short": "until_at",
    "effective_short": "effective_at",
    **dict.fromkeys(("issuer", "issuer_short", "registered_at", "reference"), "registration_id"),
}


@cache
def a_registration(**overrides: object) -> Registration:
    upload = an_upload(a_certificate(key=an_ec_key()))
    made = replace(new_registration(upload, "signature", "2026-11", NOW), not_after=NOT_AFTER)
    return replace(made, **overrides)  # type: ignore[arg-type]


def an_expiry_notice(language: str, days: int, count: int = 1) -> str:
    ending = [a_registration(not_after=NOT_AFTER + each * DAY) for each in range(count)]
    at = NOT_AFTER - days * DAY
    return notice_text(Kind.EXPIRING, language, {}, at, BANK, customer_name="홍길동", registrations=ending).text


def a_notice(kind: Kind, language: str, **params: object) -> NoticeText:
    given = {name: VALUES[name] for name in TEXTS[kind].params} | params
    about = [a_registration()] if given.keys() & {"registration_id", "registrations"} else []
    return notice_text(kind, language, given, NOW, BANK, customer_name="홍길동", registrations=about)


@pytest.mark.parametrize(
    ("days_left", "korean", "english"),
    [
        (30, "2026년 12월 3일에 만료됩니다(D-30)", "ends on 3 December 2026 (30 days left)"),
        (1, "내일(2026년 12월 3일) 만료됩니다", "ends tomorrow (3 December 2026)"),
        (0, "오늘(2026년 12월 3일) 만료됩니다", "ends today (3 December 2026)"),
        (-1, "2026년 12월 3일에 만료되었습니다", "ended on 3 December 2026"),
    ],
)
def test_expiry_notice_states_when_the_certificate_expires(days_left: int, korean: str, english: str) -> None:
    assert korean in an_expiry_notice("ko", days_left)
    assert english in an_expiry_notice("en", days_left)


def test_expiry_notice_sends_the_customer_to_where_the_certificate_came_from() -> None:
    korean, english = an_expiry_notice("ko", 7), an_expiry_notice("en", 7)
    assert "만료 30일 전부터 인증서를 발급받은 은행(증권사, 인증기관)에서 갱신" in korean
    assert "만료된 뒤에는 새로 발급받으셔야 합니다" in korean
    assert "발급기관에서 갱신" not in korean
    assert "앱에 다시 등록" in korean
    assert "opens 30 days before the end, at the bank" in english
    assert "Register the renewed or new certificate" in english


def test_several_certificates_share_one_message_most_urgent_first() -> None:
    korean, english = an_expiry_notice("ko", 0, 3), an_expiry_notice("en", 0, 3)
    assert korean.index("오늘(") < korean.index("내일(") < korean.index("(D-2)")
    assert english.index("ends today") < english.index("ends tomorrow") < english.index("(2 days left)")


def test_many_certificates_are_counted() -> None:
    assert an_expiry_notice("ko", 0, MOST_LISTED + 2).count("등록 번호") == MOST_LISTED
    assert "외 2건도 곧 만료됩니다." in an_expiry_notice("ko", 0, MOST_LISTED + 2)
    assert "2 more end soon." in an_expiry_notice("en", 0, MOST_LISTED + 2)


def test_the_registered_notice_asks_whether_it_was_the_customer() -> None:
    korean, english = a_notice(Kind.REGISTERED, "ko"), a_notice(Kind.REGISTERED, "en")
    assert "2026년 11월 23일 12:00에" in korean.text
    assert "앱에서 분실 신고를 하시고, 전북은행 고객센터(1588-0000)로 사고 신고를 해 주십시오" in korean.text
    assert "Report the loss in the app at once, and the fraud to Jeonbuk Bank: 1588-0000" in english.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_texts_without_a_link_or_a_name(kind: Kind, language: str) -> None:
    notice = a_notice(kind, language, **({"detail": "갤럭시 S26"} if "detail" in TEXTS[kind].params else {}))
    assert notice.title
    assert ("홍*동" in notice.text) == (TEXTS[kind].sending is Sending.QUEUED)
    for text in (notice.title, notice.short, notice.text):
        assert not [each for each in ("{", "http", "\n", "홍길동") if each in text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_texts_use_the_parameters_of_their_kind_and_no_others(kind: Kind, language: str) -> None:
    wording = TEXTS[kind].in_language(language)
    assert not fields(wording.title)
    used = {*fields(wording.short), *fields(wording.text)} - {"name", "bank", "help_desk"}
    assert {DERIVED.get(field, field) for field in used} == TEXTS[kind].params


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_the_values_of_a_template_make_its_text(kind: Kind, language: str) -> None:
    notice = a_notice(kind, language)
    assert notice.template == f"{kind}_{language}"
    assert len(notice.template) <= 30, "the most of a template's code"
    assert TEXTS[kind].in_language(language).text.format(**notice.values) == notice.text


def test_kinds_sent_at_once_ignore_quiet_hours() -> None:
    assert all(texts.urgent for texts in TEXTS.values() if texts.sending is Sending.AT_ONCE)


def test_table_covers_exactly_the_kinds() -> None:
    assert set(TEXTS) == set(Kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_notice_states_its_purpose(language: str) -> None:
    texts = {a_notice(Kind.ONE_TIME_CODE, language, code="123456", operation=each).short for each in Operation}
    assert len(texts | {a_notice(Kind.PHONE_CODE, language, code="123456").short}) == len(Operation) + 1
    assert "012345" in a_notice(Kind.ONE_TIME_CODE, language, code="012345").short
    assert set(PURPOSES) == set(Operation)


def test_a_notice_in_an_unknown_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        a_notice(Kind.REGISTERED, "fr")


def test_missing_text_parameter_is_an_error() -> None:
    with pytest.raises(KeyError, match="until_at"):
        notice_text(Kind.LOGIN_LOCKED, "ko", {}, NOW, BANK, customer_name="홍길동")


@pytest.mark.parametrize(
    ("end", "korean", "english"),
    [
        (NOW - timedelta(hours=1), "2026년 11월 23일에 만료되었습니다", "ended on 23 November 2026"),
        (NOW + timedelta(hours=12), "오늘(2026년 11월 23일) 만료됩니다", "ends today (23 November 2026)"),
    ],
    ids=["ended on the day of the notice", "ends at midnight"],
)
def test_expiry_notice_is_right_on_the_last_day(end: datetime, korean: str, english: str) -> None:
    for language, expected in (("ko", korean), ("en", english)):
        ending = [a_registration(not_after=end)]
        notice = notice_text(Kind.EXPIRING, language, {}, NOW, BANK, customer_name="홍길동", registrations=ending)
        assert expected in notice.text


def test_a_company_is_named_whole_and_a_person_masked() -> None:
    given = {"until_at": NOW}
    for kind, name, shown in (
        ("corporate", "(주)한빛전자", "(주)한빛전자 고객님"),
        ("personal", "홍길동", "홍*동 고객님"),
    ):
        notice = notice_text(Kind.UPLOAD_READY, "ko", given, NOW, BANK, customer_name=name, customer_kind=kind)
        assert notice.text.startswith(shown)
