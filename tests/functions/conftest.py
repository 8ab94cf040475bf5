"""The app of a customer, for every test of the functions."""

import pytest

from tests.support.account import Account
from tests.support.app import App, trust_demo_issuers


@pytest.fixture
def app(account: Account) -> App:
    """The app of the customer hong, with issuers that are trusted; the bank knows hong and kim."""
    trust_demo_issuers(account)
    App(account, "kim").enrol()
    made = App(account)
    made.enrol()
    return made
