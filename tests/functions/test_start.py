"""The end of a cold start."""

import gc
from collections.abc import Iterator

import pytest

from registrar.entry.start import USUAL_GC_THRESHOLDS
from tests.support.account import ROOT, Account

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_a_warm_function_searches_for_garbage_as_usual(account: Account, verb: str) -> None:
    gc.set_threshold(100_000)
    account.function(verb)
    assert gc.get_threshold() == USUAL_GC_THRESHOLDS
