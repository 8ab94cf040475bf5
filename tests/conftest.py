"""Fixtures of several packages: an account in memory, and the files of a customer."""

from collections.abc import Iterator

import pytest

from tests.support.account import Account, an_account
from tests.support.customer_folders import FOLDERS, CustomerFolder


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as made:
        yield made


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> CustomerFolder:
    """A customer's files: made here, and made by others where these are at hand."""
    return FOLDERS[request.param]()
