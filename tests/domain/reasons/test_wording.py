"""Every text for customers follows docs/texts.md: register, lengths, particles, terms, whatever its values are."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any

import pytest

from registrar.domain.bank import Bank, SigningBank
from registrar.domain.notices.kinds import NoticeWording
from registrar.domain.notices.texts import TEXTS
from registrar.domain.notices.texts_access import PURPOSES
from registrar.domain.notices.texts_expiry import MOST_LISTED, expiring, expiring_short
from registrar.domain.possession.texts_to_sign import CONSENT_TEXT, text_to_sign
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.next_actions import NEXT_ACTIONS
from registrar.domain.reasons.reason import LANGUAGES, Reason
from registrar.domain.reasons.rendering import METHOD_NAMES, render
from registrar.entry import agent_words
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload
from tests.support.shape import GATEWAY, RELYING_GATEWAY
from tools.admin import inspect_text
from tools.checks.problem_examples import BEGIN, END
from tools.demo import texts as demo

ROOT = Path(__file__).parents[3]
STYLE = (ROOT / "docs/texts.md").read_text(encoding="utf-8")
MOST = {"title": {"ko": 30, "en": 60}, "text": {"ko": 260, "en": 480}, "next": {"ko": 40, "en": 80}}

LONG: Mapping[str, object] = {
    **Bank("가나다라마바사아자차카타파하은행은행은행", "Regional Bank of Southern Korea", "1588-0000-0000").params,
    "accepted": ["개인 범용", "개인 은행·보험용", "기업 범용", "기업 은행·보험용"],
    "again_at": "2026-12-31T14:59:59Z",
    "count": 1000,
    "days_left": 30,
    "expired_on": "2026-12-31T14:59:59Z",
    "expires_on": "2026-12-31T14:59:59Z",
    "field": "random_number.ciphertext",
    "found": "개인 증권·보험용 (특수 목적)",
    "issuer": "한국무역정보통신 (TradeSign)",
    "limit": 10_000_000,
    "max_bytes": 65536,
    "methods": list(METHOD_NAMES),
    "oid": "1.2.410.200004.99.100.200",
    "required": "RSA 2048-8192, EC secp256r1, secp384r1",
    "revoked_on": "2026-12-31T14:59:59Z",
    "rounds": 1_000_000_000,
    "stated_at": "2026-12-31T14:59:59Z",
    "support_ref": "7KQ2-M4XD",
    "tries_left": 10,
    "valid_from_at": "2026-12-31T14:59:59Z",
    "why": "signature does not verify",
}
SHORT: Mapping[str, object] = {
    **LONG,
    **Bank("가나", "AB", "110-1234").params,
    "accepted": ["-"],
    "count": 2,
    "days_left": 0,
    "field": "cms",
    "found": "-",
    "issuer": "K",
    "limit": 1,
    "max_bytes": 1,
    "methods": ["otp"],
    "oid": "1.2",
    "required": "-",
    "rounds": 1,
    "tries_left": 0,
    "why": "-",
}

ENTRIES = [pytest.param(entry, id=entry.code) for entry in CATALOGUE.values()]
each_entry = pytest.mark.parametrize("entry", ENTRIES)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_length = pytest.mark.parametrize("params", [LONG, SHORT], ids=["long", "short"])


@each_entry
@each_language
@each_length
def test_a_text_fits_whatever_its_values_are(entry: Reason, language: str, params: Mapping[str, object]) -> None:
    title, text = render(entry.code, language, params)

    assert len(title) <= MOST["title"][language]
    assert len(text) <= MOST["text"][language]
    assert not re.search(r"[{}]|\bNone\b|\(\)|  ", text)


@each_entry
@each_language
def test_no_text_is_rendered_without_one_of_its_values(entry: Reason, language: str) -> None:
    for name in entry.params:
        with pytest.raises(KeyError):
            render(entry.code, language, {key: value for key, value in LONG.items() if key != name})


# A list of values after a colon ends a sentence too.
ENDING = re.compile(r"(니다|십시오|니까)(\([^()]*(\([^()]*\)[^()]*)*\))?$|: [^:]+$|^[^:]*: .+회$")


@each_entry
@each_length
def test_korean_sentences_end_in_the_formal_register(entry: Reason, params: Mapping[str, object]) -> None:
    title, text = render(entry.code, "ko", params)

    assert re.search(r"(니다|십시오)$", title), title
    for sentence in re.split(r"(?<=[다오회\w)-])\. ", text.removesuffix(".")):
        assert ENDING.search(sentence), sentence


BARE = re.compile(r"\}(을|를|은|는|이|가|과|와|으로|로|이나|나|라|이라)(?=[\s.,)])")


@each_entry
def test_no_particle_depends_on_a_value(entry: Reason) -> None:
    assert not BARE.search(entry.text["ko"])


def test_the_particle_check_finds_what_it_is_for() -> None:
    assert BARE.search("발급기관 {issuer}가 정지했습니다")
    assert not BARE.search("{required} 이상, {limit}회, {bank}에 등록된, 고객센터({help_desk})로")


def test_no_particle_of_a_notice_depends_on_a_value() -> None:
    korean = [text for each in TEXTS.values() for text in each.ko]
    assert [text for text in korean if BARE.search(text)] == []


def test_sentences_of_long_notices_are_formal() -> None:
    long = [each.ko.text for each in TEXTS.values() if each.ko.text]
    assert len(long) > 10
    for text in long:
        # The registration stands behind the last sentence.
        said = text.removesuffix(" (등록 번호 {reference})").removesuffix(".")
        for bare in re.split(r"(?<=[다오}])\. ", said):
            assert re.search(r"(니다|십시오|\{expiring\})$|^문의: |: \{reason\}$", bare), bare


def test_a_notice_names_the_bank_and_its_number_where_the_customer_is_to_call() -> None:
    for kind, each in TEXTS.items():
        for text in (*each.ko, *each.en):
            if re.search("고객센터|신고를 해|문의|Call|fraud", text):
                assert "{bank}" in text, kind
                assert "{help_desk}" in text, kind


@pytest.mark.parametrize("texts", NEXT_ACTIONS.values(), ids=[action.value for action in NEXT_ACTIONS])
def test_next_actions_are_short_and_formal(texts: Mapping[str, str]) -> None:
    assert re.search(r"(니다|십시오)\.$", texts["ko"])
    assert all(len(texts[language]) <= MOST["next"][language] for language in LANGUAGES)


def test_a_text_that_tells_the_customer_to_call_names_the_number() -> None:
    for entry in CATALOGUE.values():
        for language, words in (("ko", "고객센터"), ("en", "help desk")):
            if words in entry.text[language]:
                assert "{help_desk}" in entry.text[language], entry.code
                assert "{bank}" in entry.text[language], entry.code


# ---- what no text says


def forbidden() -> list[str]:
    """The phrases of the tables of docs/texts.md."""
    terms = STYLE.partition("## Terms\n")[2].partition("\n## ")[0]
    phrases = STYLE.partition("## Not, but\n")[2]
    rows = [row.split("|") for row in (*terms.splitlines(), *phrases.splitlines()) if row.startswith("|")]
    cells = [row[3] if len(row) == 6 else row[1] for row in rows]
    return [phrase for cell in cells for phrase in re.findall(r"`([^`]+)`", cell)]


def strings(value: Any) -> Iterator[str]:
    """Every text in nested values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def notice_wordings() -> list[NoticeWording]:
    return [each.in_language(language) for each in TEXTS.values() for language in LANGUAGES]


def expiry_texts() -> list[str]:
    """What expiry notices say of one and of many certificates, before their end, on the last day and after it."""
    one: Any = SimpleNamespace(
        id="0" * 32, issuer={"ko": "금융결제원 (yessign)", "en": "KFTC yessign"}, not_after=NOW + timedelta(hours=1)
    )
    return [
        said(language, [one] * count, NOW - timedelta(days=days))
        for said in (expiring, expiring_short)
        for language in LANGUAGES
        for count in (1, MOST_LISTED + 1)
        for days in (30, 1, 0, -1)
    ]


def places() -> dict[str, str]:
    """What customers can read, by where it is written."""
    catalogue = [[*entry.title.values(), *entry.text.values()] for entry in CATALOGUE.values()]
    upload = an_upload(a_certificate(key=an_ec_key()))
    return {
        "catalogue": "\n".join(strings(catalogue)),
        "next actions": "\n".join(strings(dict(NEXT_ACTIONS))),
        "consent": "\n".join(CONSENT_TEXT.values()),
        "text to sign": text_to_sign(upload, SigningBank("JBB", "전북은행")),
        "gateway": json.dumps([GATEWAY, RELYING_GATEWAY], ensure_ascii=False, default=str),
        "page ko": read("web/app/src/texts/ko.ts"),
        "page en": read("web/app/src/texts/en.ts"),
        "page reasons": read("web/app/src/texts/reasons.json"),
        "guide": read("docs/guide.md"),
        "contract": read("docs/openapi.yaml").partition(BEGIN)[2].partition(END)[0],
        "notices": "\n".join(strings([notice_wordings(), dict(PURPOSES)])),
        "expiry notices": "\n".join(expiry_texts()),
        "demo": "\n".join(strings([demo.STEPS, demo.CHAPTERS, demo.ENDING, demo.ACTORS])),
    }


@pytest.mark.parametrize("phrase", forbidden())
def test_no_text_has_a_wording_that_the_style_guide_forbids(phrase: str) -> None:
    assert [place for place, text in places().items() if phrase in text] == []


def spoken() -> dict[str, str]:
    """What agents read aloud or on paper, admins in a terminal, and developers of relying services."""
    return {
        "help desk": read("docs/helpdesk.md"),
        "agent words": "\n".join(strings(list(vars(agent_words).values()))),
        "inspect": "\n".join(strings(list(vars(inspect_text).values()))),
        "developers": read("docs/relying.md"),
    }


@pytest.mark.parametrize("phrase", forbidden())
def test_nothing_spoken_has_such_a_wording(phrase: str) -> None:
    assert [place for place, text in spoken().items() if phrase in text] == []


def test_the_bank_calls_itself_by_its_name_in_writing() -> None:
    style = re.compile(r"저희|(?<!\w)당신|유저")

    assert [place for place, text in places().items() if style.search(text)] == []


def test_sent_and_spoken_texts_are_among_those_that_are_read() -> None:
    assert "본인 확인 수단 재설정 취소" in places()["notices"]
    assert "비밀번호를 묻거나 짐작하게 하지 않습니다" in spoken()["agent words"]
    assert "발급기관의 인증서입니다" in spoken()["inspect"]


def test_the_password_of_a_file_is_named_so_for_a_pfx_alone() -> None:
    for entry in CATALOGUE.values():
        assert "파일의 비밀번호" not in entry.text["ko"].replace("PFX는 파일의 비밀번호", ""), entry.code


def test_placeholders_of_both_languages_are_the_same() -> None:
    for entry in CATALOGUE.values():
        korean, english = ({n for _, n, _, _ in Formatter().parse(entry.text[each]) if n} for each in LANGUAGES)
        assert korean == english, entry.code


_LABELLED = r"title|submit|retry|refresh|close|cancel|extend|show|details|choose\w+|add\w+|set\w+|change\w+|remove"
LABELS = re.compile(rf'(?:{_LABELLED}): "([^"]+)"')


@pytest.mark.parametrize(("file", "most"), [("ko", 30), ("en", 60)])
def test_titles_and_buttons_of_the_page_are_short(file: str, most: int) -> None:
    labels = LABELS.findall(read(f"web/app/src/texts/{file}.ts"))

    assert len(labels) > 40
    assert [label for label in labels if len(label) > most] == []


def test_sentences_of_the_page_are_formal() -> None:
    texts = re.findall(r'["`]([^"`\n]*[가-힣][^"`\n]*\.)["`]', read("web/app/src/texts/ko.ts"))

    assert len(texts) > 50
    assert [text for text in texts if not re.search(r"(니다|십시오|니까)\.$", text)] == []
