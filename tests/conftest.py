"""An account in memory for every test of stores, steps and functions."""

from collections.abc import Iterator

import pytest

from tests.support.account import Account, an_account


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as made:
        yield made
