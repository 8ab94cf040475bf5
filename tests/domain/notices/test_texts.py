"""The table of notices: every kind, in both languages, in one message and without a link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from string import Formatter

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.notices.kinds import Kind, Sending
from registrar.domain.notices.rendering import notice_text
from registrar.domain.notices.texts import TEXTS
from registrar.domain.notices.texts_access import PURPOSES
from registrar.domain.notices.texts_expiry import MOST_LISTED
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.reasons.wording import Wording
from registrar.domain.registrations.registration import Registration, new_registration
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

NOT_AFTER = datetime(2026, 12, 3, 14, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)
# A value of each parameter that a sender gives.
VALUES: dict[str, object] = {
    "code": "CERT_EXPIRED",
    "operation": Operation.REGISTER,
    "changed_at": NOW,
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
    **dict.fromkeys(("issuer", "registered_at", "reference"), "registration_id"),
}


@cache
def a_registration(**overrides: object) -> Registration:
    upload = an_upload(a_certificate(key=an_ec_key()))
    made = replace(new_registration(upload, "signature", "2026-11", NOW), not_after=NOT_AFTER)
    return replace(made, **overrides)  # type: ignore[arg-type]


def an_expiry_notice(language: str, days: int, count: int = 1) -> str:
    ending = [a_registration(not_after=NOT_AFTER + each * DAY) for each in range(count)]
    at = NOT_AFTER - days * DAY
    return notice_text(Kind.EXPIRING, language, {}, at, customer_name="홍길동", registrations=ending).text


def a_notice(kind: Kind, language: str, **params: object) -> Wording:
    given = {name: VALUES[name] for name in TEXTS[kind].params} | params
    about = [a_registration()] if given.keys() & {"registration_id", "registrations"} else []
    return notice_text(kind, language, given, NOW, customer_name="홍길동", registrations=about)


@pytest.mark.parametrize(
    ("days_left", "korean", "english"),
    [
        (30, "2026년 12월 3일에 끝납니다(30일 남음)", "ends on 3 December 2026 (30 days left)"),
        (1, "내일(2026년 12월 3일) 끝납니다", "ends tomorrow (3 December 2026)"),
        (0, "오늘(2026년 12월 3일) 끝납니다", "ends today (3 December 2026)"),
        (-1, "2026년 12월 3일에 끝났습니다", "ended on 3 December 2026"),
    ],
)
def test_expiry_notice_states_when_the_certificate_expires(days_left: int, korean: str, english: str) -> None:
    assert korean in an_expiry_notice("ko", days_left)
    assert english in an_expiry_notice("en", days_left)


def test_expiry_notice_states_issuer_and_next_action() -> None:
    korean, english = an_expiry_notice("ko", 7), an_expiry_notice("en", 7)
    assert "만료 30일 전부터 발급기관에서" in korean
    assert "새 인증서를 앱에 다시 등록" in korean
    assert "opens 30 days before the end, at the issuer" in english
    assert "register the new one" in english
    assert "갱신" not in an_expiry_notice("ko", -1)


def test_several_certificates_share_one_message_most_urgent_first() -> None:
    korean, english = an_expiry_notice("ko", 0, 3), an_expiry_notice("en", 0, 3)
    assert "인증서 3건을 안내드립니다" in korean
    assert korean.index("오늘(") < korean.index("내일(") < korean.index("(2일 남음)")
    assert "3 of your registered certificates: " in english
    assert english.index("ends today") < english.index("ends tomorrow") < english.index("(2 days left)")


def test_many_certificates_are_counted() -> None:
    assert an_expiry_notice("ko", 0, MOST_LISTED + 2).count("등록 번호") == MOST_LISTED
    assert "외 2건도 곧 끝납니다." in an_expiry_notice("ko", 0, MOST_LISTED + 2)
    assert "2 more end soon." in an_expiry_notice("en", 0, MOST_LISTED + 2)


def test_the_registered_notice_asks_whether_it_was_the_customer() -> None:
    korean, english = a_notice(Kind.REGISTERED, "ko"), a_notice(Kind.REGISTERED, "en")
    assert "2026년 11월 23일 12:00에" in korean.text
    assert "본인이 하지 않았다면 앱의 '인증서 > 본인이 아닙니다' 화면이나" in korean.text
    assert "Was it not you? Tell us at once" in english.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_text_that_fits_one_message_and_carries_no_link(kind: Kind, language: str) -> None:
    wording = a_notice(kind, language, **({"detail": "갤럭시 S26"} if "detail" in TEXTS[kind].params else {}))
    assert wording.title
    assert ("홍*동" in wording.text) == (TEXTS[kind].sending is Sending.QUEUED)
    assert "{" not in wording.title + wording.text
    _assert_fits(f"[{wording.title}] {wording.text}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_a_text_uses_the_parameters_of_its_kind_and_no_others(kind: Kind, language: str) -> None:
    wording = TEXTS[kind].in_language(language)
    fields = {field for each in wording for _, field, _, _ in Formatter().parse(each) if field} - {"name"}
    assert {DERIVED.get(field, field) for field in fields} == TEXTS[kind].params


def test_kinds_sent_at_once_ignore_quiet_hours() -> None:
    assert all(texts.urgent for texts in TEXTS.values() if texts.sending is Sending.AT_ONCE)


def test_table_covers_exactly_the_kinds() -> None:
    assert set(TEXTS) == set(Kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_notice_states_its_purpose(language: str) -> None:
    texts = {a_notice(Kind.ONE_TIME_CODE, language, code="123456", operation=each).text for each in Operation}
    assert len(texts | {a_notice(Kind.PHONE_CODE, language, code="123456").text}) == len(Operation) + 1
    assert a_notice(Kind.ONE_TIME_CODE, language, code="012345").title.endswith(" 012345")
    assert set(PURPOSES) == set(Operation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_change_notice_states_change_time_and_next_action(language: str) -> None:
    for wording in (a_notice(Kind.PASSKEY_ADDED, language), a_notice(Kind.RECOVERY_APPROVED, language)):
        assert {"ko": "고객센터", "en": "help desk"}[language] in wording.text
        assert "2026" in wording.text
        assert "\n" not in wording.text
    assert "010-****-4321" in a_notice(Kind.RECOVERY_APPROVED, language).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, MOST_LISTED, 40])
@pytest.mark.parametrize("days", [30, 1, 0, -1])
def test_an_expiry_notice_fits_one_message_and_carries_no_link(language: str, count: int, days: int) -> None:
    _assert_fits(an_expiry_notice(language, days, count))


def _assert_fits(text: str) -> None:
    assert len(text.encode("cp949")) <= 2000
    assert "http" not in text
    assert "\n" not in text
    assert "홍길동" not in text


def test_a_notice_in_an_unknown_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        a_notice(Kind.REGISTERED, "fr")


def test_missing_text_parameter_is_an_error() -> None:
    with pytest.raises(KeyError, match="until_at"):
        notice_text(Kind.LOGIN_LOCKED, "ko", {}, NOW, customer_name="홍길동")


@pytest.mark.parametrize(
    ("end", "korean", "english"),
    [
        (NOW - timedelta(hours=1), "2026년 11월 23일에 끝났습니다", "ended on 23 November 2026"),
        (NOW + timedelta(hours=12), "오늘(2026년 11월 23일) 끝납니다", "ends today (23 November 2026)"),
    ],
    ids=["ended on the day of the notice", "ends at midnight"],
)
def test_expiry_notice_is_right_on_the_last_day(end: datetime, korean: str, english: str) -> None:
    for language, expected in (("ko", korean), ("en", english)):
        ending = [a_registration(not_after=end)]
        notice = notice_text(Kind.EXPIRING, language, {}, NOW, customer_name="홍길동", registrations=ending)
        assert expected in notice.text
