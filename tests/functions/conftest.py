"""The app of a customer, for every test of the functions."""

from collections.abc import Iterator

import pytest

from tests.support import used_grants
from tests.support.account import Account
from tests.support.app import App, trust_demo_issuers
from tests.support.methods import Prover
from tests.support.prepared import prepared


@pytest.fixture(autouse=True)
def grants_that_are_used(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that no longer uses the grants for which tests/fixtures/used_grants.json names it."""
    used_grants.taken()
    yield
    test = request.node.nodeid
    unused = used_grants.claimed().get(test, frozenset()) - used_grants.finished(test)
    assert not unused, (
        f"run python -m tests.support.used_grants: this test no longer uses {sorted(map(str, unused))}"
    )


@pytest.fixture
def app(account: Account) -> App:
    """The app of the customer hong, with issuers that are trusted; the bank knows hong and kim."""
    prepared(account, opened)
    return App(account)


def opened(account: Account) -> None:
    trust_demo_issuers(account)
    for customer_id in ("kim", "hong"):
        App(account, customer_id).enrol()
    account.calls.clear()


@pytest.fixture
def prover(app: App) -> Prover:
    """The customer hong, logged in."""
    return prepared(app, logged_in)


def logged_in(app: App) -> Prover:
    prover = Prover(app).log_in()
    app.account.calls.clear()
    return prover
