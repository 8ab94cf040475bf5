"""The signature requests' table: a request is answered once, while it is pending and has not expired."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.aws.tables.answers import Answers
from registrar.aws.tables.signature_requests import SignatureRequests
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.signing.signature_request import (
    MAX_SILENCES,
    MAX_TRIES,
    Completed,
    Failure,
    SignatureRequest,
    SigningState,
)
from tests.support.account import Account
from tests.support.builders import NOW
from tests.support.rows import a_registration
from tests.support.signing import a_request

SECOND = timedelta(seconds=1)
REQUEST = a_request()
LAST = REQUEST.expires_at - SECOND
SILENT = Failure(Code.REVOCATION_UNAVAILABLE, {"issuer": "yessign"})


@pytest.fixture
def requests(account: Account) -> SignatureRequests:
    made = SignatureRequests(account.client("dynamodb"), account.physical["SignatureRequestsTable"])
    made.add(REQUEST)
    return made


def found(requests: SignatureRequests) -> SignatureRequest:
    request = requests.find("hong", REQUEST.id)
    assert request is not None
    return request


def test_repeated_request_is_the_one_of_before(requests: SignatureRequests) -> None:
    requests.decline("hong", REQUEST.id, NOW)

    assert requests.add(replace(REQUEST, nonce="another")) == found(requests)
    with pytest.raises(Refusal) as caught:
        requests.add(replace(REQUEST, asked_sha256=b"another"))
    assert caught.value.code is Code.IDEMPOTENCY_KEY_REUSED
    assert found(requests).nonce == REQUEST.nonce


def test_pending_requests_are_listed_until_they_expire(requests: SignatureRequests) -> None:
    assert requests.pending("hong", LAST) == [REQUEST]
    assert requests.pending("hong", REQUEST.expires_at) == []
    assert requests.pending("kim", NOW) == []
    requests.decline("hong", REQUEST.id, NOW)
    assert requests.pending("hong", NOW) == []


def test_request_is_marked_as_seen_once_while_it_can_be_answered(requests: SignatureRequests) -> None:
    assert requests.see("hong", REQUEST.id, REQUEST.expires_at) == REQUEST
    assert requests.see("hong", REQUEST.id, LAST) == replace(REQUEST, seen_at=LAST)
    assert requests.see("hong", REQUEST.id, NOW) == replace(REQUEST, seen_at=LAST)
    assert requests.see("hong", "unknown", NOW) is None
    assert requests.find("hong", "unknown") is None


def test_finished_request_is_not_marked_as_seen(requests: SignatureRequests) -> None:
    declined = requests.decline("hong", REQUEST.id, NOW)

    assert requests.see("hong", REQUEST.id, NOW) == declined
    assert declined.seen_at is None


def test_request_is_declined_until_it_expires(requests: SignatureRequests) -> None:
    with pytest.raises(Refusal) as late:
        requests.decline("hong", REQUEST.id, REQUEST.expires_at)
    assert late.value.code is Code.SIGNING_REQUEST_EXPIRED
    with pytest.raises(Refusal) as unknown:
        requests.decline("hong", "unknown", NOW)
    assert unknown.value.code is Code.SIGNING_REQUEST_NOT_FOUND

    declined = requests.decline("hong", REQUEST.id, LAST)
    assert (declined.state, declined.finished_at) == (SigningState.DECLINED, LAST)
    assert requests.decline("hong", REQUEST.id, NOW) == declined


def wrong(requests: SignatureRequests, request: SignatureRequest) -> SignatureRequest:
    return requests.count_wrong(request, NOW)


def silent(requests: SignatureRequests, request: SignatureRequest) -> SignatureRequest:
    return requests.count_silence(request, SILENT, NOW)


@pytest.mark.parametrize(
    ("count", "name", "most", "failure"),
    [
        (wrong, "tries", MAX_TRIES, Failure(Code.SIGNING_ATTEMPTS_EXCEEDED)),
        (silent, "silences", MAX_SILENCES, SILENT),
    ],
)
def test_last_count_that_is_allowed_fails_the_request(
    requests: SignatureRequests,
    count: Callable[[SignatureRequests, SignatureRequest], SignatureRequest],
    name: str,
    most: int,
    failure: Failure,
) -> None:
    # Each states a request as it was read before any was counted: none is lost.
    for number in range(1, most):
        counted = count(requests, REQUEST)
        assert (getattr(counted, name), counted.state) == (number, SigningState.PENDING)
    last = count(requests, REQUEST)

    assert (getattr(last, name), last.state, last.finished_at) == (most, SigningState.FAILED, NOW)
    assert last.failure == failure
    assert count(requests, REQUEST) == last == found(requests)


def test_finished_request_neither_counts_nor_fails(requests: SignatureRequests) -> None:
    declined = requests.decline("hong", REQUEST.id, NOW)

    assert wrong(requests, REQUEST) == declined
    assert silent(requests, REQUEST) == declined
    assert requests.fail(REQUEST, SILENT, NOW) == declined
    assert found(requests) == declined


def test_pending_request_fails_with_its_reason(requests: SignatureRequests) -> None:
    failed = requests.fail(REQUEST, SILENT, LAST)

    assert (failed.state, failed.finished_at, failed.failure) == (SigningState.FAILED, LAST, SILENT)


def test_request_that_another_answer_finished_is_not_completed(
    account: Account, requests: SignatureRequests
) -> None:
    registration = a_registration(account)
    answers = Answers(
        requests.client,
        requests.table,
        *(account.physical[f"{name}Table"] for name in ("Registrations", "DenyList", "KeptStates")),
    )
    completed = Completed(registration.id, registration.fingerprint, "ab" * 32, "key-1", b"R and S")

    done = answers.complete(REQUEST, registration, completed, NOW)
    assert (done.state, done.completed) == (SigningState.COMPLETED, completed)
    assert found(requests) == done
    other = replace(completed, evidence_sha256="cd" * 32)
    assert answers.complete(REQUEST, registration, other, NOW) == done
    assert found(requests) == done
