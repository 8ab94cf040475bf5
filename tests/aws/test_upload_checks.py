"""Uploads whose status is queried: the first status decides; only due ones are queried again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from registrar.aws.tables.due_queries import DueQueries
from registrar.aws.tables.upload_checks import UploadChecks
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.reasons.findings import Finding, Level
from registrar.domain.registrations.upload import PROOF_DEADLINE, TEXT_LIFE, Checking, UploadState
from tests.support.account import Account
from tests.support.builders import NOW, a_certificate, a_good_status, an_ec_key
from tests.support.rows import a_checked_upload, uploads_of

GOOD = a_good_status()
REFUSED = Finding("revocation", Level.FAIL, Code.REVOKED_BY_ISSUER, {"revoked_on": NOW})
CERTIFICATE = a_certificate(key=an_ec_key())
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def checks(account: Account) -> UploadChecks:
    return UploadChecks(account.client("dynamodb"), account.physical["UploadsTable"])


@pytest.fixture
def due_queries(account: Account) -> DueQueries:
    return DueQueries(account.client("dynamodb"), account.physical["UploadsTable"])


@pytest.fixture
def checking(account: Account) -> Callable[[], Checking]:
    """Puts an upload that is being checked into the table."""
    return lambda: a_checked_upload(account, CERTIFICATE)


def test_a_good_status_starts_the_day_for_the_proof_and_its_text(
    checks: UploadChecks, checking: Callable[[], Checking]
) -> None:
    accepted = checks.accept(checking(), [], GOOD, NOW)
    assert (accepted.state, accepted.status) == (UploadState.AWAITING_PROOF, GOOD)
    assert accepted.expires_at == NOW + PROOF_DEADLINE
    assert accepted.nonce_expires_at == NOW + TEXT_LIFE


def test_an_unavailable_status_defers_and_counts_from_the_first_time(
    checks: UploadChecks, due_queries: DueQueries, checking: Callable[[], Checking]
) -> None:
    upload = checking()
    first = checks.defer(upload, [], NOW + MINUTE, NOW + DAY, NOW)
    assert (first.state, first.deferred_at, first.due_at) == (UploadState.DEFERRED, NOW, NOW + MINUTE)
    later = checks.defer(upload, [], NOW + 5 * MINUTE, NOW + DAY, NOW + MINUTE)
    assert (later.deferred_at, later.due_at) == (NOW, NOW + 5 * MINUTE)
    accepted = checks.accept(upload, [], GOOD, NOW + 5 * MINUTE)
    assert accepted.deferred_at == NOW
    assert list(due_queries.due(NOW + DAY)) == []


def test_due_uploads_are_read_the_longest_due_first(
    checks: UploadChecks, due_queries: DueQueries, checking: Callable[[], Checking]
) -> None:
    uploads = {minutes: checking() for minutes in (5, 1, 30)}
    for minutes, upload in uploads.items():
        checks.defer(upload, [], NOW + minutes * MINUTE, NOW + DAY, NOW)
    checking()
    assert [name for name, _ in due_queries.due(NOW + 5 * MINUTE)] == [uploads[1].id, uploads[5].id]
    assert list(due_queries.due(NOW)) == []


@pytest.mark.parametrize("late", ["accept", "reject", "defer"])
def test_the_first_status_decides(
    account: Account, checks: UploadChecks, checking: Callable[[], Checking], late: str
) -> None:
    upload = checking()
    checks.reject(upload, [REFUSED])
    writes: dict[str, Callable[[], object]] = {
        "accept": lambda: checks.accept(upload, [], GOOD, NOW),
        "reject": lambda: checks.reject(upload, []),
        "defer": lambda: checks.defer(upload, [], NOW + MINUTE, NOW + DAY, NOW),
    }
    with pytest.raises(ConditionFailed):
        writes[late]()
    found = uploads_of(account).find(upload.id)
    assert found is not None
    assert (found.state, found.findings) == (UploadState.REJECTED, (REFUSED,))


def test_an_outdated_status_is_queried_again_once(checks: UploadChecks, checking: Callable[[], Checking]) -> None:
    upload = checks.accept(checking(), [], GOOD, NOW)
    again = checks.query_again(upload, NOW + DAY)
    assert again.state_at(NOW + DAY) is UploadState.CHECKING
    with pytest.raises(ConditionFailed):
        checks.query_again(upload, NOW + DAY)
