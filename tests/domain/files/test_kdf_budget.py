"""One budget of rounds for an upload: charged before each derivation and never exceeded."""

import json

import pytest

from registrar.domain.files.kdf_budget import MAX_ROUNDS, KdfBudget, scrypt_rounds
from registrar.domain.reasons.errors import Refusal


def test_charges_add_up_to_the_limit() -> None:
    budget = KdfBudget()
    budget.charge(999_999)
    budget.charge(1)

    assert budget.spent == MAX_ROUNDS == 1_000_000
    with pytest.raises(Refusal) as refused:
        budget.charge(1)
    assert (refused.value.code, refused.value.params) == (
        "FILE_KDF_COST_TOO_HIGH",
        {"rounds": 1_000_001, "limit": 1_000_000},
    )
    assert budget.spent == 1_000_000


@pytest.mark.parametrize("rounds", [10_000_000, 2**31, 2**63, 2**400_000], ids=int.bit_length)
def test_huge_count_is_refused_with_a_printable_number(rounds: int) -> None:
    budget = KdfBudget()
    with pytest.raises(Refusal) as refused:
        budget.charge(rounds)

    assert refused.value.code == "FILE_KDF_COST_TOO_HIGH"
    assert json.loads(json.dumps(dict(refused.value.params)))["rounds"] == min(rounds, 2**53 - 1)
    assert budget.spent == 0


@pytest.mark.parametrize("rounds", [0, -1, -(2**400_000)], ids=int.bit_length)
def test_count_below_one_adds_nothing_to_the_budget(rounds: int) -> None:
    budget = KdfBudget(spent=10)
    with pytest.raises(Refusal, match="FILE_UNREADABLE"):
        budget.charge(rounds)
    assert budget.spent == 10


def test_retry_over_budget_is_skipped_and_first_try_is_refused() -> None:
    budget = KdfBudget(limit=10)
    assert list(budget.paid([(6, "first"), (4, "second"), (1, "third")])) == ["first", "second"]
    assert budget.spent == 10
    with pytest.raises(Refusal, match="FILE_KDF_COST_TOO_HIGH"):
        next(budget.paid([(1, "first")]))


def test_skipped_try_is_not_charged() -> None:
    budget = KdfBudget()
    tries = budget.paid([(6, "first"), (4, "second")])
    assert (next(tries), budget.spent) == ("first", 6)


@pytest.mark.parametrize(
    ("parameters", "rounds"),
    [((2, 1, 1), 2), ((2**14, 8, 1), 131_072), ((2**15, 8, 3), 786_432), ((2, 2**17, 1), 2**18)],
)
def test_scrypt_counts_as_rounds(parameters: tuple[int, int, int], rounds: int) -> None:
    assert scrypt_rounds(*parameters) == rounds


@pytest.mark.parametrize(
    "parameters", [(2**16, 8, 1), (2**15, 9, 1), (2, 1, 5), (2**40, 2**40, 1), (2**30, 1, 2**5000)]
)
def test_scrypt_over_its_memory_or_lane_limit_is_refused(parameters: tuple[int, int, int]) -> None:
    with pytest.raises(Refusal) as refused:
        scrypt_rounds(*parameters)
    assert refused.value.code == "FILE_KDF_COST_TOO_HIGH"
    assert json.dumps(dict(refused.value.params))


@pytest.mark.parametrize(
    "parameters", [(0, 8, 1), (1, 8, 1), (3, 8, 1), (16, 0, 1), (16, 8, 0), (-16, 8, 1), (16, -8, -1)]
)
def test_scrypt_parameters_outside_the_specification_are_unreadable(parameters: tuple[int, int, int]) -> None:
    with pytest.raises(Refusal, match="FILE_UNREADABLE"):
        scrypt_rounds(*parameters)
