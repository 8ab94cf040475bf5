"""What customers are told without asking: every kind, in both languages, in one message and without a link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from registrar.domain.notices.expiry_texts import MOST_LISTED, expiry_notice
from registrar.domain.notices.texts import KINDS, notice_text
from registrar.domain.reasons.reason import LANGUAGES
from registrar.domain.reasons.wording import Wording
from registrar.domain.registrations.registration import Registration, new_registration
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload

NOT_AFTER = datetime(2026, 12, 3, 14, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)
# What whoever writes a message puts into it, beside the registration.
PARAMS = {
    "upload_ready": {"until_at": "2026-11-24T03:00:00Z"},
    "upload_refused": {"code": "CERT_EXPIRED"},
    "login_locked": {"until_at": "2026-11-23T03:30:00Z"},
    "credential_added": {"added_at": "2026-11-23T03:00:00Z"},
}


@cache
def a_registration(**overrides: object) -> Registration:
    upload = an_upload(a_certificate(key=an_ec_key()))
    made = replace(new_registration(upload, "signature", "2026-11", NOW), not_after=NOT_AFTER)
    return replace(made, **overrides)  # type: ignore[arg-type]


def an_expiry_notice(language: str, days: int, count: int = 1) -> str:
    ending = [a_registration(not_after=NOT_AFTER + each * DAY) for each in range(count)]
    return expiry_notice(language, "홍길동", ending, NOT_AFTER - days * DAY).text


def a_notice(kind: str, language: str) -> Wording:
    return notice_text(kind, language, "홍길동", PARAMS.get(kind, {}), None if kind in PARAMS else a_registration())


@pytest.mark.parametrize(
    ("days_left", "korean", "english"),
    [
        (30, "2026년 12월 3일에 끝납니다(30일 남음)", "ends on 3 December 2026 (30 days left)"),
        (1, "내일(2026년 12월 3일) 끝납니다", "ends tomorrow (3 December 2026)"),
        (0, "오늘(2026년 12월 3일) 끝납니다", "ends today (3 December 2026)"),
        (-1, "2026년 12월 3일에 끝났습니다", "ended on 3 December 2026"),
    ],
)
def test_the_expiry_notice_says_when(days_left: int, korean: str, english: str) -> None:
    assert korean in an_expiry_notice("ko", days_left)
    assert english in an_expiry_notice("en", days_left)


def test_the_expiry_notice_says_where_and_what_next() -> None:
    korean, english = an_expiry_notice("ko", 7), an_expiry_notice("en", 7)
    assert "만료 30일 전부터 발급기관에서" in korean
    assert "새 인증서를 앱에 다시 등록" in korean
    assert "opens 30 days before the end, at the issuer" in english
    assert "register the new one" in english
    assert "갱신" not in an_expiry_notice("ko", -1)


def test_several_certificates_are_one_message_the_most_urgent_first() -> None:
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
    korean, english = a_notice("registered", "ko"), a_notice("registered", "en")
    assert "2026년 11월 23일 12:00에" in korean.text
    assert "본인이 하지 않았다면 앱의 '인증서 > 본인이 아닙니다' 화면이나" in korean.text
    assert "Was it not you? Tell us at once" in english.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"expiring"}))
def test_every_kind_has_a_text_that_fits_one_message_and_carries_no_link(kind: str, language: str) -> None:
    wording = a_notice(kind, language)
    assert wording.title
    assert "홍*동" in wording.text
    assert "{" not in wording.text
    _assert_fits(f"[{wording.title}] {wording.text}")


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
        a_notice("registered", "fr")


def test_a_text_without_what_it_needs_is_an_error() -> None:
    with pytest.raises(KeyError, match="until_at"):
        notice_text("login_locked", "ko", "홍길동", {}, None)
