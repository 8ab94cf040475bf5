"""Codes by text message: random, bound to one challenge, short-lived."""

import secrets
from datetime import datetime, timedelta

import pytest

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


@pytest.mark.parametrize(("drawn", "code"), [(0, "000000"), (7, "000007"), (-1, "999999")])
def test_every_number_below_a_million_is_a_code(monkeypatch: pytest.MonkeyPatch, drawn: int, code: str) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda limit: drawn % limit)

    assert new_sms_code("challenge-1")[0] == code


def test_digest_begins_with_sixteen_random_bytes() -> None:
    first = new_sms_code("challenge-1")[1]
    second = new_sms_code("challenge-1")[1]

    assert (len(first), len(second)) == (16 + 32, 16 + 32)
    assert first[:16] != second[:16]


def test_code_lives_three_minutes() -> None:
    assert timedelta(minutes=3) == SMS_CODE_LIFE


@pytest.mark.parametrize(("kept", "expires_at"), [(False, END), (True, None)])
def test_row_without_digest_or_end_matches_no_code(kept: bool, expires_at: datetime | None) -> None:
    code, digest = new_sms_code("challenge-1")

    assert not sms_code_matches(digest if kept else None, expires_at, "challenge-1", code, NOW)
