"""The app of a customer, for every test of the functions."""

import pytest

from tests.support.account import Account, Snapshot
from tests.support.app import App, trust_demo_issuers

_prepared: list[Snapshot] = []


@pytest.fixture
def app(account: Account) -> App:
    """The app of the customer hong, with issuers that are trusted; the bank knows hong and kim."""
    if not _prepared:
        trust_demo_issuers(account)
        for customer_id in ("kim", "hong"):
            App(account, customer_id).enrol()
        account.restart()
        account.calls.clear()
        _prepared.append(account.snapshot())
    account.restore(_prepared[0])
    return App(account)
