"""Login challenges: five minutes, five tries, an id nobody guesses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.domain.challenges import new_challenge
from tests.builders import NOW


def test_a_new_challenge() -> None:
    challenge = new_challenge("c-1001", "corporate", b"sealed", NOW)
    assert (challenge.customer_id, challenge.customer_kind) == ("c-1001", "corporate")
    assert challenge.totp_ciphertext == b"sealed"
    assert challenge.created_at == NOW
    assert challenge.expires_at == NOW + timedelta(minutes=5)
    assert (challenge.tries, challenge.tries_left) == (0, 5)


def test_ids_do_not_repeat_and_are_long() -> None:
    ids = {new_challenge("c-1001", "personal", b"", NOW).id for _ in range(100)}
    assert len(ids) == 100
    assert {len(each) for each in ids} == {22}


@pytest.mark.parametrize(("tries", "left"), [(0, 5), (1, 4), (4, 1), (5, 0), (6, 0)])
def test_tries_left_never_goes_below_nothing(tries: int, left: int) -> None:
    assert replace(new_challenge("c-1001", "personal", b"", NOW), tries=tries).tries_left == left
