"""A call whose response was lost counts once, and wins once, though the client library repeats it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from registrar.aws.tables.certificate_logins import CertificateLogins
from registrar.aws.tables.challenges import Challenges
from registrar.aws.tables.issuers import Breaker, Issuers
from registrar.aws.tables.notices import Notices
from registrar.aws.tables.sessions import Sessions
from registrar.aws.tables.throttles import Throttles
from registrar.aws.tables.uploads import Uploads
from registrar.domain.access.certificate_login import new_certificate_login
from registrar.domain.access.challenge import MAX_TRIES, ChallengeState, new_challenge
from registrar.domain.access.session import new_session
from registrar.domain.access.throttles import ADDRESS_LIMIT, FREE_TRIES
from registrar.domain.reasons.errors import ConditionFailed, Refusal
from registrar.domain.registrations.upload import (
    MAX_BAD_PROOFS,
    MAX_PASSWORD_TRIES,
    VALIDATION_LEASE,
    NeedsPassword,
)
from registrar.domain.revocation.distribution_points import Point
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate, a_trust_store
from tests.support.rows import a_claimed_upload, a_requested_upload, an_awaiting_upload, uploads_of

SECOND = timedelta(seconds=1)
RULES = a_trust_store().rules.revocation


class LosingResponses:
    """A client of DynamoDB whose first two responses to each single write are lost: it sends each three times."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **call: Any) -> Any:
        return self._third(self._client.update_item, call)

    def put_item(self, **call: Any) -> Any:
        return self._third(self._client.put_item, call)

    def _third(self, send: Callable[..., Any], call: dict[str, Any]) -> Any:
        for _ in range(2):
            with suppress(ClientError):
                send(**call)
        return send(**call)


@pytest.fixture
def client(account: Account) -> LosingResponses:
    return LosingResponses(account.client("dynamodb"))


@pytest.fixture
def throttles(account: Account, client: LosingResponses) -> Throttles:
    return Throttles(client, account.physical["ThrottlesTable"])


@pytest.fixture
def uploads(account: Account, client: LosingResponses) -> Uploads:
    return replace(uploads_of(account), client=client)


def test_try_of_a_challenge_is_counted_once(account: Account, client: LosingResponses) -> None:
    challenges = Challenges(client, account.physical["ChallengesTable"])
    made = new_challenge("hong", "personal", ("sms",), NOW, throttle="key")
    challenges.add(made)

    assert [challenges.count_try(made.id, NOW).tries for _ in range(MAX_TRIES)] == list(range(1, MAX_TRIES + 1))
    with pytest.raises(ConditionFailed):
        challenges.count_try(made.id, NOW)


def test_password_is_counted_once(account: Account, uploads: Uploads) -> None:
    claimed = a_claimed_upload(uploads_of(account), a_requested_upload())
    uploads_of(account).request_password(claimed, NOW)
    asked = uploads.find(claimed.id)
    assert isinstance(asked, NeedsPassword)

    counted = [uploads.count_password(asked, NOW).password_tries for _ in range(MAX_PASSWORD_TRIES)]
    assert counted == list(range(1, MAX_PASSWORD_TRIES + 1))
    with pytest.raises(ConditionFailed):
        uploads.count_password(asked, NOW)


def test_proof_is_counted_once_and_given_back_once(account: Account, uploads: Uploads) -> None:
    upload = an_awaiting_upload(account, a_certificate(key="ec"))

    assert [uploads.count_proof(upload) for _ in range(MAX_BAD_PROOFS - 1)] == list(range(1, MAX_BAD_PROOFS))
    uploads.return_proof_try(upload)
    assert uploads.count_proof(upload) == MAX_BAD_PROOFS - 1
    assert uploads.count_proof(upload) == MAX_BAD_PROOFS
    with pytest.raises(ConditionFailed):
        uploads.count_proof(upload)


def test_attempt_at_an_account_is_counted_once(throttles: Throttles) -> None:
    attempts = [throttles.attempt("key", NOW) for _ in range(FREE_TRIES)]

    assert [each.tries_left for each in attempts] == list(reversed(range(FREE_TRIES)))
    assert all(each.allowed for each in attempts)
    assert not throttles.attempt("key", NOW).allowed


def test_challenge_without_tries_is_counted_once_at_the_account(throttles: Throttles) -> None:
    first = throttles.lock("key", NOW)
    second = throttles.lock("key", NOW)

    assert (first - NOW, second - NOW) == (timedelta(minutes=1), timedelta(minutes=5))


def test_request_of_an_address_is_counted_once(throttles: Throttles) -> None:
    for _ in range(ADDRESS_LIMIT.per_minute):
        throttles.count_address("203.0.113.24", NOW)
    with pytest.raises(Refusal, match="RATE_LIMITED"):
        throttles.count_address("203.0.113.24", NOW)


def test_failure_of_an_issuer_is_counted_once(account: Account, client: LosingResponses) -> None:
    issuers = Issuers(client, account.physical["IssuersTable"])
    for _ in range(RULES.breaker_failures - 1):
        issuers.record_failure(Breaker("yessign", "ocsp", 0), NOW, RULES)
    assert issuers.may_query("yessign", "ocsp", NOW, RULES) is not None
    issuers.record_failure(Breaker("yessign", "ocsp", 0), NOW, RULES)
    assert issuers.may_query("yessign", "ocsp", NOW, RULES) is None


def test_challenge_is_proved_by_the_call_that_proved_it(account: Account, client: LosingResponses) -> None:
    challenges = Challenges(client, account.physical["ChallengesTable"])
    made = new_challenge("hong", "personal", ("sms",), NOW, throttle="key")
    challenges.add(made)

    assert challenges.prove(made, "sms", NOW).state is ChallengeState.PROVED
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        challenges.prove(made, "sms", NOW)


def test_upload_is_claimed_once_by_the_call_that_claimed_it(account: Account, uploads: Uploads) -> None:
    killed = a_claimed_upload(uploads_of(account), a_requested_upload())
    later = NOW + VALIDATION_LEASE

    assert uploads.claim(killed.id, later).attempts == killed.attempts + 1
    with pytest.raises(ConditionFailed):
        uploads.claim(killed.id, later)


def test_notice_is_claimed_by_the_call_that_claimed_it(account: Account, client: LosingResponses) -> None:
    notices = Notices(client, account.physical["NoticesTable"])

    assert notices.claim(["n1"], NOW)
    assert not notices.claim(["n1"], NOW)
    (row,) = account.items("NoticesTable")
    assert row["sends"] == {"N": "1"}


def test_list_is_fetched_by_the_call_that_may_fetch_it(account: Account, client: LosingResponses) -> None:
    issuers = Issuers(client, account.physical["IssuersTable"])
    point = Point("ab" * 32, "http://crl.yessign.example/1.crl", "yessign")

    assert issuers.may_fetch(point, NOW)
    assert not issuers.may_fetch(point, NOW)


def test_server_is_probed_after_its_rest_by_the_call_that_may(account: Account, client: LosingResponses) -> None:
    issuers = Issuers(client, account.physical["IssuersTable"])
    for _ in range(RULES.breaker_failures):
        issuers.record_failure(Breaker("yessign", "ocsp", 0), NOW, RULES)
    rested = NOW + RULES.breaker_rest

    assert issuers.may_query("yessign", "ocsp", rested, RULES) is not None
    assert issuers.may_query("yessign", "ocsp", rested, RULES) is None


def test_upload_enters_by_the_call_that_wrote_it(account: Account, uploads: Uploads) -> None:
    added = uploads_of(account).add(a_requested_upload())

    entered = uploads.receive(added.id, 0, NOW)
    assert entered is not None
    assert entered.attempts == 1
    with pytest.raises(ConditionFailed):
        uploads.receive(added.id, 0, NOW)


def test_session_starts_by_the_call_that_started_it(account: Account, client: LosingResponses) -> None:
    sessions = Sessions(client, account.physical["SessionsTable"])
    first, second = (new_session("hong", "personal", "otp", NOW)[0] for _ in range(2))

    assert sessions.start(first, challenge_created_at=NOW, totp_step=7) is None
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        sessions.start(second, challenge_created_at=NOW, totp_step=8)
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.start(second, challenge_created_at=NOW + SECOND, totp_step=7)


def test_session_that_a_lock_ended_meanwhile_is_refused(account: Account) -> None:
    at_once = account.client("dynamodb")
    table = account.physical["SessionsTable"]

    class LockingMeanwhile(LosingResponses):
        def _third(self, send: Callable[..., Any], call: dict[str, Any]) -> Any:
            send(**call)
            Sessions(at_once, table).lock("hong", NOW)
            return send(**call)

    session, _ = new_session("hong", "personal", "otp", NOW)
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        Sessions(LockingMeanwhile(at_once), table).start(session, challenge_created_at=NOW)
    assert Sessions(at_once, table).find("hong") is None


def test_session_ends_the_one_before_though_it_is_not_known_which(
    account: Account, client: LosingResponses
) -> None:
    sessions = Sessions(client, account.physical["SessionsTable"])
    before, after = (new_session("hong", "personal", "otp", NOW)[0] for _ in range(2))
    sessions.start(before, challenge_created_at=NOW)

    assert sessions.start(after, challenge_created_at=NOW + SECOND) is None
    assert sessions.find("hong") == after


def test_code_is_used_up_by_the_call_that_used_it(account: Account, client: LosingResponses) -> None:
    sessions = Sessions(client, account.physical["SessionsTable"])
    session, _ = new_session("hong", "personal", "otp", NOW)
    sessions.start(session, challenge_created_at=NOW)

    sessions.use_code("hong", 7)
    with pytest.raises(Refusal, match="STEP_UP_REUSED"):
        sessions.use_code("hong", 7)


def test_text_of_a_certificate_login_is_used_up_by_the_call_that_used_it(
    account: Account, client: LosingResponses
) -> None:
    logins = CertificateLogins(client, account.physical["ChallengesTable"])
    login = new_certificate_login(NOW)
    logins.add(login)

    assert logins.use(login.id, NOW).id == login.id
    with pytest.raises(Refusal, match="STEP_UP_EXPIRED"):
        logins.use(login.id, NOW)
