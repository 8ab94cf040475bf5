"""Customers, challenges and sessions: starting sessions, counting tries, and using proofs of identity."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.aws import dynamo
from registrar.aws.tables import challenges as challenge_store
from registrar.aws.tables import customers as customer_store
from registrar.aws.tables.certificate_logins import CertificateLogins
from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.customers import Customers
from registrar.aws.tables.session_uses import LiveSessions, SessionUses
from registrar.aws.tables.sessions import Sessions
from registrar.domain.access.certificate_login import new_certificate_login
from registrar.domain.access.challenge import (
    MAX_TRIES,
    PROOF_LIFE,
    RETENTION,
    Challenge,
    ChallengeState,
    Operation,
    new_challenge,
)
from registrar.domain.access.session import Session, Standing, new_session
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.rows import a_customer, a_proof, put

MILLISECOND, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)


@pytest.fixture
def uses(account: Account) -> SessionUses:
    return SessionUses(account.client("dynamodb"), account.physical["SessionUsesTable"])


def a_challenge() -> Challenge:
    return new_challenge("hong", "personal", ("otp", "passkey"), NOW, throttle="key")


def a_session(customer_id: str = "hong") -> Session:
    return new_session(customer_id, "personal", "otp", NOW)[0]


def test_a_customer_is_read_as_it_was_written(account: Account) -> None:
    customers = Customers(account.client("dynamodb"), account.physical["CustomersTable"])
    put(account, "CustomersTable", customer_store.to_item(a_customer()))
    assert customers.find("hong") == a_customer()
    assert customers.find("kim") is None


def test_a_challenge_is_read_as_it_was_written(challenges: Challenges) -> None:
    challenge = replace(a_challenge(), created_at=NOW + 123 * MILLISECOND, devices=b"\1" * 64)
    assert challenge_store.from_item(challenge_store.to_item(challenge)) == challenge
    challenges.add(challenge)
    assert challenges.find(challenge.id) == challenge
    assert challenges.find("unknown") is None


def test_a_challenge_item_has_a_ttl(account: Account, challenges: Challenges) -> None:
    challenges.add(a_challenge())
    (item,) = account.items("ChallengesTable")
    assert int(item["ttl"]["N"]) == int((NOW + RETENTION).timestamp())


def test_tries_are_counted_up_to_the_limit(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    left = [challenges.count_try(challenge.id, NOW).tries_left for _ in range(MAX_TRIES)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(ConditionFailed):
        challenges.count_try(challenge.id, NOW)
    known = challenges.find(challenge.id)
    assert known is not None
    assert known.tries == MAX_TRIES


def test_an_expired_challenge_takes_no_try_while_its_item_still_exists(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    challenges.count_try(challenge.id, challenge.expires_at - timedelta(seconds=1))
    with pytest.raises(ConditionFailed):
        challenges.count_try(challenge.id, challenge.expires_at)


def test_a_try_on_an_unknown_challenge_creates_no_item(account: Account, challenges: Challenges) -> None:
    with pytest.raises(ConditionFailed):
        challenges.count_try("unknown", NOW)
    assert account.items("ChallengesTable") == []


def test_a_proved_challenge_takes_no_further_try(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    challenges.prove(challenge, "otp", NOW)
    with pytest.raises(ConditionFailed):
        challenges.count_try(challenge.id, NOW)


def test_of_two_correct_responses_one_proves_the_challenge(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    proved = challenges.prove(challenge, "otp", NOW)
    assert (proved.state, proved.method, proved.proved_at) == (ChallengeState.PROVED, "otp", NOW)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        challenges.prove(challenge, "passkey", NOW)
    assert challenges.find(challenge.id) == proved


def test_an_expired_challenge_is_not_proved(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        challenges.prove(challenge, "otp", challenge.expires_at)


@pytest.fixture
def logins(account: Account) -> CertificateLogins:
    return CertificateLogins(account.client("dynamodb"), account.physical["ChallengesTable"])


def test_a_text_of_a_login_is_used_once(account: Account, logins: CertificateLogins) -> None:
    login = new_certificate_login(NOW + 123 * MILLISECOND)
    logins.add(login)
    (item,) = account.items("ChallengesTable")
    assert int(item["ttl"]["N"]) == int((NOW + RETENTION).timestamp())

    assert logins.use(login.id, NOW + SECOND) == replace(login, expires_at=login.expires_at.replace(microsecond=0))
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        logins.use(login.id, NOW + SECOND)


@pytest.mark.parametrize("login_id", ["unknown", None])
def test_an_unknown_or_expired_text_of_a_login_is_refused_and_creates_no_item(
    account: Account, logins: CertificateLogins, login_id: str | None
) -> None:
    login = new_certificate_login(NOW)
    logins.add(login)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        logins.use(login_id or login.id, NOW if login_id else login.expires_at)
    assert len(account.items("ChallengesTable")) == 1


def test_a_challenge_and_a_text_of_a_login_are_never_each_other(
    challenges: Challenges, logins: CertificateLogins
) -> None:
    challenge, login = a_challenge(), new_certificate_login(NOW)
    challenges.add(challenge)
    logins.add(login)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        logins.use(challenge.id, NOW)
    assert challenges.find(login.id) is None
    with pytest.raises(ConditionFailed):
        challenges.count_try(login.id, NOW)


def used(challenges: Challenges, proof: Challenge, **overrides: object) -> Challenge:
    values = {
        "customer_id": proof.customer_id,
        "operation": proof.operation,
        "object_id": proof.object_id,
        "used_for": "something",
        "now": NOW,
    }
    write = challenges.use(proof.id, **values | overrides)  # type: ignore[arg-type]
    dynamo.transact(challenges.client, [write])
    found = challenges.find(proof.id)
    assert found is not None
    return found


def test_a_proof_of_identity_is_used_once_and_records_its_use(account: Account, challenges: Challenges) -> None:
    proof = a_proof(account, operation=Operation.DEREGISTER, object_id="r1")
    done = used(challenges, proof, used_for="r1", now=NOW + PROOF_LIFE)
    assert (done.state, done.used_for) == (ChallengeState.USED, "r1")
    with pytest.raises(ConditionFailed):
        used(challenges, proof)


@pytest.mark.parametrize(
    "other",
    [
        {"customer_id": "kim"},
        {"operation": Operation.RESUME},
        {"object_id": "r2"},
        {"object_id": ""},
        {"now": NOW + PROOF_LIFE + SECOND},
    ],
    ids=str,
)
def test_a_proof_of_identity_is_refused_for_anything_else(
    account: Account, challenges: Challenges, other: dict[str, object]
) -> None:
    proof = a_proof(account, operation=Operation.DEREGISTER, object_id="r1")
    with pytest.raises(ConditionFailed):
        used(challenges, proof, **other)
    assert used(challenges, proof).state is ChallengeState.USED


def test_an_unproved_challenge_is_no_proof_of_identity(challenges: Challenges) -> None:
    challenge = a_challenge()
    challenges.add(challenge)
    with pytest.raises(ConditionFailed):
        used(challenges, challenge)


def start(sessions: Sessions, session: Session, step: int | None = 100, at: int = 0) -> Session | None:
    return sessions.start(session, challenge_created_at=NOW + at * MILLISECOND, totp_step=step)


def test_a_session_is_read_as_it_was_written(sessions: Sessions) -> None:
    session = a_session()
    assert start(sessions, session) is None
    assert sessions.find("hong") == session
    assert sessions.find("kim") is None


def test_a_session_is_read_consistently(account: Account, sessions: Sessions) -> None:
    (call,) = account.recorded(lambda: sessions.find("hong"))
    assert (call.operation, call.params["ConsistentRead"]) == ("GetItem", True)


def test_a_new_session_ends_the_old_one_and_reports_it(account: Account, sessions: Sessions) -> None:
    old, new = a_session(), a_session()
    start(sessions, old)
    assert start(sessions, new, 101, 1) == old
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
        (None, 0, "STEP_UP_EXPIRED"),
    ],
    ids=["same code", "earlier code", "same challenge", "earlier challenge", "both", "same challenge, no code"],
)
def test_a_code_and_a_challenge_count_once(sessions: Sessions, step: int | None, later: int, code: str) -> None:
    session = a_session()
    start(sessions, session)
    with pytest.raises(Refusal, match=code):
        start(sessions, a_session(), step, later)
    assert sessions.find("hong") == session


def test_a_code_counts_once_across_logins_and_step_ups(sessions: Sessions) -> None:
    start(sessions, a_session())
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.use_code("hong", 100)
    sessions.use_code("hong", 101)
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.use_code("hong", 101)
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        start(sessions, a_session(), 101, 1)


def test_a_login_without_a_code_keeps_the_last_code_step(sessions: Sessions) -> None:
    start(sessions, a_session())
    start(sessions, a_session(), None, 1)
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        start(sessions, a_session(), 100, 2)


def test_two_customers_can_use_the_same_code_step(sessions: Sessions) -> None:
    start(sessions, a_session("hong"))
    start(sessions, a_session("kim"))
    assert sessions.find("kim") is not None


def test_a_session_token_is_not_stored(account: Account, sessions: Sessions) -> None:
    session, token = new_session("hong", "personal", "otp", NOW)
    start(sessions, session)
    assert token.partition(".")[2] not in str(account.items("SessionsTable"))


def test_a_session_is_ended_only_by_its_own_digest(sessions: Sessions, uses: SessionUses) -> None:
    old, new = a_session(), a_session()
    start(sessions, old)
    start(sessions, new, 101, 1)
    live = LiveSessions(uses.client, sessions.table, uses.table)
    uses.end(old.secret_digest, NOW)
    assert live.find("hong", new.secret_digest) == new
    assert live.find("hong", old.secret_digest) is None
    uses.end(new.secret_digest, NOW)
    uses.end(new.secret_digest, NOW)
    assert live.find("hong", new.secret_digest) is None


def test_a_recorded_use_neither_revives_an_ended_session_nor_moves_its_last_use_back(uses: SessionUses) -> None:
    session = a_session()
    uses.record(session, NOW + MILLISECOND * 60_000)
    assert uses.latest(session) == replace(session, seen_at=NOW + MILLISECOND * 60_000)
    uses.record(session, NOW - MILLISECOND * 60_000)
    assert uses.latest(session) == session
    uses.end(session.secret_digest, NOW)
    uses.record(session, NOW)
    assert uses.latest(session) is None


def test_a_logged_out_session_is_not_reported_as_ended_by_the_next_login(
    sessions: Sessions, uses: SessionUses
) -> None:
    session = a_session()
    start(sessions, session)
    uses.end(session.secret_digest, NOW)
    ended = start(sessions, a_session(), 101, 1)
    assert ended == session
    assert uses.latest(session) is None


def test_a_customer_lock_ends_the_session_and_every_login_in_one_write(
    account: Account, sessions: Sessions
) -> None:
    start(sessions, a_session())
    (call,) = account.recorded(lambda: sessions.lock("hong", NOW))
    assert call.operation == "UpdateItem"
    assert sessions.find("hong") is None
    assert sessions.standing("hong").locked
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        start(sessions, a_session(), 101, 1)


def test_devices_are_kept_when_sessions_start_and_end(sessions: Sessions) -> None:
    assert sessions.standing("hong") == Standing(locked=False, devices=b"")
    sessions.start(a_session(), challenge_created_at=NOW, devices=b"\1" * 32)
    start(sessions, a_session(), 101, 1)
    assert sessions.standing("hong") == Standing(devices=b"\1" * 32, started_at=a_session().proved_at)


def test_cleared_budgets_are_kept_when_sessions_start_and_end(sessions: Sessions) -> None:
    sessions.start(a_session(), challenge_created_at=NOW, cleared={"": 1})
    start(sessions, a_session(), 101, 1)
    assert sessions.standing("hong").cleared == {"": 1}
