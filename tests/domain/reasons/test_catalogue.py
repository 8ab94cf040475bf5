"""The catalogue is complete, bilingual, documented in the guide, and reveals nothing forbidden."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE, reason
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import LANGUAGES, NextAction, Reason
from registrar.domain.reasons.rendering import render
from registrar.domain.reasons.texts_access import ACCESS_TEXTS
from registrar.domain.reasons.texts_certificate import CERTIFICATE_TEXTS
from registrar.domain.reasons.texts_credentials import CREDENTIAL_TEXTS
from registrar.domain.reasons.texts_file import FILE_TEXTS
from registrar.domain.reasons.texts_registration import REGISTRATION_TEXTS
from registrar.domain.reasons.texts_relying import RELYING_TEXTS
from registrar.domain.reasons.texts_revocation import REVOCATION_TEXTS
from registrar.domain.reasons.texts_signing import SIGNING_TEXTS
from registrar.domain.times import local_date, local_time
from registrar.settings import bank

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
FOR_RELYING_SERVICES = (DOCS / "relying.md").read_text(encoding="utf-8")
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
# The Korean name of the document helps in an English sentence too: it is what the issuer's site says.
KOREAN_IN_ENGLISH = ("공동인증서",)

SAMPLES: Mapping[str, object] = {
    "accepted": [{"ko": "개인 범용", "en": "personal, general purpose"}, {"ko": "은행용", "en": "banking"}],
    **bank().params,
    "again_at": "2026-12-03T05:05:00Z",
    "count": 3,
    "days_left": 12,
    "expired_on": "2026-12-03T14:59:59Z",
    "revoked_on": "2026-11-03T14:59:59Z",
    "expires_on": "2026-12-03T14:59:59+00:00",
    "field": "files[0].sha256",
    "found": {"ko": "증권용", "en": "securities"},
    "issuer": "yessign",
    "limit": 20,
    "max_bytes": 10240,
    "methods": ["otp", "passkey"],
    "oid": "1.2.410.200004.99",
    "required": "RSA 2048",
    "rounds": 10_000_000,
    "support_ref": "7KQ2-M4XD",
    "stated_at": "2026-12-03T05:05:00Z",
    "tries_left": 2,
    "valid_from_at": "2026-12-02T15:00:00Z",
    "why": "signature does not verify",
}

REASONS = [pytest.param(entry, id=entry.code) for entry in CATALOGUE.values()]


def used_params(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("entry", REASONS)
def test_titles_and_texts_exist_in_both_languages(entry: Reason) -> None:
    assert tuple(entry.title) == tuple(entry.text) == LANGUAGES
    for language in LANGUAGES:
        assert 2 <= len(entry.title[language]) <= 60
        assert not entry.title[language].endswith(".")
        assert used_params(entry.title[language]) == set()
        text = entry.text[language]
        assert text.endswith(".")
        assert text == text.strip()
        assert "  " not in text
        assert len(re.findall(r"[.](?= |$)", text)) <= 4


@pytest.mark.parametrize("entry", REASONS)
def test_declared_params_match_the_used_ones(entry: Reason) -> None:
    for language in LANGUAGES:
        assert used_params(entry.text[language]) == set(entry.params)
    assert len(set(entry.params)) == len(entry.params)


@pytest.mark.parametrize("entry", REASONS)
def test_each_text_is_in_its_language(entry: Reason) -> None:
    for part in (entry.title, entry.text):
        assert HANGUL.search(part["ko"])
        english = part["en"]
        for name in KOREAN_IN_ENGLISH:
            english = english.replace(name, "")
        assert not HANGUL.search(english)
        assert not re.search(r"(세요|어요|아요|해요|돼요|예요|에요)(?![가-힣])", part["ko"]), "합니다체 only"


@pytest.mark.parametrize("entry", REASONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_rendered_text_has_no_braces(entry: Reason, language: str) -> None:
    title, text = render(entry.code, language, SAMPLES)
    assert title == entry.title[language]
    assert "{" not in text
    assert "}" not in text
    assert "T14:59" not in text


@pytest.mark.parametrize("entry", [each for each in CATALOGUE.values() if each.params], ids=lambda each: each.code)
def test_a_missing_param_is_an_error(entry: Reason) -> None:
    for name in entry.params:
        with pytest.raises(KeyError):
            render(entry.code, "ko", {key: value for key, value in SAMPLES.items() if key != name})


def test_every_code_has_its_row() -> None:
    assert set(CATALOGUE) == set(Code)


def test_every_text_belongs_to_a_reason() -> None:
    codes = [
        *(*ACCESS_TEXTS, *CREDENTIAL_TEXTS, *FILE_TEXTS),
        *(*CERTIFICATE_TEXTS, *REGISTRATION_TEXTS, *REVOCATION_TEXTS, *RELYING_TEXTS, *SIGNING_TEXTS),
    ]
    assert sorted(codes) == sorted(CATALOGUE)


def test_unknown_code_or_language_is_an_error() -> None:
    assert reason(Code.CERT_EXPIRED) is CATALOGUE[Code.CERT_EXPIRED]
    with pytest.raises(ValueError, match="NO_SUCH_CODE"):
        reason(Code("NO_SUCH_CODE"))
    with pytest.raises(KeyError):
        render(Code.AUTH_REQUIRED, "fr", {})


@pytest.mark.parametrize("entry", REASONS)
def test_status_retry_and_next_action_agree(entry: Reason) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)+", entry.code)
    assert entry.status in {200, 400, 401, 403, 404, 409, 410, 422, 429, 500}
    assert isinstance(entry.next_action, NextAction)
    assert entry.retryable == (entry.next_action in {NextAction.WAIT, NextAction.WAIT_NOTICE})
    if entry.code.startswith(("CERT_", "TRUST_", "FILE_", "OWN")):
        assert entry.status == 422
    if entry.status in {429, 500}:
        assert entry.retryable
    if entry.status == 401:
        sign_in = {NextAction.LOGIN, NextAction.CHECK_INPUT, NextAction.RETRY_CODE, NextAction.NEW_CODE}
        assert entry.next_action in sign_in


def test_methods_are_named_in_words() -> None:
    named = {"methods": ["passkey", "otp", "sms"]}

    assert "선택해 주십시오: 패스키, OTP, 문자." in render(Code.STEP_UP_METHOD_UNAVAILABLE, "ko", named)[1]
    assert "one of these: passkey, OTP, text message." in render(Code.STEP_UP_METHOD_UNAVAILABLE, "en", named)[1]


# --- the guide ------------------------------------------------------------------------------------


def test_each_reason_has_exactly_one_entry_in_the_document_of_its_readers() -> None:
    for text, codes in ((FOR_RELYING_SERVICES, RELYING_TEXTS.keys()), (GUIDE, CATALOGUE.keys() - RELYING_TEXTS)):
        anchors = re.findall(r'<a id="([^"]+)"></a>', text)
        assert sorted(anchors) == sorted(CATALOGUE[code].faq for code in codes)


def guide_entry(entry: Reason) -> tuple[str, str]:
    """Heading and body of a reason's entry."""
    text = FOR_RELYING_SERVICES if entry.code in RELYING_TEXTS else GUIDE
    after = text.split(f'<a id="{entry.faq}"></a>\n', 1)[1]
    heading, body = after.split("\n", 1)
    return heading, re.split(r"\n(?:<a id=|#)", body, maxsplit=1)[0]


@pytest.mark.parametrize("entry", REASONS)
def test_guide_entry_has_title_code_and_both_languages(entry: Reason) -> None:
    heading, body = guide_entry(entry)
    assert heading == f"#### {entry.title['ko']} / {entry.title['en']}"
    assert f"`{entry.code}`" in body
    korean, english = [part for part in body.strip().split("\n\n") if part != f"`{entry.code}`"]
    assert HANGUL.search(korean)
    assert len(HANGUL.findall(english)) < len(english) / 10


def test_links_inside_the_guide_resolve() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    }
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', GUIDE))
    for target in re.findall(r"\]\(#([^)]+)\)", GUIDE):
        assert target in headings | anchors, target


# --- what must not be revealed ------------------------------------------------------------------------

HOLDERS = re.compile(
    r"다른 (고객|사람|분)|타인|제3자|명의"
    r"|another (customer|person)|someone else|somebody|other customer|held by|belongs to",
    re.IGNORECASE,
)
PASSWORD = re.compile(r"비밀번호|암호(?!화)|패스워드|password|passphrase", re.IGNORECASE)
ABOUT_PASSWORDS = {
    "LOGIN_FAILED",  # the login password, in the same breath as the customer id
    "FILE_PASSWORD_REQUIRED",
    "FILE_PASSWORD_WRONG",
    "FILE_PASSWORD_ATTEMPTS_EXCEEDED",
    "FILE_ENCRYPTION_UNSUPPORTED",  # these two say that it is no password problem
    "FILE_KDF_COST_TOO_HIGH",
}
WHAT_A_PASSWORD_MAY_BE = re.compile(
    r"문자|숫자|글자|자리|자릿수|길이|영문|한글|한/영|생일|생년|전화번호|주민"
    r"|upper|lower|\bcaps|digit|letter|character|symbol|length|\blong|\bshort|birth|phone number|at least",
    re.IGNORECASE,
)
JARGON = re.compile(r"\b(DN|ASN\.1|JSON|HTTP|API|SHA|lease|token|null|server|exception|backend|parameter)\b|서버")
WHY_NOT = re.compile(r"도난|분실|차단|사고|부정|block|stolen|theft|fraud|denied|deny|already|이미", re.IGNORECASE)


@pytest.mark.parametrize("entry", REASONS)
def test_texts_reveal_nothing_forbidden(entry: Reason) -> None:
    for language in LANGUAGES:
        shown = f"{entry.title[language]} {entry.text[language]}"
        assert not HOLDERS.search(shown)
        assert not JARGON.search(shown)
        assert not PASSWORD.search(shown) or entry.code in ABOUT_PASSWORDS


@pytest.mark.parametrize("code", sorted(ABOUT_PASSWORDS))
def test_texts_reveal_nothing_about_passwords(code: str) -> None:
    entry = reason(Code(code))
    for shown in (*entry.title.values(), *entry.text.values(), guide_entry(entry)[1]):
        assert not WHAT_A_PASSWORD_MAY_BE.search(shown)


@pytest.mark.parametrize("code", ["FILE_ENCRYPTION_UNSUPPORTED", "FILE_KDF_COST_TOO_HIGH"])
def test_unsupported_file_is_not_reported_as_a_wrong_password(code: str) -> None:
    entry = reason(Code(code))
    assert entry.text["ko"].startswith("비밀번호 문제가 아닙니다.")
    assert entry.text["en"].startswith("This is not a password problem.")
    assert entry.next_action is not NextAction.ENTER_PASSWORD


def test_unavailable_certificate_has_no_explanation() -> None:
    entry = reason(Code.NOT_AVAILABLE_FOR_REGISTRATION)
    for language in LANGUAGES:
        assert not WHY_NOT.search(f"{entry.title[language]} {entry.text[language]}")


# --- parameters -----------------------------------------------------------------------------------


def test_dates_and_times_are_in_seoul_time() -> None:
    assert local_date("2026-12-03T14:59:59Z", "ko") == "2026년 12월 3일"
    assert local_date("2026-12-03T15:00:00Z", "en") == "4 December 2026"
    assert local_date("2026-12-03", "en") == "3 December 2026"
    assert local_date(datetime(2026, 12, 31, 15, tzinfo=UTC), "ko") == "2027년 1월 1일"
    assert local_time("2026-12-03T05:05:00Z", "ko") == "2026년 12월 3일 14:05"
    assert local_time("2026-12-03T05:05:00", "en") == "3 December 2026, 14:05 KST"


def test_values_are_shown_in_the_language_of_the_text() -> None:
    korean = render(Code.CERT_POLICY_NOT_ACCEPTED, "ko", SAMPLES)[1]
    english = render(Code.CERT_POLICY_NOT_ACCEPTED, "en", SAMPLES)[1]
    assert "종류: 증권용." in korean
    assert "개인 범용, 은행용." in korean
    assert "(securities)" in english
    assert "personal, general purpose, banking." in english


@pytest.mark.parametrize(
    ("size", "korean", "english"),
    [
        (512, "512바이트", "512 bytes"),
        (10240, "10 KB", "10 KB"),
        (10000, "9.7 KB", "9.7 KB"),
        (2**21, "2 MB", "2 MB"),
    ],
)
def test_sizes_are_rounded_down(size: int, korean: str, english: str) -> None:
    assert f"최대 {korean}까지" in render(Code.UPLOAD_TOO_LARGE, "ko", {"max_bytes": size})[1]
    assert f"limit of {english};" in render(Code.UPLOAD_TOO_LARGE, "en", {"max_bytes": size})[1]


def test_large_numbers_have_separators() -> None:
    for language in LANGUAGES:
        shown = render(Code.FILE_KDF_COST_TOO_HIGH, language, {"rounds": 10_000_000, "limit": 1_000_000})[1]
        assert "10,000,000" in shown
        assert "(1,000,000회)" in shown or " 1,000,000." in shown


def test_text_from_a_file_cannot_break_the_sentence() -> None:
    shown = render(Code.TRUST_ISSUER_UNKNOWN, "en", {"issuer": "Evil\r\n\u202eCA {0} " + "x" * 5000})[1]
    assert "Evil CA {0} xxx" in shown
    assert "\n" not in shown
    assert len(shown) < 600
