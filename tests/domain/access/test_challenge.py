"""Challenges: five minutes, five tries, an unguessable id; and what a proof of identity authorises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.domain.access.challenge import (
    CHALLENGE_LIFE,
    PROOF_LIFE,
    RETENTION,
    Challenge,
    ChallengeState,
    Operation,
    new_challenge,
)
from tests.support.builders import NOW

SECOND = timedelta(seconds=1)


def a_challenge() -> Challenge:
    return new_challenge(
        "c-1001",
        "corporate",
        ("otp",),
        NOW,
        operation=Operation.DEREGISTER,
        object_id="r1",
    )


def a_proof() -> Challenge:
    return replace(a_challenge(), state=ChallengeState.PROVED, method="otp", proved_at=NOW)


def test_new_challenge_has_full_lifetime_and_all_tries() -> None:
    challenge = a_challenge()
    assert (challenge.customer_id, challenge.customer_kind) == ("c-1001", "corporate")
    assert (challenge.operation, challenge.object_id, challenge.methods) == ("deregister", "r1", ("otp",))
    assert challenge.expires_at == NOW + CHALLENGE_LIFE == NOW + timedelta(minutes=5)
    assert (challenge.tries, challenge.tries_left, challenge.state) == (0, 5, "OPEN")
    assert challenge.proof_expires_at is None


def test_ids_and_nonces_are_long_and_unique() -> None:
    made = [a_challenge() for _ in range(100)]
    assert len({each.id for each in made}) == len({each.nonce for each in made}) == 100
    assert ({len(each.id) for each in made}, {len(each.nonce) for each in made}) == ({22}, {43})


@pytest.mark.parametrize(("tries", "left"), [(0, 5), (1, 4), (4, 1), (5, 0), (6, 0)])
def test_tries_left_is_never_negative(tries: int, left: int) -> None:
    assert replace(a_challenge(), tries=tries).tries_left == left


def test_proof_of_identity_authorises_its_operation_for_ten_minutes() -> None:
    proof = a_proof()
    assert timedelta(minutes=10) == PROOF_LIFE
    assert proof.proof_expires_at == NOW + PROOF_LIFE
    assert proof.authorises("c-1001", Operation.DEREGISTER, "r1", NOW)
    assert proof.authorises("c-1001", Operation.DEREGISTER, "r1", NOW + PROOF_LIFE)
    assert not proof.authorises("c-1001", Operation.DEREGISTER, "r1", NOW + PROOF_LIFE + SECOND)


@pytest.mark.parametrize(
    ("customer_id", "operation", "object_id"),
    [
        ("c-1002", Operation.DEREGISTER, "r1"),
        ("c-1001", Operation.RESUME, "r1"),
        ("c-1001", Operation.DEREGISTER, "r2"),
        ("c-1001", Operation.DEREGISTER, ""),
    ],
)
def test_challenge_authorises_no_other_operation(customer_id: str, operation: Operation, object_id: str) -> None:
    assert not a_proof().authorises(customer_id, operation, object_id, NOW)


@pytest.mark.parametrize("state", [ChallengeState.OPEN, ChallengeState.USED])
def test_unproved_challenge_authorises_nothing(state: ChallengeState) -> None:
    assert not replace(a_proof(), state=state).authorises("c-1001", Operation.DEREGISTER, "r1", NOW)


def test_row_is_stored_longer_than_everything_in_it() -> None:
    assert RETENTION > CHALLENGE_LIFE + PROOF_LIFE
