"""The app of a customer, for every test of the functions."""

import pytest

from tests.support.account import Account, Snapshot
from tests.support.app import App, trust_demo_issuers
from tests.support.methods import Prover

_prepared: list[Snapshot] = []
_logged_in: list[tuple[Snapshot, str | None, str | None]] = []
"""The account after a login, with the proof of identity and the device that it returned."""


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


@pytest.fixture
def prover(app: App) -> Prover:
    """The customer hong, logged in."""
    if not _logged_in:
        Prover(app).log_in()
        app.account.calls.clear()
        _logged_in.append((app.account.snapshot(), app.proof_id, app.device_id))
    snapshot, app.proof_id, app.device_id = _logged_in[0]
    app.account.restore(snapshot)
    return Prover(app)
