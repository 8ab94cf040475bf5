"""Codes by text message: random, bound to one challenge, short-lived."""

from datetime import timedelta

from registrar.domain.access.sms_codes import SMS_CODE_LIFE, new_sms_code, sms_code_matches
from tests.support.builders import NOW

END = NOW + SMS_CODE_LIFE


def test_code_matches_only_its_own_challenge_until_it_expires() -> None:
    code, digest = new_sms_code("challenge-1")

    assert sms_code_matches(digest, END, "challenge-1", code, NOW)
    assert sms_code_matches(digest, END, "challenge-1", code, END - timedelta(seconds=1))
    assert not sms_code_matches(digest, END, "challenge-1", code, END)
    assert not sms_code_matches(digest, END, "challenge-2", code, NOW)
    assert not sms_code_matches(digest, END, "challenge-1", f"{(int(code) + 1) % 10**6:06}", NOW)
    assert not sms_code_matches(None, None, "challenge-1", code, NOW)


def test_code_has_six_digits_and_its_digest_is_salted() -> None:
    made = [new_sms_code("challenge-1") for _ in range(200)]

    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code, _ in made)
    assert len({code for code, _ in made}) > 190
    assert len({digest for _, digest in made}) == 200
    assert not any(code.encode() in digest for code, digest in made)
