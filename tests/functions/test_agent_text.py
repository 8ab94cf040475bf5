"""What an agent reads with the customer on the line: what happened, what to say, what to do, and then the rest."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from registrar.domain.notices.channels import ChannelName
from registrar.domain.notices.kinds import Kind
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import AdminCode, Code
from registrar.domain.reasons.errors import LogSearchTimedOut
from registrar.domain.reasons.reason import LANGUAGES, NextAction
from registrar.domain.registrations.registration import Hold, Lifecycle, View
from registrar.domain.registrations.upload import UploadState
from registrar.entry import agent_words as words
from tests.support.account import Account
from tests.support.app import App
from tests.support.builders import NOW, a_certificate, an_ec_key
from tests.support.staff import act

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(r".*(습니다|십시오|니다|까)[.?]")


def told(account: Account, by: str, wanted: str, **other: str) -> list[str]:
    """The lines that the agent reads."""
    found = act(account, "explain", {"by": by, "id": wanted, "staff_id": "park.agent", **other})
    text: str = found["text"]
    return text.splitlines()


def refused_upload(app: App) -> str:
    """An upload of a certificate that has expired."""
    certificate = a_certificate(key="ec", not_before=NOW - timedelta(days=400), not_after=NOW - timedelta(days=8))
    announced = app.announce(certificate.der).body
    app.send_file(announced["upload_id"], certificate.der)
    app.deliver(announced["upload_id"])
    return str(announced["upload_id"])


def reference_of(account: Account, what: str) -> str:
    """The reference of the last request that logged this."""
    return [str(line["support_ref"]) for line in account.logged() if line["message"] == what][-1]


def test_a_reference_says_what_happened_what_to_say_and_what_to_do(app: App, account: Account) -> None:
    upload = refused_upload(app)
    (fail,) = [each for each in app.look(upload).body["findings"] if each["level"] == "FAIL"]

    happened, say, do, *rest = told(account, "reference", reference_of(account, "upload.issued"))

    assert re.fullmatch(r"무슨 일: 20\d\d년 \d+월 \d+일 \d\d:\d\d - .*", happened)
    assert happened.endswith(f" - 올린 파일 확인: 처리되지 않음. {fail['title']} (CERT_EXPIRED).")
    assert say == f'고객에게 할 말: "{fail["text"]}"'
    assert do.startswith("할 일: 다음 단계를 안내합니다: ")
    assert rest[0] == words.ONLY_PROVED["ko"]
    assert "고객: 홍*동 (hong, 개인, 010-****-5678)" in " ".join(rest)


def test_a_wrong_password_of_a_login_is_explained_in_the_log_of_the_customer(app: App, account: Account) -> None:
    app.give_password("a wrong password")

    happened, *_ = told(account, "customer", "hong")

    assert happened.endswith(f"로그인: 처리되지 않음. {CATALOGUE[Code.LOGIN_FAILED].title['ko']} (LOGIN_FAILED).")


def test_a_request_that_names_no_customer_leads_to_the_customer_id(app: App, account: Account) -> None:
    app.give_password("a wrong password")

    lines = told(account, "reference", reference_of(account, "login.refused"))

    assert "By=customer로 다시 조회하십시오" in lines[2]
    assert not [line for line in lines if line.startswith("고객:")]


def test_a_warning_is_no_refusal(app: App, account: Account) -> None:
    app.register(a_certificate(key="ec", not_after=NOW + timedelta(days=8)))

    lines = told(account, "customer", "hong")

    assert "등록 완료. 마지막으로 확인되는 일은 정상 처리되었습니다." in lines[0]
    (decided,) = [line for line in lines if "올린 파일 확인" in line]
    assert "확인됨 - " in decided
    assert "CERT_EXPIRES_SOON" in decided
    assert not [line for line in lines if words.REFUSED["ko"] in line]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_of_another_is_refused_without_its_reason_in_what_to_say(
    app: App, account: Account, language: str
) -> None:
    certificate = a_certificate(key="ec")
    App(account, "kim").register(certificate)
    app.register(certificate)

    by_customer = told(account, "customer", "hong", language=language)
    by_reference = told(account, "reference", reference_of(account, "registration.refused"), language=language)

    for happened, say, do, *_ in (by_customer, by_reference):
        assert CATALOGUE[Code.NOT_AVAILABLE_FOR_REGISTRATION].title[language] in happened
        assert not [code for code in AdminCode if code in say]
        assert words.DUTIES[NextAction.CALL][language] in do


def test_who_has_to_wait_uploads_nothing_again_and_nobody_is_asked_for_a_password() -> None:
    assert "다시 올리실 필요는 없습니다" in words.STATES[UploadState.DEFERRED].say["ko"]
    assert "저에게 말씀하지 마십시오" in words.STATES[UploadState.NEEDS_PASSWORD].say["ko"]


def test_an_upload_that_waits_is_explained_by_its_state(app: App, account: Account) -> None:
    upload = app.announce(a_certificate(key="ec").der).body["upload_id"]

    happened, say, *_ = told(account, "upload", upload)

    assert happened.endswith(f" - {words.STATES[UploadState.ISSUED].happened['ko']}")
    assert say == f'고객에게 할 말: "{words.STATES[UploadState.ISSUED].say["ko"]}"'


def test_where_nothing_went_wrong_the_agent_asks_when_and_where(app: App, account: Account) -> None:
    happened, say, *_ = told(account, "customer", "hong")

    assert happened == f"무슨 일: {words.NOTHING_WRONG.happened['ko']}"
    assert say.endswith('말씀해 주시겠습니까?"')


def mistaken(reference: str) -> str:
    """A reference as somebody writes it who takes Q or D for O; nothing where it has neither."""
    return re.sub("[QD]", "O", reference, count=1)


def test_a_reference_with_a_look_alike_is_found_and_has_to_be_compared(app: App, account: Account) -> None:
    reference = ""
    while mistaken(reference) == reference:
        reference = str(app.look("0" * 32).body["support_ref"])
    written = mistaken(reference).lower().replace("-", " ")

    lines = told(account, "reference", written)

    assert lines[0] == words.READ_AS["ko"].format(typed=written, read=reference)
    assert f"[{reference}]" in "\n".join(lines)


def test_a_look_alike_of_two_references_shows_neither(app: App, account: Account) -> None:
    for reference in ("7KQ2-M4XD", "7KD2-M4XD"):
        account.log.write(
            f'{{"message": "answered", "status": 404, "support_ref": "{reference}", "extended_id": "{reference}", '
            '"customer_ref": "00ff00ff00ff00ff", "function": "registrar-login", '
            '"timestamp": "2026-11-22T03:00:00.000Z"}\n'
        )

    happened, *_ = told(account, "reference", "7KO2M4XD")

    assert happened == f"무슨 일: {words.SEVERAL.happened['ko'].format(typed='7KO2M4XD')}"


def self_signed(name: str) -> bytes:
    """A certificate that names itself and its issuer so."""
    key = an_ec_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(NOW - timedelta(days=1))
    return builder.not_valid_after(NOW + timedelta(days=90)).sign(key, SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_in_an_uploaded_file_puts_no_line_into_the_text(app: App, account: Account, language: str) -> None:
    lie = "고객에게 할 말"
    announced = app.announce(der := self_signed(f"\n{lie}:\u2028{lie}\r\u202e\u200b{{code}}")).body
    app.send_file(announced["upload_id"], der)
    app.deliver(announced["upload_id"])
    assert app.look(announced["upload_id"]).body["state"] == "REJECTED"

    text = "\n".join(told(account, "upload", announced["upload_id"], language=language))

    assert "{code}" in text, "the name is shown"
    assert sum(line.startswith(lie) for line in text.splitlines()) == (1 if language == "ko" else 0)
    assert not [each for each in text if not each.isprintable() and each != "\n"]


def test_a_password_and_a_code_are_in_no_text(app: App, account: Account) -> None:
    password = "열려라 참깨! 7"
    app.give_password(password)
    upload = refused_upload(app)

    for by, wanted in (("customer", "hong"), ("upload", upload)):
        text = "\n".join(told(account, by, wanted, language="ko"))
        assert not [each for each in (password, "참깨", "nonce", "argon2", "+8210") if each in text]


def test_a_search_that_takes_too_long_is_explained(
    app: App, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> None:
        raise LogSearchTimedOut("the logs could not be searched in time")

    module = account.function("explain")
    monkeypatch.setattr(type(module.logs), "find", slow)

    assert told(account, "customer", "hong")[0] == f"무슨 일: {words.TOO_SLOW.happened['ko']}"


def test_everything_that_is_shown_has_a_word_in_every_language(account: Account) -> None:
    assert words.TRIED.keys() >= set(account.function("explain").FUNCTIONS)
    assert words.STATES.keys() == set(UploadState)
    assert words.STATUSES.keys() == {*View, *Lifecycle} - {Lifecycle.LIVE} | {View.LIVE}
    assert words.HOLDS.keys() == set(Hold)
    assert words.NOTICES.keys() == set(Kind)
    assert words.CHANNELS.keys() == set(ChannelName)
    for table in (words.TRIED, words.DONE, words.STATUSES, words.NOTICES, words.DUTIES, words.OWN_DUTIES):
        assert all(text.keys() == set(LANGUAGES) for text in table.values())


def test_what_was_done_is_an_action_of_the_audit_log() -> None:
    files = [*ROOT.glob("functions/*/handler.py"), *(ROOT / "layers/registrar/python/registrar").rglob("*.py")]
    source = "".join(path.read_text() for path in files if path.name != "agent_words.py")

    written = {"bank_hold.on"}  # with the hold that the form decides
    assert not [each for each in words.DONE if f'"{each}"' not in source and each not in written]


def test_sentences_for_the_agent_are_in_the_formal_style_and_ask_for_no_secret() -> None:
    stories = [*words.STATES.values(), words.FOR_THE_BANK, words.NOTHING_WRONG, words.SUCCEEDED]
    stories += [words.NOT_FOUND, words.SEVERAL, words.NO_CUSTOMER, words.TOO_SLOW, words.INVALID]
    for story in stories:
        assert SENTENCE.fullmatch(story.say["ko"]), story.say["ko"]
        asked = re.search(r"(비밀번호|인증번호|주민등록번호|파일)[을를]? (불러|말씀해|알려)", story.say["ko"])
        assert asked is None, story.say["ko"]
