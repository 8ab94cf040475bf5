"""Tables of access in the in-memory account."""

import pytest

from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.sessions import Sessions
from tests.support.account import Account


@pytest.fixture
def challenges(account: Account) -> Challenges:
    return Challenges(account.client("dynamodb"), account.physical["ChallengesTable"])


@pytest.fixture
def sessions(account: Account) -> Sessions:
    return Sessions(account.client("dynamodb"), account.physical["SessionsTable"])
