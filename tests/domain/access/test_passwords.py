"""Customers' passwords: which verify, which never do, and which stored hashes are refused."""

import re

import pytest

from registrar.domain.access.passwords import MAX_PASSWORD_CHARS, UNKNOWN_CUSTOMER, hash_password, verify_password

STORED = hash_password("Hana-은행 2026!")
TAIL = "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def test_only_the_right_password_verifies() -> None:
    assert verify_password("Hana-은행 2026!", STORED)
    for wrong in ("", "Hana-은행 2026", "hana-은행 2026!", "Hana-은행 2026! ", STORED):
        assert not verify_password(wrong, STORED)


def test_two_hashes_of_one_password_differ() -> None:
    again = hash_password("Hana-은행 2026!")
    assert again != STORED
    assert verify_password("Hana-은행 2026!", again)


def test_parameters_match_owasp() -> None:
    assert STORED.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_unknown_customer_costs_as_much_as_a_known_one() -> None:
    parts, unknown = STORED.split("$"), UNKNOWN_CUSTOMER.split("$")
    assert parts[:4] == unknown[:4]
    assert [len(part) for part in parts] == [len(part) for part in unknown]
    assert re.fullmatch(r"[A-Za-z0-9+/]{22}", unknown[4])


@pytest.mark.parametrize(
    "password", ["", "A", "A" * 16, "\0" * 32, "password", "Hana-은행 2026!", UNKNOWN_CUSTOMER]
)
def test_no_password_verifies_for_the_unknown_customer(password: str) -> None:
    assert not verify_password(password, UNKNOWN_CUSTOMER)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "password",
        "$2b$12$abcdefghijklmnopqrstuv",
        f"$argon2i$v=19$m=19456,t=2,p=1{TAIL}",
        f"$argon2id$v=16$m=19456,t=2,p=1{TAIL}",
        f"$argon2id$v=19$m=65537,t=2,p=1{TAIL}",
        f"$argon2id$v=19$m=4194304,t=2,p=1{TAIL}",
        f"$argon2id$v=19$m=19456,t=11,p=1{TAIL}",
        f"$argon2id$v=19$m=19456,t=200,p=1{TAIL}",
        f"$argon2id$v=19$m=19456,t=2,p=5{TAIL}",
        f"$argon2id$v=19$m=19456,t=2,p=16{TAIL}",
        f" $argon2id$v=19$m=19456,t=2,p=1{TAIL}",
    ],
)
def test_malformed_or_too_costly_stored_hash_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match="unknown or excessive parameters"):
        verify_password("password", stored)


def test_stored_hash_within_the_limits_is_verified() -> None:
    assert not verify_password("password", f"$argon2id$v=19$m=65536,t=1,p=4{TAIL}")
    assert not verify_password("password", STORED[:-4] + "AAAA")


def test_a_password_may_have_128_characters() -> None:
    password = "비" * MAX_PASSWORD_CHARS
    stored = hash_password(password)

    assert MAX_PASSWORD_CHARS == 128
    assert verify_password(password, stored)
    assert not verify_password(password[:-1], stored), "every one of them counts"
