"""Customers, challenges and sessions: who may start a session, and how often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.aws import challenges as challenge_store
from registrar.aws import customers as customer_store
from registrar.aws import sessions as session_store
from registrar.aws.challenges import Challenges
from registrar.aws.customers import Customers
from registrar.aws.sessions import Sessions
from registrar.domain.challenges import CHALLENGE_LIFE, MAX_TRIES, Challenge, new_challenge
from registrar.domain.errors import ConditionFailed, Refusal
from registrar.domain.sessions import Session, new_session
from tests.aws.account import Account
from tests.aws.rows import a_customer, put
from tests.builders import NOW

MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def challenges(account: Account) -> Challenges:
    return Challenges(account.client("dynamodb"), account.physical["ChallengesTable"])


@pytest.fixture
def sessions(account: Account) -> Sessions:
    return Sessions(account.client("dynamodb"), account.physical["SessionsTable"])


def a_challenge() -> Challenge:
    return new_challenge("hong", "personal", b"sealed", NOW)


def a_session(customer_id: str = "hong") -> Session:
    return new_session(customer_id, "personal", "otp", NOW)[0]


def test_a_customer_survives_the_table(account: Account) -> None:
    customers = Customers(account.client("dynamodb"), account.physical["CustomersTable"])
    put(account, "CustomersTable", customer_store.to_item(a_customer()))
    assert customers.find("hong") == a_customer()
    assert customers.find("kim") is None


def test_a_challenge_survives_the_table(challenges: Challenges) -> None:
    challenge = replace(a_challenge(), created_at=NOW + 123 * MILLISECOND)
    assert challenge_store.from_item(challenge_store.to_item(challenge)) == challenge
    challenges.add(challenge)
    assert challenges.find(challenge.id) == challenge
    assert challenges.find("unknown") is None


def test_a_challenge_has_an_end(account: Account, challenges: Challenges) -> None:
    challenges.add(a_challenge())
    (item,) = account.items("ChallengesTable")
    assert int(item["ttl"]["N"]) == int((NOW + CHALLENGE_LIFE).timestamp())


def test_tries_are_counted_up_to_the_last(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    left = [challenges.count_try(challenge.id, NOW).tries_left for _ in range(MAX_TRIES)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(ConditionFailed):
        challenges.count_try(challenge.id, NOW)
    known = challenges.find(challenge.id)
    assert known is not None
    assert known.tries == MAX_TRIES


def test_an_expired_challenge_takes_no_try_though_its_row_is_still_there(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    challenges.count_try(challenge.id, challenge.expires_at - timedelta(seconds=1))
    with pytest.raises(ConditionFailed):
        challenges.count_try(challenge.id, challenge.expires_at)


def test_an_unknown_challenge_is_not_made_by_trying_it(account: Account, challenges: Challenges) -> None:
    with pytest.raises(ConditionFailed):
        challenges.count_try("unknown", NOW)
    assert account.items("ChallengesTable") == []


def test_a_session_survives_the_table(sessions: Sessions) -> None:
    session = a_session()
    assert session_store.from_item(session_store.to_item(session)) == session
    sessions.start(session, totp_step=100, challenge_created_at=NOW)
    assert sessions.find("hong") == session
    assert sessions.find("kim") is None


def test_a_session_is_read_strongly(account: Account, sessions: Sessions) -> None:
    (call,) = account.recorded(lambda: sessions.find("hong"))
    assert (call.operation, call.params["ConsistentRead"]) == ("GetItem", True)


def test_a_new_session_ends_the_old_one(account: Account, sessions: Sessions) -> None:
    old, new = a_session(), a_session()
    sessions.start(old, totp_step=100, challenge_created_at=NOW)
    sessions.start(new, totp_step=101, challenge_created_at=NOW + MILLISECOND)
    assert sessions.find("hong") == new
    assert len(account.items("SessionsTable")) == 1


@pytest.mark.parametrize(
    ("step", "later", "code"),
    [
        (100, 1, "STEP_UP_REUSED"),
        (99, 1, "STEP_UP_REUSED"),
        (101, 0, "STEP_UP_EXPIRED"),
        (101, -1, "STEP_UP_EXPIRED"),
        (100, 0, "STEP_UP_EXPIRED"),
    ],
    ids=["same code", "earlier code", "same challenge", "earlier challenge", "both"],
)
def test_a_code_and_a_challenge_count_once(sessions: Sessions, step: int, later: int, code: str) -> None:
    session = a_session()
    sessions.start(session, totp_step=100, challenge_created_at=NOW)
    with pytest.raises(Refusal, match=code):
        sessions.start(a_session(), totp_step=step, challenge_created_at=NOW + later * MILLISECOND)
    assert sessions.find("hong") == session


def test_two_customers_may_use_the_same_step(sessions: Sessions) -> None:
    sessions.start(a_session("hong"), totp_step=100, challenge_created_at=NOW)
    sessions.start(a_session("kim"), totp_step=100, challenge_created_at=NOW)


def test_the_token_itself_is_not_stored(account: Account, sessions: Sessions) -> None:
    session, token = new_session("hong", "personal", "otp", NOW)
    sessions.start(session, totp_step=100, challenge_created_at=NOW)
    assert token.partition(".")[2] not in str(account.items("SessionsTable"))
