"""Codes of an authenticator app: the values of RFC 6238 appendix B (SHA-1), cut to six digits."""

from datetime import UTC, datetime

import pytest

from registrar.domain.access.totp import SECRET_BYTES, matching_step

SECRET = b"12345678901234567890"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


VALUES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VALUES)
def test_codes_match_the_rfc_vectors(seconds: int, code: str) -> None:
    assert matching_step(SECRET, code, at(seconds)) == seconds // 30


@pytest.mark.parametrize(
    ("seconds", "matches"),
    [
        (1111111080 - 31, False),
        (1111111080 - 30, True),
        (1111111080 - 1, True),
        (1111111080, True),
        (1111111109, True),
        (1111111110 + 29, True),
        (1111111110 + 30, False),
    ],
)
def test_code_is_accepted_one_step_early_or_late(seconds: int, matches: bool) -> None:
    # The code of the step from 1111111080 to 1111111109.
    assert matching_step(SECRET, "081804", at(seconds)) == (37037036 if matches else None)


@pytest.mark.parametrize(
    "code", ["287083", "", "28708", "2870820", "94287082", " 287082", "28708２", "２８７０８２", "abcdef", "-28708"]
)
def test_wrong_or_malformed_code_is_rejected(code: str) -> None:
    assert matching_step(SECRET, code, at(59)) is None


def test_code_of_another_secret_is_rejected() -> None:
    assert matching_step(b"12345678901234567891", "287082", at(59)) is None


def test_later_of_two_steps_with_equal_codes_is_used_up() -> None:
    # Found by search: this secret gives the same code in two steps running.
    secret, step = b"00000000000001462363", 59666666
    for now in (at(step * 30), at((step + 1) * 30)):
        assert matching_step(secret, "439556", now) == step + 1
    assert matching_step(secret, "439556", at((step - 1) * 30)) == step


def test_secret_has_the_length_that_rfc_4226_recommends() -> None:
    assert SECRET_BYTES * 8 == 160
