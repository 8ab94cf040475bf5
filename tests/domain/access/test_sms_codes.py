"""Codes by text message: random, bound to one challenge, short-lived; the texts say what they are for."""

from datetime import timedelta

import pytest

from registrar.domain.access.challenge import Operation
from registrar.domain.access.sms_codes import SMS_CODE_LIFE, new_sms_code, sms_code_matches
from registrar.domain.notices.access_notices import change_notice, code_message, recovery_notice
from tests.support.builders import NOW

END = NOW + SMS_CODE_LIFE


def test_a_code_matches_what_it_was_sent_for_until_it_ends() -> None:
    code, digest = new_sms_code("challenge-1")

    assert sms_code_matches(digest, END, "challenge-1", code, NOW)
    assert sms_code_matches(digest, END, "challenge-1", code, END - timedelta(seconds=1))
    assert not sms_code_matches(digest, END, "challenge-1", code, END)
    assert not sms_code_matches(digest, END, "challenge-2", code, NOW)
    assert not sms_code_matches(digest, END, "challenge-1", f"{(int(code) + 1) % 10**6:06}", NOW)
    assert not sms_code_matches(None, None, "challenge-1", code, NOW)


def test_codes_are_six_digits_and_the_digest_neither_holds_nor_repeats_them() -> None:
    made = [new_sms_code("challenge-1") for _ in range(200)]

    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code, _ in made)
    assert len({code for code, _ in made}) > 190
    assert len({digest for _, digest in made}) == 200
    assert not any(code.encode() in digest for code, digest in made)


@pytest.mark.parametrize("operation", [*(each.value for each in Operation), "phone"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_message_says_what_the_code_is_for(operation: str, language: str) -> None:
    message = code_message(language, "123456", operation)

    others = {code_message(language, "123456", each.value) for each in Operation if each.value != operation}
    assert "123456" in message
    assert message not in others
    assert "http" not in message
    assert len(message.encode("cp949")) <= 2000


def test_the_message_names_registering_in_words() -> None:
    assert "to register a certificate" in code_message("en", "123456", "register")
    assert "인증서 등록용" in code_message("ko", "123456", "register")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_notice_of_a_change_says_what_when_and_what_to_do(language: str) -> None:
    texts = [
        change_notice(language, "passkey added", "갤럭시 https://evil.example\n", NOW),
        recovery_notice(language, "010-****-4321", NOW),
    ]

    for text in texts:
        assert {"ko": "고객센터", "en": "help desk"}[language] in text
        assert "2026" in text
        assert "\n" not in text
    assert "010-****-4321" in texts[1]
