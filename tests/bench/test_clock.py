"""Times by turns, and the ratios of what was timed in the same turn."""

from collections.abc import Iterator

import pytest

from bench.clock import Spread, ratio, times


def counting(name: str, order: list[str], seconds: Iterator[float]) -> float:
    order.append(name)
    return next(seconds)


def test_calls_take_turns_and_the_first_do_not_count() -> None:
    order: list[str] = []
    ours = iter([100.0, 2, 4, 6])
    floor = iter([100.0, 1, 2, 3])
    took = times(
        {"ours": lambda: counting("ours", order, ours), "floor": lambda: counting("floor", order, floor)}, 3
    )
    assert order == ["ours", "floor"] * 4
    assert took == {"ours": [2, 4, 6], "floor": [1, 2, 3]}


def test_a_minute_that_slows_both_of_a_pair_changes_no_ratio() -> None:
    quiet = ratio([2, 2, 2, 2], [1, 1, 1, 1])
    busy = ratio([2, 2, 20, 20], [1, 1, 10, 10])
    assert quiet == busy == Spread(2, 2, 2)


def test_a_disturbance_of_one_of_a_pair_widens_the_spread_and_keeps_the_median() -> None:
    assert ratio([2, 2, 2, 6, 9], [1, 1, 1, 1, 1]) == Spread(2, 2, 6)


def test_a_ratio_in_percent() -> None:
    assert ratio([1.0], [4.0], 0.01) == Spread(25, 25, 25)


def test_pairs_that_are_not_complete_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], [1])
