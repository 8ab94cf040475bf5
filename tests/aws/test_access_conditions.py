"""Conditions of the access tables that only one write has: codes by text message, codes of apps, locks."""

from datetime import timedelta

import pytest

from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.sessions import Sessions
from registrar.domain.access.challenge import MAX_TRIES, Challenge, new_challenge
from registrar.domain.access.session import new_session
from registrar.domain.reasons.errors import Refusal
from tests.support.account import Account
from tests.support.builders import NOW

SECOND = timedelta(seconds=1)
ENDS = NOW + timedelta(minutes=3)


@pytest.fixture
def challenge(challenges: Challenges) -> Challenge:
    made = new_challenge("hong", "personal", ("sms",), NOW, throttle="key")
    challenges.add(made)
    return made


def test_text_message_code_is_recorded_until_the_challenge_expires(
    challenges: Challenges, challenge: Challenge
) -> None:
    challenges.record_sms_code(challenge, b"first", ENDS, challenge.expires_at - SECOND)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        challenges.record_sms_code(challenge, b"second", ENDS, challenge.expires_at)

    found = challenges.find(challenge.id)
    assert found is not None
    assert (found.sms_digest, found.sms_expires_at) == (b"first", ENDS)


def test_text_message_code_is_not_recorded_for_a_proved_challenge(
    challenges: Challenges, challenge: Challenge
) -> None:
    challenges.prove(challenge, "otp", NOW)

    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        challenges.record_sms_code(challenge, b"digest", ENDS, NOW)


def test_text_message_code_is_recorded_while_a_try_is_left(challenges: Challenges, challenge: Challenge) -> None:
    for _ in range(MAX_TRIES - 1):
        challenges.count_try(challenge.id, NOW)
    challenges.record_sms_code(challenge, b"digest", ENDS, NOW)
    challenges.count_try(challenge.id, NOW)

    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        challenges.record_sms_code(challenge, b"digest", ENDS, NOW)


def test_challenge_is_proved_until_it_expires(challenges: Challenges, challenge: Challenge) -> None:
    proved = challenges.prove(challenge, "otp", challenge.expires_at - SECOND)

    assert proved.proved_at == challenge.expires_at - SECOND


def test_code_of_a_customer_without_a_session_is_refused(account: Account, sessions: Sessions) -> None:
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.use_code("hong", 100)
    assert account.items("SessionsTable") == []


def test_code_that_confirmed_an_app_counts_as_used(sessions: Sessions) -> None:
    sessions.start(new_session("hong", "personal", "otp", NOW)[0], challenge_created_at=NOW)
    sessions.record_code("hong", 100)
    sessions.record_code("hong", 99)

    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.use_code("hong", 100)
    sessions.use_code("hong", 101)
    sessions.record_code("hong", 101)
    sessions.record_code("hong", 100)
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.use_code("hong", 101)


def test_unlocked_customer_may_log_in_again(account: Account, sessions: Sessions) -> None:
    session = new_session("hong", "personal", "otp", NOW)[0]
    sessions.lock("hong", NOW)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        sessions.start(session, challenge_created_at=NOW)
    sessions.unlock("hong")
    sessions.unlock("hong")

    assert not sessions.standing("hong").locked
    sessions.start(session, challenge_created_at=NOW)
    assert sessions.find("hong") == session
    sessions.unlock("kim")
    assert len(account.items("SessionsTable")) == 1
