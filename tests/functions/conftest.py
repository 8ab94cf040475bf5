"""An account for every test of the functions, and the app of a customer in it."""

from collections.abc import Iterator

import pytest

from tests.aws.account import Account, an_account
from tests.functions.app import App, trust_demo_issuers


@pytest.fixture
def account() -> Iterator[Account]:
    with an_account() as made:
        yield made


@pytest.fixture
def app(account: Account) -> App:
    """The app of the customer hong, with issuers that are trusted; the bank knows hong and kim."""
    trust_demo_issuers(account)
    App(account, "kim").enrol()
    made = App(account)
    made.enrol()
    return made
